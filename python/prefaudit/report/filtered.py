"""What filters did, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from prefaudit.report.blocks import Grid
from prefaudit.report.numbers import shown
from prefaudit.report.plain import print_trimmed
from prefaudit.report.text import tables
from prefaudit.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, RenderableType

    from prefaudit.filtering import Filtered
    from prefaudit.report.model import Finding


def print_filtered(filtered: Filtered, output: str, console: Console, found: Sequence[tuple[Finding, Finding]]) -> None:
    """Write to a console what each filter dropped, and what the checks found before and after."""
    counts = filtered.original.accounting
    left = filtered.steps[-1].after
    skipped = sum(counts.rows_skipped.values())
    head = (
        f"{filtered.original.name}: {counts.rows_in:,} rows read, {skipped:,} skipped, {counts.votes:,} pairs; "
        f"{left:,} kept, in {output}"
    )
    parts: list[RenderableType] = [Text(visible(head)), *tables(steps(filtered), console.width)]
    if found:
        parts += tables(compared(found), console.width)
    print_trimmed(console, parts)


def steps(filtered: Filtered) -> Grid:
    """A row for each filter: pairs before, dropped, flagged, after."""
    rows = [
        [step.filter, *(shown("", count) for count in (step.before, step.dropped, step.flagged, step.after))]
        for step in filtered.steps
    ]
    names = ["filter", "pairs before", "dropped", "flagged", "after"]
    return Grid(names, [True, *[False] * 4], rows)


def compared(findings: Sequence[tuple[Finding, Finding]]) -> Grid:
    """A row for each check: its verdict and estimate before and after."""
    rows = [
        [
            before.check,
            before.verdict.value,
            shown("estimate", before.estimate),
            after.verdict.value,
            shown("estimate", after.estimate),
            shown("interval", after.interval),
        ]
        for before, after in findings
    ]
    names = ["check", "before", "estimate", "after", "estimate", "95% interval"]
    return Grid(names, [True, True, False, True, False, False], rows)
