"""JSON is read the same, however the bytes fall into blocks and whichever reader takes them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prefaudit.errors import SourceError
from prefaudit.sources import json_array, json_lines
from prefaudit.sources.streams import File

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prefaudit.sources import RawBatch

SCHEMA = pa.schema([pa.field("chosen", pa.string(), nullable=False), pa.field("rejected", pa.string(), nullable=False)])

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
TEXT = st.text(st.characters(exclude_categories=[]), max_size=20)  # lone surrogates among them
GOOD = st.fixed_dictionaries({"chosen": st.text(max_size=20), "rejected": st.text(max_size=20)})
ROW = GOOD | st.dictionaries(st.sampled_from(["chosen", "rejected", "x"]), TEXT | VALUES, max_size=3) | VALUES


class InMemory(File):
    """A file that is not on the disk."""

    def __init__(self, content: bytes) -> None:
        super().__init__(Path("memory"), "memory")
        object.__setattr__(self, "content", content)

    def open(self) -> Any:
        return io.BytesIO(self.content)  # type: ignore[attr-defined]


def _rows(batches: Iterable[RawBatch]) -> tuple[list[Any], list[Any]]:
    read: list[Any] = []
    skipped: list[Any] = []
    for batch in batches:
        read += zip(batch.row_numbers.to_pylist(), batch.records.to_pylist(), strict=True)
        skipped += [(row.row, row.reason) for row in batch.skipped]
    return read, skipped


def _expected(rows: list[Any]) -> list[tuple[int, Any]]:
    def is_text(value: object) -> bool:
        return isinstance(value, str) and value.isprintable() | (value.encode("utf-8", "ignore").decode() == value)

    return [
        (number, {name: row[name] for name in SCHEMA.names})
        for number, row in enumerate(rows)
        if isinstance(row, dict) and all(is_text(row.get(name)) for name in SCHEMA.names)
    ]


def _json_lines(rows: list[Any], *, ascii_only: bool, end: str = "\n") -> bytes:
    text = end.join(json.dumps(row, ensure_ascii=ascii_only) for row in rows)
    return text.encode("utf-8", "surrogatepass") if ascii_only else text.encode("utf-8", "replace")


@given(st.lists(ROW, max_size=8), st.integers(1, 200), st.sampled_from(["\n", "\r\n", "\n\n"]))
@settings(max_examples=300, deadline=None)
def test_lines_in_blocks_of_any_size(rows: list[Any], size: int, end: str) -> None:
    source = json_lines.JsonLines(InMemory(_json_lines(rows, ascii_only=True, end=end)))
    with patch.object(json_lines, "_BLOCK_BYTES", size):
        read, skipped = _rows(source.read(SCHEMA))
    assert read == _expected(rows)
    assert sorted([number for number, _ in read] + [number for number, _ in skipped]) == list(range(len(rows)))


@given(st.lists(ROW, max_size=8))
@settings(max_examples=300, deadline=None)
def test_both_readers_of_lines_agree(rows: list[Any]) -> None:
    source = json_lines.JsonLines(InMemory(_json_lines(rows, ascii_only=True)))
    found = _rows(source.read(SCHEMA))
    with patch.object(json_lines, "_fast", lambda *_: None):
        assert _rows(source.read(SCHEMA)) == found


@given(st.lists(ROW, max_size=8), st.integers(1, 60), st.sampled_from([None, 1]))
@settings(max_examples=300, deadline=None)
def test_array_in_windows_of_any_size(rows: list[Any], size: int, indent: int | None) -> None:
    source = json_array.JsonArray(InMemory(json.dumps(rows, indent=indent).encode()))
    with patch.object(json_array, "_CHUNK", size):
        read, skipped = _rows(source.read(SCHEMA))
    assert read == _expected(rows)
    assert len(read) + len(skipped) == len(rows)


@given(st.lists(GOOD, min_size=1, max_size=5), st.data())
@settings(max_examples=300, deadline=None)
def test_array_cut_anywhere_is_an_error(rows: list[Any], data: st.DataObject) -> None:
    content = json.dumps(rows)
    cut = data.draw(st.integers(1, len(content) - 1))
    size = data.draw(st.integers(1, 60))
    source = json_array.JsonArray(InMemory(content[:cut].encode()))
    with patch.object(json_array, "_CHUNK", size), pytest.raises(SourceError):
        _rows(source.read(SCHEMA))


def test_place_of_an_error_in_an_array_does_not_depend_on_the_window() -> None:
    content = '[\n{"a": 1},\n  {"b": 2},\n\n   {"c": oops}\n]'
    for size in range(1, len(content) + 2):
        with patch.object(json_array, "_CHUNK", size), pytest.raises(SourceError, match="line 5, column 10: Expecting"):
            _rows(json_array.JsonArray(InMemory(content.encode())).read(SCHEMA))


@given(st.binary(max_size=80) | st.text(alphabet='{}[]":,\\nulltrue01 \n\t', max_size=60).map(str.encode))
@settings(max_examples=500, deadline=None)
def test_no_bytes_make_it_crash(content: bytes) -> None:
    for kind in (json_lines.JsonLines, json_array.JsonArray):
        source = kind(InMemory(content))
        for read in (source.sample, lambda source=source: _rows(source.read(SCHEMA))):
            try:
                read()
            except SourceError:
                continue


def test_first_line_null_does_not_crash_the_fast_reader() -> None:
    read, skipped = _rows(json_lines.JsonLines(InMemory(b"null\n")).read(SCHEMA))
    assert (read, skipped) == ([], [(0, "the row is not an object")])


def test_one_bad_line_does_not_slow_down_other_blocks() -> None:
    good = json.dumps({"chosen": "yes", "rejected": "no"}).encode() + b"\n"
    calls = []
    careful = json_lines._rows

    def counting(*args: Any, **options: Any) -> Any:
        calls.append(args)
        return careful(*args, **options)

    with patch.object(json_lines, "_BLOCK_BYTES", len(good) * 10), patch.object(json_lines, "_rows", counting):
        read, skipped = _rows(json_lines.JsonLines(InMemory(good * 55 + b"{bad\n" + good * 45)).read(SCHEMA))
    assert (len(read), skipped) == (100, [(55, "the line is not valid JSON")])
    assert len(calls) == 1
