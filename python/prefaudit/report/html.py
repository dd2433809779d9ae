"""The report as a piece of HTML, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from prefaudit.report import blocks
from prefaudit.report.model import Verdict

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


def as_html(report: Report) -> str:
    """The summary as a table, and a section to unfold for each check."""
    return f"<div>{''.join(_parts(report))}</div>"


def _parts(report: Report) -> Iterator[str]:
    name, told = blocks.title(report)
    yield f"<p><b>{escape(name)}</b>: {escape(told)}<br>{escape(blocks.accounted(report))}</p>"
    yield from (f"<p>{escape(line)}</p>" for line in blocks.skipped(report))
    yield _table(blocks.summary(report))
    yield from (_section(finding) for finding in report.worst_first())
    if timings := blocks.timings(report):
        yield _table(timings)


def _section(finding: Finding) -> str:
    parts = [
        f"<p>{escape(block)}</p>" if isinstance(block, str) else _table(block) for block in blocks.section(finding)
    ]
    if finding.advice:
        parts.append(f"<p><b>What to do: {escape(finding.advice)}</b></p>")
    return (
        f"<details><summary>{_cell(finding.verdict.value)} {escape(finding.check)}</summary>{''.join(parts)}</details>"
    )


def _table(grid: blocks.Grid) -> str:
    sides = ["left" if worded else "right" for worded in grid.worded]
    head = "".join(
        f"<th style='text-align:{side}'>{escape(name)}</th>" for name, side in zip(grid.names, sides, strict=True)
    )
    rows = (
        "".join(f"<td style='text-align:{side}'>{_cell(cell)}</td>" for cell, side in zip(row, sides, strict=True))
        for row in grid.rows
    )
    body = "".join(f"<tr>{cells}</tr>" for cells in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(text: str) -> str:
    colour = {verdict.value: colour for verdict, colour in _COLOURS.items()}.get(text)
    return f"<b style='color:{colour}'>{escape(text)}</b>" if colour else escape(text)
