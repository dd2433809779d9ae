"""A report in pieces: paragraphs, tables, charts, examples, commands. Every renderer for people starts from them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from prefaudit.report.drawing import Drawing
from prefaudit.report.model import EITHER, Verdict
from prefaudit.report.numbers import interval_of, shown, value_of, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.report.model import Example, Finding, Report

#: What paragraphs that have a label begin with.
LABELS = ("what to do", "the tutorial's rule", "settings")
#: How many rows of a table are shown.
_ROWS = 12


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its columns, which of them hold words (the others hold figures), and the cells."""

    names: Sequence[str]
    worded: Sequence[bool]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Command:
    """What can be copied and run, and what it is for."""

    purpose: str
    line: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """An example: where it stands, what is to be seen, and pieces of the two responses."""

    place: str
    note: str
    chosen: str
    rejected: str

    def texts(self) -> Iterator[tuple[str, str]]:
        """The two responses, by name; nothing where no texts were kept."""
        if self.chosen or self.rejected:
            yield from (("chosen", self.chosen or "(empty)"), ("rejected", self.rejected or "(empty)"))


#: One piece of a section.
Block: TypeAlias = str | Grid | Drawing | Command | Excerpt


class Line(NamedTuple):
    """One check in the summary."""

    verdict: Verdict
    check: str
    measure: str
    estimate: str
    interval: str
    n: str
    brief: str


def title(report: Report) -> tuple[str, str]:
    """The data set's name, and how it was read."""
    dataset = report.dataset
    told = f", {dataset['format_reason']}" if "format_reason" in dataset else ""
    limit = dataset.get("limit")
    only = "" if limit is None else f"; only the first {limit:,} rows, as asked for"
    return str(dataset["name"]), f"format {dataset['format']}{told}{only}"


def accounted(report: Report) -> str:
    """What became of the rows, in one line."""
    counts = report.accounting
    skipped = sum(counts["rows_skipped"].values())
    votes = f", {counts['votes']:,} votes" if counts["votes"] > counts["pairs"] else ""
    return (
        f"{counts['rows_in']:,} rows read: {counts['rows_used']:,} used, {skipped:,} skipped; "
        f"{counts['pairs']:,} pairs{votes}, {counts['ties']:,} ties"
    )


def skipped(report: Report) -> Iterator[str]:
    """A line for each reason to skip a row, and what else a reader must know of the rows."""
    counts = report.accounting
    for reason, count in counts["rows_skipped"].items():
        rows = [example["row"] for example in counts["skipped_examples"] if example["reason"] == reason]
        yield f"skipped {count:,}: {reason} (row {', '.join(map(str, rows))})"
    if counts["votes"] > counts["pairs"]:
        yield (
            f"{counts['votes'] / counts['pairs']:.3g} votes a pair: checks of texts count a pair once for each of its"
            " votes"
        )
    yield from report.dataset.get("notes", ())


def verdicts(report: Report) -> list[tuple[Verdict, int]]:
    """How many checks came to each verdict, the worst first."""
    found = [finding.verdict for finding in report.worst_first()]
    return [(verdict, found.count(verdict)) for verdict in dict.fromkeys(found)]


def summary(report: Report) -> list[Line]:
    """A line for each check that could be measured, the worst first; none for slices in which nothing was found."""
    return [_line(one) for one in _ordered(report) if one.verdict is not Verdict.NOT_MEASURABLE and not _is_calm(one)]


def calm(report: Report) -> str:
    """The checks that found nothing in any slice, in a sentence; empty where there are none."""
    names = ", ".join(finding.check for finding in report.findings if _is_calm(finding))
    return f"PASS in every slice: {names}" if names else ""


def summary_grid(report: Report) -> Grid:
    """The summary as a table."""
    names = ["verdict", "check", "what", "estimate", "95% interval", "n", "why"]
    rows = [[str(cell) for cell in line] for line in summary(report)]
    return Grid(names, [True, True, True, False, False, False, True], rows)


def absent(report: Report) -> list[tuple[str, str]]:
    """The checks that could not be measured, each with what is missing; inside slices, where it is not so outside."""
    found = [finding for finding in report.findings if finding.verdict is Verdict.NOT_MEASURABLE]
    whole = {finding.check for finding in found}
    return [
        (finding.check, finding.brief or finding.reason)
        for finding in found
        if not (_is_sliced(finding) and finding.check.partition(" by ")[0] in whole)
    ]


def told_of(report: Report, *, verbose: bool) -> list[Finding]:
    """The findings that have a section of their own, the worst first."""
    every = _ordered(report)
    return [one for one in every if verbose or not (one.verdict is Verdict.NOT_MEASURABLE or _is_calm(one))]


def section(report: Report, finding: Finding, *, verbose: bool) -> Iterator[Block]:
    """What is to be said of a finding: all of it where something was found, else the sentence."""
    yield _sentence(finding)
    if finding.verdict is Verdict.NOT_MEASURABLE:  # figures of nothing; the JSON report has them
        return
    if verbose or finding.verdict is not Verdict.PASS:
        yield from _figures(finding, verbose=verbose)
    if told := finding.figures.get("tutorial", {}).get("words"):
        yield f"the tutorial's rule: {told}"
    if changed := _changed(finding.figures.get("settings", {}), verbose=verbose):
        yield f"settings: {changed}"
    if verbose or finding.verdict is not Verdict.PASS:
        yield from (_excerpt(example, finding) for example in finding.examples)
        yield from _advice(report, finding)


def _sentence(finding: Finding) -> str:
    """The verdict in a sentence, and what its interval takes to go together."""
    if not finding.clustered_by:
        return finding.reason
    return f"{finding.reason}; the interval is clustered by {' and '.join(finding.clustered_by)}"


def timings(report: Report) -> Grid | None:
    """Seconds by check, the longest first; None where they were not asked for."""
    if not report.timings:
        return None
    rows = [[name, f"{seconds:.3f}"] for name, seconds in sorted(report.timings.items(), key=lambda item: -item[1])]
    return Grid(["time spent on", "seconds"], [True, False], rows)


def _ordered(report: Report) -> list[Finding]:
    """The worst first; slices after what they are slices of."""
    return sorted(report.worst_first(), key=_is_sliced)


def _is_sliced(finding: Finding) -> bool:
    return "slices_by" in finding.figures


def _is_calm(finding: Finding) -> bool:
    return _is_sliced(finding) and finding.verdict is Verdict.PASS


def _line(finding: Finding) -> Line:
    unit = finding.measure.unit
    return Line(
        finding.verdict,
        finding.check,
        finding.measure.name,
        value_of(finding.estimate, unit),
        interval_of(finding.interval, unit),
        f"{finding.n:,} {finding.counted}",
        finding.brief or finding.reason,
    )


def _figures(finding: Finding, *, verbose: bool) -> Iterator[Block]:
    """Charts, then the tables that are not drawn, then single figures; with `verbose` also those that are 0."""
    drawings = [drawing for chart in finding.charts if (drawing := Drawing.of(chart, finding))]
    yield from drawings
    drawn = {drawing.chart.figure for drawing in drawings if not drawing.chart.table}
    rest = {name: value for name, value in finding.figures.items() if name not in {"settings", "tutorial"}}
    for name, value in rest.items():
        match value:
            case [dict(), *_] if verbose or name not in drawn:
                yield _grid(value[:_ROWS])
                if len(value) > _ROWS:
                    yield f"and {len(value) - _ROWS:,} more rows, which the JSON report has"
            case dict():
                yield f"{words(name)}: {_listed(value)}"
    single = {
        name: value
        for name, value in rest.items()
        if not _is_group(value) and (verbose or (value and value is not True))
    }
    if single:
        yield _listed(single)


def _is_group(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict | int))


def _grid(rows: Sequence[Mapping[str, Any]]) -> Grid:
    names = list(dict.fromkeys(name for row in rows for name in row))
    worded = [any(isinstance(row.get(name), str) for row in rows) for name in names]
    cells = [
        [shown(name, row.get(name), before) for before, name in zip(["", *names], names, strict=False)] for row in rows
    ]
    short = [words(name).removeprefix("share ") for name in names]  # where that leaves them apart
    return Grid(
        [one if short.count(one) == 1 else words(name) for one, name in zip(short, names, strict=True)], worded, cells
    )


def _excerpt(example: Example, finding: Finding) -> Excerpt:
    """The example, with the row number that `prefaudit show SOURCE --row` takes."""
    one_source = len({one.source for one in finding.examples}) == 1
    place = f"row {example.row}" if one_source else f"{example.source}, row {example.row}"
    if EITHER in example.source:
        place = f"row {example.row} of one of {len(example.source.split(EITHER)):,} files"
    return Excerpt(place, example.note, example.chosen, example.rejected)


def _advice(report: Report, finding: Finding) -> Iterator[Block]:
    """What to do, and the commands to do it with."""
    if finding.advice:
        yield f"what to do: {finding.advice}"
    arguments = report.dataset.get("arguments")
    if arguments is None:
        if finding.filter:
            yield Command("leave out", f'prefaudit.filter(data, ["{finding.filter}"])')
        return
    read = shlex.join(arguments)
    if finding.examples:
        yield Command("look", f"prefaudit show {read} --row {finding.examples[0].row}{_file(finding, arguments)}")
    if finding.filter:
        yield Command("leave out", f"prefaudit filter {read} -o {_output(arguments)} --drop {finding.filter}")


def _file(finding: Finding, arguments: Sequence[str]) -> str:
    """Which of several files the first example is in; where that is not known `show` prints that row of each."""
    source = finding.examples[0].source
    is_only = source == arguments[0] and all(word.startswith("--") for word in arguments[1:2])
    return "" if is_only or EITHER in source else f" --file {shlex.quote(source)}"


def _output(arguments: Sequence[str]) -> str:
    return "clean.parquet" if str(arguments[0]).endswith(".parquet") else "clean.jsonl"


def _changed(settings: Mapping[str, Mapping[str, Any]], *, verbose: bool) -> str:
    """The settings that are not the defaults; with `verbose` all."""
    return "; ".join(
        f"{words(name)}: {_setting(setting['value'])}"
        + ("" if setting["from"] == "default" else f" ({setting['from']})")
        for name, setting in settings.items()
        if verbose or setting["from"] != "default"
    )


def _setting(value: float | bool | str) -> str:  # noqa: FBT001 - a value of any kind
    if isinstance(value, str):
        return value or "not set"
    return shown("", value) if isinstance(value, bool) else f"{value:g}"


def _listed(figures: Mapping[str, Any]) -> str:
    return "; ".join(f"{words(name)}: {shown(name, value)}" for name, value in figures.items())
