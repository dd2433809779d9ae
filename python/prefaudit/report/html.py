"""The report as a piece of HTML, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from prefaudit.report import blocks
from prefaudit.report.drawing import Drawing
from prefaudit.report.model import Verdict
from prefaudit.report.visible import as_seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefaudit.report.model import Finding, Report

#: Dark enough to be read on white, light enough on black.
_COLOURS = {
    Verdict.PASS: "#2a9d4a",
    Verdict.WARN: "#c58f00",
    Verdict.FAIL: "#d64545",
    Verdict.UNDERPOWERED: "#a05bc0",
    Verdict.NOT_MEASURABLE: "#a05bc0",
}


_WORDS = "text-align:left;vertical-align:top;padding:1px 10px"
_FIGURES = "text-align:right;vertical-align:top;padding:1px 10px;white-space:nowrap"


def as_html(report: Report) -> str:
    """The summary as a table, and a section to unfold for each check."""
    return f"<div>{''.join(_parts(as_seen(report)))}</div>"


def _parts(report: Report) -> Iterator[str]:
    name, told = blocks.title(report)
    yield f"<p><b>{escape(name)}</b><br>{escape(told)}<br>{escape(blocks.accounted(report))}</p>"
    yield from (f"<p>{escape(line)}</p>" for line in blocks.skipped(report))
    if (summary := blocks.summary_grid(report)).rows:
        yield _table(summary)
    if told := blocks.calm(report):
        yield f"<p>{escape(told)}</p>"
    if missing := blocks.absent(report):
        rows = [list(one) for one in missing]
        yield _table(blocks.Grid([Verdict.NOT_MEASURABLE.value, "what is missing"], [True, True], rows))
    yield from (_section(report, finding) for finding in blocks.told_of(report, verbose=False))
    if timings := blocks.timings(report):
        yield _table(timings)


def _section(report: Report, finding: Finding) -> str:
    # Folded, what passed can be told of in full, too.
    verbose = finding.verdict is Verdict.PASS
    parts = "".join(_drawn(block) for block in blocks.section(report, finding, verbose=verbose))
    head = f"{_cell(finding.verdict.value)} {escape(finding.check)}"
    body = f"<div style='margin-left:1.5em'>{parts}</div>"
    return f"<details><summary style='cursor:pointer'>{head}</summary>{body}</details>"


def _drawn(block: blocks.Block) -> str:
    match block:
        case str():
            head, colon, rest = block.partition(": ")
            return f"<p><b>{head}{colon}</b>{escape(rest)}</p>" if head in blocks.LABELS else f"<p>{escape(block)}</p>"
        case blocks.Grid():
            return _table(block)
        case blocks.Command():
            return f"<p>{escape(block.purpose)}: <code>{escape(block.line)}</code></p>"
        case blocks.Excerpt():
            told = "".join(f"<br><i>{name}</i> {escape(text)}" for name, text in block.texts())
            return f"<p>e.g. {escape(block.place)}: {escape(block.note)}{told}</p>"
        case Drawing():
            lines = escape("\n".join(block.lines()))
            return f"<p>{escape(block.chart.title)}</p><pre style='line-height:1.1'>{lines}</pre>"


def _table(grid: blocks.Grid) -> str:
    styles = [_WORDS if worded else _FIGURES for worded in grid.worded]
    head = "".join(f"<th style='{style}'>{escape(name)}</th>" for name, style in zip(grid.names, styles, strict=True))
    rows = (
        "".join(f"<td style='{style}'>{_cell(cell)}</td>" for cell, style in zip(row, styles, strict=True))
        for row in grid.rows
    )
    body = "".join(f"<tr>{cells}</tr>" for cells in rows)
    return f"<table style='margin:0.8em 0'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(text: str) -> str:
    colour = {verdict.value: colour for verdict, colour in _COLOURS.items()}.get(text)
    return f"<b style='color:{colour}'>{escape(text)}</b>" if colour else escape(text)
