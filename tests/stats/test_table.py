"""Rows kept whole: the same columns for any split, and through JSON."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from prefaudit.stats.table import RowTable

ROWS = st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(-3, 3)), max_size=20)


def table(*parts: list[tuple[int, int]]) -> RowTable:
    made = RowTable(key="u8", vote="i1")
    for part in parts:
        made.add(key=[key for key, _ in part], vote=[vote for _, vote in part])
    return made


def rows(of: RowTable) -> list[tuple[Any, ...]]:
    return list(zip(*(values.tolist() for values in of.columns().values()), strict=True))


@given(ROWS, ROWS)
def test_rows_come_back_sorted_however_they_came_in(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    merged = table(one)
    merged.merge(table(other))
    assert rows(merged) == sorted(one + other)
    assert len(merged) == len(one) + len(other)
    assert merged.to_state() == table(other, one).to_state()


@given(ROWS)
def test_the_state_goes_through_json(some: list[tuple[int, int]]) -> None:
    again = table()
    again.load_state(json.loads(json.dumps(table(some).to_state())))
    assert rows(again) == sorted(some)


def test_merging_leaves_the_other_as_it_was() -> None:
    one, other = table([(1, 1)]), table([(2, 0)])
    one.merge(other)
    one.add(key=[0], vote=[0])
    assert rows(other) == [(2, 0)]


@given(ROWS, ROWS, st.integers(1, 30))
def test_a_sample_is_of_the_lowest_keys_however_the_rows_came_in(
    one: list[tuple[int, int]], other: list[tuple[int, int]], most: int
) -> None:
    found = RowTable(most, key="u8", vote="i1")
    for row in one:
        found.add(key=[row[0]], vote=[row[1]])
    merged = RowTable(most, key="u8", vote="i1")
    merged.add(key=[key for key, _ in other], vote=[vote for _, vote in other])
    merged.merge(found)
    assert rows(merged) == sorted(one + other)[:most]
    assert len(merged) <= most


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(5, 6)), max_size=20), st.integers(0, 20))
def test_columns_of_one_value_and_equal_keys(some: list[tuple[int, int]], cut: int) -> None:
    found = table(some[:cut], some[cut:])
    assert sorted(zip(*(values.tolist() for values in found.bag().values()), strict=True)) == sorted(some)
    assert rows(found) == sorted(some)
    again = table()
    again.load_state(found.to_state())
    assert rows(again) == sorted(some)


def test_one_value_takes_no_memory_a_row() -> None:
    found = RowTable(key="u8", vote="i1")
    for start in (0, 3):
        found.add(key=[start + 2, start + 1, start], vote=[7, 7, 7])
    assert found.columns()["vote"].strides == (0,)
    assert rows(found) == [(key, 7) for key in range(6)]
