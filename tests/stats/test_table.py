"""Rows kept whole: the same columns for any split, and through JSON."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from prefaudit.stats import table as module
from prefaudit.stats.table import RowTable

if TYPE_CHECKING:
    import pytest

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


def in_parts(of: RowTable) -> list[tuple[Any, ...]]:
    return [row for part in of.parts() for row in zip(*(values.tolist() for values in part.values()), strict=True)]


@given(st.lists(ROWS, max_size=6), st.lists(ROWS, max_size=3), st.integers(1, 25))
def test_rows_that_wait_in_a_file_come_back_the_same(
    some: list[list[tuple[int, int]]], others: list[list[tuple[int, int]]], held: int
) -> None:
    expected = sorted(chain(*some, *others))
    with mock.patch.multiple(module, _HELD=held, _SMALL=held):
        found, other = table(*some), table(*others)
        found.merge(other)
        other.add(key=[1], vote=[1])  # changes nothing in what was merged
        assert (len(found), in_parts(found)) == (len(expected), expected)
        assert rows(found) == expected
        assert found.to_state() == table(expected).to_state()
        assert in_parts(found) == expected  # also when they are back in memory


def test_few_rows_are_held_in_memory() -> None:
    found = RowTable(key="u8")
    for at in range(2):
        found.add(key=np.full(module._HELD // 2, at))
        assert len(found._segments) == at
    assert len(found) == module._HELD


def test_where_there_is_no_room_on_the_disk_memory_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_file() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "new_file", no_file)
    monkeypatch.setattr(module, "_HELD", 2)
    assert rows(table([(3, 0), (2, 0)], [(1, 0)])) == [(1, 0), (2, 0), (3, 0)]


def test_a_first_column_that_is_no_hash_waits_in_a_file_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_HELD", 2)
    found = RowTable(score="f8")
    for score in (2.5, -1.0, 0.0):
        found.add(score=[score])
    assert found.columns()["score"].tolist() == [-1.0, 0.0, 2.5]
