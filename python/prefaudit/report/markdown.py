"""The report as Markdown with GitHub's tables: for pull requests and dataset cards."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from prefaudit.report import blocks
from prefaudit.report.drawing import Drawing
from prefaudit.report.visible import as_seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefaudit.report.model import Finding, Report

#: What Markdown or HTML would take for markup.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def as_markdown(report: Report, *, verbose: bool = False) -> str:
    """The report as Markdown; with `verbose` all figures of all checks."""
    return "\n\n".join(_parts(as_seen(report), verbose=verbose)) + "\n"


def _parts(report: Report, *, verbose: bool) -> Iterator[str]:
    name, told = blocks.title(report)
    yield f"# Audit of {_escaped(name)}"
    yield _escaped(f"{told[:1].upper()}{told[1:]}. {blocks.accounted(report)}.")
    if lines := [f"- {_escaped(line)}" for line in blocks.skipped(report)]:
        yield "\n".join(lines)
    if (summary := blocks.summary_grid(report)).rows:
        yield _table(summary)
    if told := blocks.calm(report):
        yield f"{_escaped(told)}."
    if missing := blocks.absent(report):
        told = "; ".join(f"{check}: {what}" for check, what in missing)
        yield f"**NOT MEASURABLE**, and what is missing: {_escaped(told)}."
    for finding in blocks.told_of(report, verbose=verbose):
        yield from _section(report, finding, verbose=verbose)
    if timings := blocks.timings(report):
        yield _table(timings)


def _section(report: Report, finding: Finding, *, verbose: bool) -> Iterator[str]:
    """A section to unfold: what a comment on a pull request has room for."""
    yield f"<details><summary><b>{finding.verdict}</b> {escape(finding.check)}</summary>"
    for block in blocks.section(report, finding, verbose=verbose):
        yield _drawn(block)
    yield "</details>"


def _drawn(block: blocks.Block) -> str:
    match block:
        case str():
            head, _, rest = block.partition(": ")
            return f"**{head}:** {_escaped(rest)}" if head in blocks.LABELS else _escaped(block)
        case blocks.Grid():
            return _table(block)
        case blocks.Command():
            return _fenced(block.line, "sh" if block.line.startswith("prefaudit ") else "python")
        case blocks.Excerpt():
            texts = "".join(f"\n  - {name}: {_escaped(text)}" for name, text in block.texts())
            return f"- {_escaped(block.place)}: {_escaped(block.note)}{texts}"
        case Drawing():
            return f"{_escaped(block.chart.title[:1].upper() + block.chart.title[1:])}:\n\n" + _fenced(
                "\n".join(block.lines()), "text"
            )


def _fenced(text: str, language: str) -> str:
    """A block of code, with a fence longer than any in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}"


def _table(grid: blocks.Grid) -> str:
    rules = ["---" if worded else "---:" for worded in grid.worded]
    rows = [[_escaped(name) for name in grid.names], rules, *([_escaped(cell) for cell in row] for row in grid.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
