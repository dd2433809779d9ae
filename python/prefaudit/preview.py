"""The first pairs as an HTML table, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Characters of a text that are shown.
_SHOWN = 300


def preview(title: str, pairs: Iterable[Mapping[str, Any]]) -> str:
    """A table with a row for each pair: prompt, chosen, rejected."""
    names = ("prompt", "chosen", "rejected")
    head = "".join(f"<th style='text-align:left'>{name}</th>" for name in names)
    rows = ("".join(_cell(pair[name]) for name in names) for pair in pairs)
    body = "".join(f"<tr>{cells}</tr>" for cells in rows)
    return f"<p><code>{escape(title)}</code></p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(text: str) -> str:
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return f"<td style='text-align:left;vertical-align:top;white-space:pre-wrap'>{escape(shown)}</td>"
