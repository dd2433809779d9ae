"""Charts in characters: what they show is where it should be, in any width, alphabet and range."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.cells import cell_len

from prefaudit.report.drawing import MOST_ROWS, Drawing
from prefaudit.report.model import Chart, Finding, Measure, Verdict
from prefaudit.report.numbers import interval_of, share, value_of

labels = st.text(alphabet="ab c\u4e2d\u6587\u00e9[]", min_size=1, max_size=40)
shares = st.floats(0, 1)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, object]:
    low, value, high = sorted(draw(st.tuples(shares, shares, shares)))
    return {"name": draw(labels), "value": value, "interval": [low, high], "pairs": draw(st.integers(0, 10**7))}


def finding_of(figure: object, chart: Chart) -> Finding:
    return Finding("c", Verdict.WARN, 0.5, (0.25, 0.75), 8, "r", {"f": figure}, charts=(chart,), measure=Measure("m"))


def drawn(figure: object, chart: Chart, width: int = 96, *, ascii_only: bool = False) -> list[str]:
    drawing = Drawing.of(chart, finding_of(figure, chart))
    assert drawing is not None
    return drawing.lines(width, ascii_only=ascii_only)


@given(st.lists(rows(), min_size=1, max_size=20), st.integers(76, 120), st.booleans())
def test_intervals_hold_their_points_and_keep_to_the_width(
    figure: list[dict[str, object]], width: int, ascii_only: bool
) -> None:
    chart = Chart("intervals", "f", "t", "name", "value", "pairs", span=(0.0, 1.0), marks=(0.5,))
    lines = drawn(figure, chart, width, ascii_only=ascii_only)
    assert len(lines) == min(len(figure), MOST_ROWS) + 2
    point = "o" if ascii_only else "\u25cf"
    start = lines[-2].index("+" if ascii_only else "\u2534")
    room = len(lines[-2]) - start
    for row, line in zip(figure[:MOST_ROWS], lines, strict=False):
        place = cell_len(line[: line.rindex(point)]) - start
        assert abs(place - float(row["value"]) * (room - 1)) <= 0.5  # type: ignore[arg-type]
        assert cell_len(line) <= width
    assert max(map(cell_len, lines)) <= width
    if ascii_only:
        assert all("\u2500" not in line and "\u25cf" not in line for line in lines)


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=40), st.integers(60, 120), st.booleans())
def test_a_histogram_has_a_column_for_each_bin_and_none_is_lost(
    counts: list[int], width: int, ascii_only: bool
) -> None:
    assume(any(counts))
    chart = Chart("histogram", "f", "t", unit="number", span=(0.0, 1.0), marks=(0.7, 0.9))
    lines = drawn(counts, chart, width, ascii_only=ascii_only)
    assert max(map(len, lines)) <= width
    bottom = lines[-3].split("|" if ascii_only else "\u251c", 1)[1]
    each = (len(lines[-2]) - len(f"{max(counts):,}") - 2) // len(counts)
    for at, count in enumerate(counts):
        cell = bottom.ljust(each * len(counts))[at * each]
        assert (cell != " ") == (count > 0)
    assert f"{max(counts):,}" in lines[0]
    assert lines[-1].split()[0] == "0"
    assert lines[-1].split()[-1] == "1"


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=12), st.booleans())
def test_bars_are_as_long_as_their_values(values: list[float], ascii_only: bool) -> None:
    assume(max(map(abs, values)) > 0.01)
    figure = [{"name": f"n{at}", "value": value} for at, value in enumerate(values)]
    lines = drawn(figure, Chart("bars", "f", "t", "name", "value", unit="number"), ascii_only=ascii_only)
    block = "#" if ascii_only else "\u2588"
    lengths = [line.count(block) for line in lines]
    longest = max(lengths)
    most = max(map(abs, values))
    for value, length in zip(values, lengths, strict=True):
        assert abs(length - abs(value) / most * longest) <= 1.6
    if min(values) < 0:
        axis = "|" if ascii_only else "\u2502"
        assert len({line.index(axis) for line in lines}) == 1
        for value, line in zip(values, lines, strict=True):
            before, _, after = line.partition(axis)
            assert (block in before) <= (value < 0)
            assert (block in after) <= (value >= 0)


def test_a_scale_has_the_estimate_and_its_marks() -> None:
    chart = Chart("scale", title="t", unit="number", span=(-0.2, 1.0), marks=(0.2, 0.4, 0.667))
    line, axis, ticks = drawn([], chart)
    assert line.startswith("m  8  0.500  ")
    assert line.count("\u250a") + line.count("\u25cf") >= 2
    assert axis.count("\u2534") == 5
    assert ticks.split() == ["-0.2", "0.2", "0.4", "0.667", "1"]


def test_what_is_not_there_is_not_drawn() -> None:
    bars = Chart("bars", "f", "t", "name", "value")
    for figure in ([], [{"name": "a", "value": 0.0}], [{"name": "a", "value": None}]):
        assert Drawing.of(bars, finding_of(figure, bars)) is None
    histogram = Chart("histogram", "f", "t")
    assert Drawing.of(histogram, finding_of([0, 0], histogram)) is None
    assert Drawing.of(bars, finding_of([{"name": "a", "value": 1.0}] * 15, bars)).left_out == 3  # type: ignore[union-attr]


def test_rows_with_a_verdict_show_it_and_numbers_have_names() -> None:
    figure = [{"quarter": 1, "value": 0.5, "interval": [0.4, 0.6], "verdict": "FAIL"}]
    line = drawn(figure, Chart("intervals", "f", "t", "quarter", "value"))[0]
    assert line.startswith("quarter 1  FAIL  50.0%  [40.0%, 60.0%]")


@given(shares | st.floats(0, 0.02) | st.floats(0, 1e-4))
def test_shares_are_told_to_two_digits_or_more(value: float) -> None:
    assert (share(value) == "0%") == (value == 0)
    assert (share(value) == "<0.001%") == (0 < value < 1e-5)
    if value >= 1e-5:
        tolerance = 5.1e-6 if value < 1e-4 else 5.1e-5 if value < 0.01 else 5.1e-4
        assert math.isclose(float(share(value).removesuffix("%")) / 100, value, rel_tol=0, abs_tol=tolerance)


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [(None, "share", "-"), (math.nan, "share", "-"), (math.inf, "number", "-"), (0.05, "points", "+5.0 pt")],
)
def test_values(value: float | None, unit: str, told: str) -> None:
    assert value_of(value, unit) == told
    assert interval_of((0.0, math.inf), "number") == "[0, -]"
