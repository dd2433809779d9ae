"""Charts in characters: the same lines in a terminal, in Markdown and in a notebook."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len, set_cell_size

from prefaudit.report.model import Chart
from prefaudit.report.numbers import interval_of, value_of, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prefaudit.report.model import Finding

#: Rows of a chart that are drawn; the JSON report has all.
MOST_ROWS = 12
_HEIGHT = 7
_LABEL, _SHORT = 28, 8
_LEAST, _MOST = 20, 48


class Row(NamedTuple):
    """One row of a chart."""

    label: str
    value: float
    interval: tuple[float, float] | None = None
    size: int | None = None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart with its values: what a renderer draws."""

    chart: Chart
    rows: tuple[Row, ...] = ()
    counts: tuple[int, ...] = ()
    left_out: int = 0

    @classmethod
    def of(cls, chart: Chart, finding: Finding) -> Drawing | None:
        """The chart of a finding; None where there is nothing to draw."""
        if chart.kind == "scale":
            if finding.estimate is None:
                return None
            return cls(chart, (Row(finding.measure.name, finding.estimate, finding.interval, finding.n),))
        figure = finding.figures.get(chart.figure) or []
        if chart.kind == "histogram":
            return cls(chart, counts=tuple(figure)) if sum(figure) else None
        rows = [_row(chart, row) for row in figure if row.get(chart.value) is not None]
        if chart.kind == "bars" and not any(row.value for row in rows):
            return None
        return cls(chart, tuple(rows[:MOST_ROWS]), left_out=max(0, len(rows) - MOST_ROWS)) if rows else None

    def lines(self, width: int = 96, *, ascii_only: bool = False) -> list[str]:
        """The chart as lines of at most `width` cells."""
        signs = _ASCII if ascii_only else _UNICODE
        match self.chart.kind:
            case "histogram":
                return list(_histogram(self, width, signs))
            case "bars":
                return list(_bars(self, width, signs))
            case _:
                return list(_intervals(self, width, signs))


class _Signs(NamedTuple):
    """What is drawn with."""

    line: str
    start: str
    end: str
    point: str
    mark: str
    eighths: str  # of a cell, from the left
    levels: str  # of a cell, from below
    axis: str
    tick: str


_UNICODE = _Signs("─", "├", "┤", "●", "┊", " ▏▎▍▌▋▊▉█", " ▁▂▃▄▅▆▇█", "─", "┴")
_ASCII = _Signs("-", "|", "|", "o", ":", " #", " #", "-", "+")


def _row(chart: Chart, row: Mapping[str, Any]) -> Row:
    ends = row.get("interval")
    label = f"{words(chart.label)} {row[chart.label]}" if isinstance(row[chart.label], int) else str(row[chart.label])
    interval = (ends[0], ends[1]) if chart.kind == "intervals" and ends is not None and None not in ends else None
    return Row(words(label), float(row[chart.value]), interval, row.get(chart.size), row.get("verdict", ""))


def _heads(drawing: Drawing, width: int) -> tuple[list[str], int]:
    """What stands left of each row's line: label, verdict, size and value; and how wide that is."""
    unit = drawing.chart.unit
    columns = [
        _even([row.verdict for row in drawing.rows], str.ljust),
        _even(["" if row.size is None else f"{row.size:,}" for row in drawing.rows], str.rjust),
        _even([_signed(row.value, drawing) for row in drawing.rows], str.rjust),
        _even([interval_of(row.interval, unit) if row.interval else "" for row in drawing.rows], str.rjust),
    ]
    figures = ["  ".join(cell for cell in cells if cell) for cells in zip(*columns, strict=True)]
    room = max(_SHORT, min(_LABEL, width - len(figures[0]) - _LEAST - 4))
    label = min(room, max(cell_len(row.label) for row in drawing.rows))
    heads = [f"{_fitted(row.label, label)}  {told}" for row, told in zip(drawing.rows, figures, strict=True)]
    return heads, cell_len(heads[0])


def _even(cells: list[str], aligned: Callable[[str, int], str]) -> list[str]:
    """Cells of one width."""
    width = max(map(len, cells))
    return [aligned(cell, width) for cell in cells]


def _signed(value: float, drawing: Drawing) -> str:
    signed = (
        drawing.chart.kind == "bars" and drawing.chart.unit == "number" and any(row.value < 0 for row in drawing.rows)
    )
    return f"{value:+.2f}" if signed else value_of(value, drawing.chart.unit)


def _fitted(label: str, width: int) -> str:
    return set_cell_size(label, width) if cell_len(label) <= width else set_cell_size(label, width - 1) + "…"


def _intervals(drawing: Drawing, width: int, signs: _Signs) -> Iterator[str]:
    heads, used = _heads(drawing, width)
    room = max(_LEAST, min(_MOST, width - used - 2))
    low, high = drawing.chart.span or _span(drawing)

    def at(value: float) -> int:
        return round((min(max(value, low), high) - low) / (high - low) * (room - 1))

    for head, row in zip(heads, drawing.rows, strict=True):
        line = [" "] * room
        for mark in drawing.chart.marks:
            line[at(mark)] = signs.mark
        if row.interval:
            first, last = (at(end) for end in row.interval)
            line[first : last + 1] = signs.line * (last - first + 1)
            line[first], line[last] = signs.start, signs.end
        line[at(row.value)] = signs.point
        yield f"{head}  {''.join(line)}".rstrip()
    ticks = sorted({low, *drawing.chart.marks, high})
    yield " " * (used + 2) + _axis([at(tick) for tick in ticks], room, signs)
    yield " " * (used + 2) + _labels([(at(tick), _tick(tick, drawing.chart.unit)) for tick in ticks], room)


def _span(drawing: Drawing) -> tuple[float, float]:
    """Ends of an axis that hold all intervals and marks: tenths, for shares."""
    values = [end for row in drawing.rows for end in (row.value, *(row.interval or ()))]
    low, high = min(*values, *drawing.chart.marks), max(*values, *drawing.chart.marks)
    if drawing.chart.unit == "share":
        low, high = math.floor(10 * low) / 10, math.ceil(10 * high) / 10
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _bars(drawing: Drawing, width: int, signs: _Signs) -> Iterator[str]:
    heads, used = _heads(drawing, width)
    room = max(_LEAST, min(_MOST, width - used - 2))
    most = drawing.chart.span[1] if drawing.chart.span else max(abs(row.value) for row in drawing.rows)
    signed = any(row.value < 0 for row in drawing.rows)
    half = (room - 1) // 2 if signed else 0
    middle = "│" if signs is _UNICODE else "|"
    for head, row in zip(heads, drawing.rows, strict=True):
        bar = _bar(abs(row.value) / most, half or room, signs)
        if signed and row.value < 0:
            cells = round(abs(row.value) / most * half)
            yield f"{head}  {(signs.eighths[-1] * cells).rjust(half)}{middle}"
        elif signed:
            yield f"{head}  {' ' * half}{middle}{bar}".rstrip()
        else:
            yield f"{head}  {bar}".rstrip()


def _bar(part: float, room: int, signs: _Signs) -> str:
    """A bar over a part of the room; what is there is seen, however little it is."""
    steps = len(signs.eighths) - 1
    length = min(max(round(part * room * steps), 1 if part > 0 else 0), room * steps)
    whole, rest = divmod(length, steps)
    return signs.eighths[-1] * whole + (signs.eighths[rest] if rest else "")


def _histogram(drawing: Drawing, width: int, signs: _Signs) -> Iterator[str]:
    counts, top = drawing.counts, max(drawing.counts)
    side = len(f"{top:,}")
    each = max(1, min(max(3, _LEAST // len(counts)), (width - side - 3) // len(counts)))
    steps = len(signs.levels) - 1
    heights = [max(round(count / top * _HEIGHT * steps), 1 if count else 0) for count in counts]
    for level in reversed(range(_HEIGHT)):
        cells = (signs.levels[min(max(height - level * steps, 0), steps)] * each for height in heights)
        label = {_HEIGHT - 1: f"{top:,}", 0: "0"}.get(level, "")
        yield f"{label:>{side}} {signs.start if signs is _UNICODE else '|'}{''.join(cells)}".rstrip()
    low, high = drawing.chart.span or (0.0, 1.0)
    room = each * len(counts)
    ticks = [low, *(mark for mark in drawing.chart.marks if low < mark < high), high]
    places = [min(round((tick - low) / (high - low) * room), room) if high > low else 0 for tick in ticks]
    indent = " " * (side + 1)
    yield indent + _axis(places, room + 1, signs)
    yield indent + _labels(
        [(place, _tick(tick, drawing.chart.unit)) for place, tick in zip(places, ticks, strict=True)], room + 1
    )


def _axis(places: Sequence[int], room: int, signs: _Signs) -> str:
    line = [signs.axis] * room
    for place in places:
        line[min(place, room - 1)] = signs.tick
    return "".join(line)


def _labels(ticks: Sequence[tuple[int, str]], room: int) -> str:
    """Labels under their ticks, those of the ends first; what would run into another is left out."""
    line = [" "] * room
    for place, label in (ticks[0], ticks[-1], *ticks[1:-1]):
        start = max(0, min(place - len(label) // 2, room - len(label)))
        if not "".join(line[max(0, start - 1) : start + len(label) + 1]).strip():
            line[start : start + len(label)] = label
    return "".join(line).rstrip()


def _tick(value: float, unit: str) -> str:
    if unit == "share":
        return f"{100 * value:.3g}%"
    if unit == "points":
        return f"{100 * value:+.3g}"
    return f"{value:.3g}" if math.isfinite(value) else "-"
