"""The report as text for people: readable at 100 columns, with or without colour and Unicode."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from prefaudit.report import blocks
from prefaudit.report.model import Verdict
from prefaudit.report.plain import print_trimmed

if TYPE_CHECKING:
    from rich.console import RenderableType

    from prefaudit.report.model import Finding, Report

_STYLES = {
    Verdict.PASS: "bold green",
    Verdict.WARN: "bold yellow",
    Verdict.FAIL: "bold red",
    Verdict.UNDERPOWERED: "bold magenta",
    Verdict.NOT_MEASURABLE: "bold magenta",
}


def as_text(report: Report, width: int = 100) -> str:
    """The report as plain text of at most `width` columns."""
    written = io.StringIO()
    print_report(report, Console(file=written, width=width, color_system=None))
    return written.getvalue()


def print_report(report: Report, console: Console) -> None:
    """Write the report to a console, in what it can show."""
    sections = (_section(finding, ascii_only=console.options.ascii_only) for finding in report.worst_first())
    timings = blocks.timings(report)
    parts = [_head(report), table(blocks.summary(report)), *sections, *([table(timings)] if timings else [])]
    print_trimmed(console, parts)


def _head(report: Report) -> RenderableType:
    name, told = blocks.title(report)
    lines = [Text(name, style="bold"), Text(told), Text(blocks.accounted(report))]
    return Group(*lines, *(Text(f"  {line}", style="yellow") for line in blocks.skipped(report)))


def _section(finding: Finding, *, ascii_only: bool) -> RenderableType:
    head = Text.assemble((finding.verdict.value, _STYLES[finding.verdict]), "  ", (finding.check, "bold"))
    parts = [_drawn(block) for block in blocks.section(finding, ascii_only=ascii_only)]
    if finding.advice:
        parts.append(Text(f"what to do: {finding.advice}", style="bold"))
    return Group(head, Padding(Group(*parts), (0, 0, 1, 2), expand=False))


def _drawn(block: blocks.Block) -> RenderableType:
    return Text(block) if isinstance(block, str) else table(block)


def table(grid: blocks.Grid) -> Table:
    """A table with words at the left of their columns and all figures at the right."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="none")
    for name, worded in zip(grid.names, grid.worded, strict=True):
        table.add_column(Text(name), justify="left" if worded else "right", no_wrap=worded)
    for row in grid.rows:
        table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))  # type: ignore[call-overload]
    return table
