"""The report as text for people: readable at 80 columns and more, with or without colour and Unicode."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from prefaudit.report import blocks
from prefaudit.report.drawing import Drawing
from prefaudit.report.model import Verdict
from prefaudit.report.plain import print_trimmed
from prefaudit.report.visible import as_seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from prefaudit.report.model import Finding, Report

_STYLES = {
    Verdict.PASS: "bold green",
    Verdict.WARN: "bold yellow",
    Verdict.FAIL: "bold red",
    Verdict.UNDERPOWERED: "bold magenta",
    Verdict.NOT_MEASURABLE: "magenta",
}
_GAP = 2
_KEPT = 32  # a column of words up to this wide is never cut
_CHART = r"[▏▎▍▌▋▊▉█▁▂▃▄▅▆▇●├┤]+"


def as_text(report: Report, width: int = 100, *, verbose: bool = False) -> str:
    """The report as plain text of at most `width` columns."""
    written = io.StringIO()
    print_report(report, Console(file=written, width=width, color_system=None), verbose=verbose)
    return written.getvalue()


def print_report(report: Report, console: Console, *, verbose: bool = False) -> None:
    """Write the report to a console, in what it can show."""
    report = as_seen(report)
    parts = [_head(report), Text(), *_summary(report, console.width), *_absent(report)]
    for finding in blocks.told_of(report, verbose=verbose):
        parts += _section(report, finding, console, verbose=verbose)
    if timings := blocks.timings(report):
        parts += [Text(), *tables(timings, console.width)]
    print_trimmed(console, parts)


def _head(report: Report) -> RenderableType:
    name, told = blocks.title(report)
    counts = Text()
    for at, (verdict, count) in enumerate(blocks.verdicts(report)):
        counts.append(f"{', ' if at else ''}{count:,} ").append(verdict.value, _STYLES[verdict])
    lines = [Text(name, style="bold"), Text(told, style="dim"), Text(blocks.accounted(report))]
    notes = (Padding(Text(line, style="yellow"), (0, 0, 0, _GAP)) for line in blocks.skipped(report))
    return Group(*lines, *notes, counts)


def _summary(report: Report, width: int) -> Iterator[RenderableType]:
    """Two lines a check: what was found, and why in a few words."""
    lines = blocks.summary(report)
    if not lines:
        return
    heads = ("", "", "", "estimate", "95% interval", "n")
    columns = [[head, *(str(line[at]) for line in lines)] for at, head in enumerate(heads)]
    widths = [max(map(cell_len, column)) for column in columns]
    # Where there is no room for it, what is estimated stands in the line below.
    narrow = sum(widths) + _GAP * (len(widths) - 1) > width
    shown = [at for at in range(len(widths)) if not (narrow and at == 2)]  # noqa: PLR2004 - the measure
    yield Text.assemble(*((cell, "dim") for cell in _padded(heads, widths, shown)))
    indent = widths[0] + _GAP
    for line in lines:
        cells = _padded([str(cell) for cell in line], widths, shown)
        styles = [_STYLES[line.verdict], "bold", *[""] * len(cells)]
        yield Text.assemble(*zip(cells, styles, strict=False))
        brief = f"{line.measure} - {line.brief}" if narrow else line.brief
        yield Padding(Text(brief, style="dim"), (0, 0, 0, indent), expand=False)
    if told := blocks.calm(report):
        yield Text(told, style="dim")


def _padded(cells: Sequence[str], widths: Sequence[int], shown: Sequence[int]) -> list[str]:
    """The cells of one line: words at the left of their columns, figures at the right."""
    padded = []
    for at in shown:
        space = " " * (widths[at] - cell_len(cells[at]))
        cell = cells[at] + space if at < 3 else space + cells[at]  # noqa: PLR2004 - the words
        padded.append(cell + " " * _GAP)
    return padded


def _absent(report: Report) -> Iterator[RenderableType]:
    """What could not be measured, with what is missing: a line each."""
    missing = blocks.absent(report)
    if not missing:
        return
    yield Text()
    yield Text.assemble((Verdict.NOT_MEASURABLE.value, _STYLES[Verdict.NOT_MEASURABLE]), ", and what is missing")
    width = max(cell_len(check) for check, _ in missing)
    grid = Table.grid(padding=(0, _GAP, 0, 0))
    grid.add_column(min_width=width, no_wrap=True)
    grid.add_column()
    for check, what in missing:
        grid.add_row(Text(f"  {check}", style="bold"), Text(what, style="dim"))
    yield grid


def _section(report: Report, finding: Finding, console: Console, *, verbose: bool) -> Iterator[RenderableType]:
    yield Text()
    yield Text.assemble((finding.verdict.value, _STYLES[finding.verdict]), "  ", (finding.check, "bold"))
    apart = False  # whether the last block stands apart from what follows
    for block in blocks.section(report, finding, verbose=verbose):
        drawn = isinstance(block, Drawing | blocks.Grid)
        if drawn or apart:
            yield Text()
        if isinstance(block, blocks.Command):  # one line, however long: it is there to be copied
            name = (f"{' ' * _GAP}{block.purpose}: ", "bold")
            yield Text.assemble(name, (block.line, "cyan"), no_wrap=True, overflow="ignore")
        else:
            yield Padding(Group(*_drawn(block, console)), (0, 0, 0, _GAP), expand=False)
        apart = drawn


def _drawn(block: str | blocks.Grid | blocks.Excerpt | Drawing, console: Console) -> Iterator[RenderableType]:
    match block:
        case str():
            head, colon, rest = block.partition(": ")
            yield Text.assemble((head + colon, "bold"), rest) if head in blocks.LABELS else Text(block)
        case blocks.Grid():
            for at, part in enumerate(tables(block, console.width - 2 * _GAP)):
                yield from [Text()] * (at > 0)
                yield Padding(part, (0, 0, 0, _GAP), expand=False)
        case blocks.Excerpt():
            yield from _excerpt(block)
        case Drawing():
            room = console.width - 2 * _GAP
            lines = Text("\n".join(block.lines(room, ascii_only=console.options.ascii_only)), no_wrap=True)
            lines.highlight_regex(_CHART, "cyan")
            yield Text(block.chart.title, style="italic")
            yield Padding(lines, (0, 0, 0, _GAP), expand=False)
            if block.left_out:
                yield Text(f"and {block.left_out:,} more, which the JSON report has", style="dim")


def _excerpt(excerpt: blocks.Excerpt) -> Iterator[RenderableType]:
    yield Text.assemble((f"e.g. {excerpt.place}", "bold"), f": {excerpt.note}")
    for name, text in excerpt.texts():
        yield Text(f"  {name:>8}  {text}", style="dim", no_wrap=True, overflow="ellipsis")


def tables(grid: blocks.Grid, width: int) -> Iterator[Table]:
    """The table; where its columns have no room beside each other, in parts that all begin with the first column.

    Words at the left of their columns, figures at the right; only long words are cut.
    """
    cells = [[row[at] for row in grid.rows] for at in range(len(grid.names))]
    first, *others = map(_Column, grid.names, grid.worded, cells)
    part = [first]
    for column in others:
        if len(part) > 1 and sum(one.least + _GAP for one in [*part, column]) - _GAP > width:
            yield _table(part)
            part = [first]
        part.append(column)
    yield _table(part)


class _Column(NamedTuple):
    """One column of a table."""

    name: str
    worded: bool
    cells: Sequence[str]

    @property
    def widest(self) -> int:
        """The room that its cells take."""
        return max(map(cell_len, self.cells), default=0)

    @property
    def least(self) -> int:
        """The room that it needs: of words no more than what is never cut, and in its head for each word alone."""
        if self.worded:
            return min(_KEPT, max(self.widest, cell_len(self.name)))
        return max(self.widest, *map(cell_len, self.name.split()))


def _table(columns: Sequence[_Column]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="none")
    for column in columns:
        justify: Literal["left", "right"] = "left" if column.worded else "right"
        least = None if column.worded else column.least
        keeps = column.worded and column.widest <= _KEPT
        table.add_column(Text(column.name), justify=justify, no_wrap=keeps, min_width=least)
    for row in zip(*(column.cells for column in columns), strict=True):
        cells = (Text(cell, style=_STYLES.get(cell, ""), no_wrap=True, overflow="ellipsis") for cell in row)
        table.add_row(*cells)
    return table
