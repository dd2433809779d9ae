"""A report in paragraphs and tables of words: what every renderer for people starts from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from prefaudit.report.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.report.model import Finding, Report

_BARS = " ▁▂▃▄▅▆▇█"
#: How many examples of a finding are shown.
_EXAMPLES = 3
#: How many rows of a table are shown.
_ROWS = 12


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its columns, which of them hold words (the others hold figures), and the cells."""

    names: Sequence[str]
    worded: Sequence[bool]
    rows: Sequence[Sequence[str]]


#: One piece of a section.
Block: TypeAlias = str | Grid


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
    return (
        f"{counts['rows_in']:,} rows read: {counts['rows_used']:,} used, {skipped:,} skipped; "
        f"{counts['pairs']:,} pairs, {counts['votes']:,} judgments, {counts['ties']:,} ties"
    )


def skipped(report: Report) -> Iterator[str]:
    """A line for each reason to skip a row."""
    counts = report.accounting
    for reason, count in counts["rows_skipped"].items():
        rows = [example["row"] for example in counts["skipped_examples"] if example["reason"] == reason]
        yield f"skipped {count:,}: {reason} (row {', '.join(map(str, rows))})"


def summary(report: Report) -> Grid:
    """The verdict of each check, the worst first."""
    rows = [
        [
            finding.verdict.value,
            finding.check,
            shown("estimate", finding.estimate),
            shown("interval", finding.interval),
            shown("n", finding.n),
        ]
        for finding in report.worst_first()
    ]
    return Grid(["verdict", "check", "estimate", "95% interval", "n"], [True, True, False, False, False], rows)


def section(finding: Finding, *, ascii_only: bool = False) -> Iterator[Block]:
    """The reason, single figures in one paragraph, a block for each group of figures, examples."""
    yield finding.reason
    if finding.verdict is Verdict.NOT_MEASURABLE:  # figures of nothing; the JSON report has them
        return
    single = {name: value for name, value in finding.figures.items() if not _is_group(value)}
    if single:
        yield _listed(single)
    for name, value in finding.figures.items():
        match value:
            case [dict(), *_]:
                yield _grid(value[:_ROWS])
                if len(value) > _ROWS:
                    yield f"and {len(value) - _ROWS:,} more rows, which the JSON report has"
            case [int(), *_]:
                yield f"{_words(name)} ({len(value)} bins): {_bars(value, ascii_only=ascii_only)}"
            case dict():
                yield f"{_words(name)}: {_settings(value) if name == 'settings' else _listed(value)}"
    yield from _examples(finding)


def timings(report: Report) -> Grid | None:
    """Seconds by check, the longest first; None where they were not asked for."""
    if not report.timings:
        return None
    rows = [[name, f"{seconds:.3f}"] for name, seconds in sorted(report.timings.items(), key=lambda item: -item[1])]
    return Grid(["time spent on", "seconds"], [True, False], rows)


def _is_group(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict | int))


def _grid(rows: Sequence[Mapping[str, Any]]) -> Grid:
    names = list(dict.fromkeys(name for row in rows for name in row))
    worded = [any(isinstance(row.get(name), str) for row in rows) for name in names]
    cells = [[shown(name, row.get(name)) for name in names] for row in rows]
    return Grid([_words(name).removeprefix("share ") for name in names], worded, cells)


def _examples(finding: Finding) -> Iterator[str]:
    """The examples, each with the row number that `prefaudit show SOURCE --row` takes."""
    sources = {example.source for example in finding.examples}
    for example in finding.examples[:_EXAMPLES]:
        place = f"row {example.row}" if len(sources) == 1 else f"{example.source}, row {example.row}"
        yield f"e.g. {place}: {example.note}"


def _settings(settings: Mapping[str, Mapping[str, Any]]) -> str:
    found = []
    for name, setting in settings.items():
        origin = "" if setting["from"] == "default" else f" ({setting['from']})"
        found.append(f"{_words(name)}: {_setting(setting['value'])}{origin}")
    return "; ".join(found)


def _setting(value: float | bool | str) -> str:  # noqa: FBT001 - a value of any kind
    if isinstance(value, str):
        return value or "not set"
    return shown("", value) if isinstance(value, bool) else f"{value:g}"


def _listed(figures: Mapping[str, Any]) -> str:
    return "; ".join(f"{_words(name)}: {shown(name, value)}" for name, value in figures.items())


def _words(name: str) -> str:
    return name.replace("_", " ")


def shown(name: str, value: Any) -> str:  # noqa: PLR0911 - one for each kind of value
    """A value as people read it: shares in percent, the rest with as many digits as say something."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float() if "share" in name.split("_"):
            return f"{value:.1%}" if value >= 0.01 or value == 0 else f"{value:.2%}"  # noqa: PLR2004
        case float():
            return _number(value)
        case list() | tuple() if name == "interval":
            return "[" + ", ".join(_number(end) for end in value) + "]"
        case list() | tuple():
            return " and ".join(str(item) for item in value) or "-"
        case _:
            return str(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "-"
    if value == int(value):
        return f"{int(value):,}"
    if abs(value) >= 10:  # noqa: PLR2004
        return f"{value:,.1f}"
    return f"{value:.3f}" if abs(value) >= 0.01 else f"{value:.2g}"  # noqa: PLR2004


def _bars(counts: Sequence[int], *, ascii_only: bool) -> str:
    """A histogram in one line; its counts where the output knows no Unicode."""
    if ascii_only:
        return " ".join(map(str, counts))
    top = max(*counts, 1)
    return "|" + "".join(_BARS[-(-count * (len(_BARS) - 1) // top)] for count in counts) + "|"
