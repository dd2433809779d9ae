"""The report as text for people: readable at 100 columns, with or without colour and Unicode."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from prefaudit.report.model import Verdict
from prefaudit.report.plain import print_trimmed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import RenderableType

    from prefaudit.report.model import Finding, Report

_STYLES = {
    Verdict.PASS: "bold green",
    Verdict.WARN: "bold yellow",
    Verdict.FAIL: "bold red",
    Verdict.UNDERPOWERED: "bold magenta",
    Verdict.NOT_MEASURABLE: "bold magenta",
}
_BARS = " ▁▂▃▄▅▆▇█"


def as_text(report: Report, width: int = 100) -> str:
    """The report as plain text of at most `width` columns."""
    written = io.StringIO()
    print_report(report, Console(file=written, width=width, color_system=None))
    return written.getvalue()


def print_report(report: Report, console: Console) -> None:
    """Write the report to a console, in what it can show."""
    details = (_details(finding, ascii_only=console.options.ascii_only) for finding in report.findings)
    print_trimmed(console, [_head(report), _summary(report), *details])


def _head(report: Report) -> RenderableType:
    counts = report.accounting
    skipped = sum(counts["rows_skipped"].values())
    lines = [
        Text.assemble((str(report.dataset["name"]), "bold"), f" (format {report.dataset['format']})"),
        Text(
            f"{counts['rows_in']:,} rows read: {counts['rows_used']:,} used, {skipped:,} skipped; "
            f"{counts['pairs']:,} pairs, {counts['votes']:,} judgments, {counts['ties']:,} ties"
        ),
    ]
    for reason, count in counts["rows_skipped"].items():
        rows = [example["row"] for example in counts["skipped_examples"] if example["reason"] == reason]
        lines.append(Text(f"  skipped {count:,}: {reason} (row {', '.join(map(str, rows))})", style="yellow"))
    return Group(*lines)


def _summary(report: Report) -> Table:
    table = _table(["verdict", "check", "estimate", "95% interval", "pairs"])
    for finding in report.findings:
        table.add_row(
            Text(finding.verdict.value, style=_STYLES[finding.verdict]),
            Text(finding.check),
            *(Text(_shown(name, value)) for name, value in _answer(finding).items()),
        )
    return table


def _answer(finding: Finding) -> dict[str, Any]:
    return {"estimate": finding.estimate, "interval": finding.interval, "n": finding.n}


def _details(finding: Finding, *, ascii_only: bool) -> RenderableType:
    head = Text.assemble((finding.verdict.value, _STYLES[finding.verdict]), "  ", (finding.check, "bold"))
    parts = [Text(finding.reason), *_figures(finding.figures, ascii_only=ascii_only), *_examples(finding)]
    if finding.advice:
        parts.append(Text(f"what to do: {finding.advice}", style="bold"))
    return Group(head, Padding(Group(*parts), (0, 0, 1, 2), expand=False))


def _figures(figures: Mapping[str, Any], *, ascii_only: bool) -> Iterable[RenderableType]:
    """Single figures in one paragraph, then one block for each group of figures, the settings last."""
    single = {name: value for name, value in figures.items() if not _is_group(value)}
    if single:
        yield Text(_listed(single))
    for name, value in figures.items():
        match value:
            case [dict(), *_]:
                yield _rows(value)
            case [int(), *_]:
                yield Text(f"{_words(name)} ({len(value)} bins): {_bars(value, ascii_only=ascii_only)}")
            case dict():
                yield Text(f"{_words(name)}: {_settings(value) if name == 'settings' else _listed(value)}")


def _is_group(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict | int))


def _rows(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = _table([_words(name).removeprefix("share ") for name in rows[0]])
    for row in rows:
        table.add_row(*(Text(_shown(name, value)) for name, value in row.items()))
    return table


def _table(names: Sequence[str]) -> Table:
    """A table with words at the left of their columns and all figures at the right."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="none")
    for name in names:
        worded = name in _WORDED
        table.add_column(Text(name), justify="left" if worded else "right", no_wrap=worded)
    return table


#: Columns that hold words.
_WORDED = {"verdict", "check", "texts", "unit", "autojunk", "length ratio", "judge", "annotator", "from"}
#: How many examples of a finding are shown.
_EXAMPLES = 3


def _examples(finding: Finding) -> Iterable[RenderableType]:
    """The examples, each with the row number that `prefaudit show SOURCE --row` takes."""
    sources = {example.source for example in finding.examples}
    for example in finding.examples[:_EXAMPLES]:
        place = f"row {example.row}" if len(sources) == 1 else f"{example.source}, row {example.row}"
        yield Text(f"e.g. {place}: {example.note}")


def _settings(settings: Mapping[str, Mapping[str, Any]]) -> str:
    shown = []
    for name, setting in settings.items():
        origin = "" if setting["from"] == "default" else f" ({setting['from']})"
        shown.append(f"{_words(name)}: {_setting(setting['value'])}{origin}")
    return "; ".join(shown)


def _setting(value: float | bool) -> str:  # noqa: FBT001 - a value of either kind
    return _shown("", value) if isinstance(value, bool) else f"{value:g}"


def _listed(figures: Mapping[str, Any]) -> str:
    return "; ".join(f"{_words(name)}: {_shown(name, value)}" for name, value in figures.items())


def _words(name: str) -> str:
    return name.replace("_", " ")


def _shown(name: str, value: Any) -> str:  # noqa: PLR0911 - one for each kind of value
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
