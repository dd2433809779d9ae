"""Numbers and tables in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PLACES = ((1, 3), (10, 2), (100, 1))


def number(value: float | None) -> str:
    """Three digits or more, with thousands separated."""
    if value is None:
        return "-"
    places = next((places for bound, places in _PLACES if abs(value) < bound), 0)
    return f"{value:,.{places}f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; every column but the first is aligned to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
