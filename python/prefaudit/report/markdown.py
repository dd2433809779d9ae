"""The report as Markdown with GitHub's tables: for pull requests and dataset cards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prefaudit.report import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefaudit.report.model import Finding, Report

#: What Markdown or HTML would take for markup.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def as_markdown(report: Report) -> str:
    """The report as Markdown."""
    return "\n\n".join(_parts(report)) + "\n"


def _parts(report: Report) -> Iterator[str]:
    name, told = blocks.title(report)
    yield f"# Audit of {_escaped(name)}"
    yield _escaped(f"{told[:1].upper()}{told[1:]}. {blocks.accounted(report)}.")
    if lines := [f"- {_escaped(line)}" for line in blocks.skipped(report)]:
        yield "\n".join(lines)
    yield _table(blocks.summary(report))
    for finding in report.worst_first():
        yield from _section(finding)
    if timings := blocks.timings(report):
        yield _table(timings)


def _section(finding: Finding) -> Iterator[str]:
    yield f"## {finding.check}: {finding.verdict}"
    for block in blocks.section(finding):
        yield _escaped(block) if isinstance(block, str) else _table(block)
    if finding.advice:
        yield f"**What to do:** {_escaped(finding.advice)}"


def _table(grid: blocks.Grid) -> str:
    rules = ["---" if worded else "---:" for worded in grid.worded]
    rows = [[_escaped(name) for name in grid.names], rules, *([_escaped(cell) for cell in row] for row in grid.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
