"""Columns in every layout that text comes in, and what is said of columns that are not text."""

from __future__ import annotations

import difflib
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import datasets
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefaudit import char_counts, ratios, word_counts
from prefaudit.errors import TextTypeError, TextValueError
from prefaudit.kernels import CutTranscripts, cut_transcripts, text_hashes
from prefaudit.texts import TextBatch

if TYPE_CHECKING:
    from collections.abc import Callable

A = ["one two", None, "", "naïve 漢字 𝄞", "the same", "x" * 300, "one two"]
B = ["one too", "b", "", "native 漢字 𝄞𝄞", "the same", None, "two one"]


def sliced(values: list[str | None], kind: pa.DataType) -> pa.Array:
    return pa.array(["padding", None, *values, "more"], type=kind).slice(2, len(values))


def chunked(values: list[str | None], *borders: int) -> pa.ChunkedArray:
    ends = [0, *borders, len(values)]
    return pa.chunked_array([pa.array(values[first:last], pa.string()) for first, last in pairwise(ends)])


def dictionary_with_null_values(values: list[str | None]) -> pa.Array:
    """A null both as a key that is missing and as a key of a value that is."""
    known = [*dict.fromkeys(value for value in values if value is not None), None]
    keys = [known.index(value) if k % 2 or value is not None else None for k, value in enumerate(values)]
    return pa.DictionaryArray.from_arrays(pa.array(keys, pa.int8()), pa.array(known, pa.string()))


class Stream:
    """Knows no more than the Arrow stream interface."""

    def __init__(self, values: list[str | None]) -> None:
        self.data = chunked(values, 2, 3)

    def __arrow_c_stream__(self, schema: object = None) -> object:
        return self.data.__arrow_c_stream__(schema)


class OneArray:
    """Knows no more than the Arrow array interface."""

    def __init__(self, values: list[str | None]) -> None:
        self.data = pa.array(values, pa.string())

    def __arrow_c_array__(self, schema: object = None) -> object:
        return self.data.__arrow_c_array__(schema)


def parts_of_transcripts(values: list[str | None]) -> CutTranscripts:
    """Cut so that each chosen response is one of the values; each other one has a mark in front."""
    head = "\n\nHuman: é\n\nAssistant:"
    sides = ([None if value is None else head + mark + value for value in values] for mark in ("", "!"))
    return cut_transcripts(*sides)


LAYOUTS: dict[str, Callable[[list[str | None]], Any]] = {
    "list": list,
    "tuple": tuple,
    "string": lambda values: pa.array(values, pa.string()),
    "large string": lambda values: pa.array(values, pa.large_string()),
    "string view": lambda values: pa.array(values, pa.string_view()),
    "sliced string": lambda values: sliced(values, pa.string()),
    "sliced large string": lambda values: sliced(values, pa.large_string()),
    "sliced string view": lambda values: sliced(values, pa.string_view()),
    "dictionary": lambda values: pa.array(values, pa.string()).dictionary_encode(),
    "sliced dictionary": lambda values: sliced(values, pa.string()).dictionary_encode().slice(0),
    "dictionary, sliced": lambda values: pa.array(["p", *values, "q"]).dictionary_encode().slice(1, len(values)),
    "dictionary of null": dictionary_with_null_values,
    "dictionary of large string": lambda values: pa.array(values, pa.large_string()).dictionary_encode(),
    "wide keys": lambda values: pa.array(values).dictionary_encode().cast(pa.dictionary(pa.int64(), pa.string())),
    "chunks": lambda values: chunked(values, 1, 4),
    "other chunks": lambda values: chunked(values, 0, 2, 3, 5, 5),
    "one chunk": chunked,
    "chunked dictionary": lambda values: chunked(values, 3).dictionary_encode(),
    "polars": pl.Series,
    "polars chunks": lambda values: pl.concat([pl.Series(values[:3]), pl.Series(values[3:])], rechunk=False),
    "polars categorical": lambda values: pl.Series(values, dtype=pl.Categorical),
    "pandas": pd.Series,
    "pandas object": lambda values: pd.Series(values, dtype=object),
    "pandas arrow": lambda values: pd.Series(values, dtype=pd.ArrowDtype(pa.large_string())),
    "pandas, other index": lambda values: pd.Series(values, index=range(50, 50 + len(values))),
    "datasets": lambda values: datasets.Dataset.from_dict({"text": values})["text"],
    "stream": Stream,
    "array interface": OneArray,
    "batch": TextBatch,
    "part of transcripts": lambda values: parts_of_transcripts(values).chosen,
    "batch of chunks": lambda values: TextBatch(chunked(values, 2)),
}

layouts = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())


@layouts
def test_counts(layout: Callable[[list[str | None]], Any]) -> None:
    assert word_counts(layout(A)).to_pylist() == [None if text is None else len(text.split()) for text in A]
    assert char_counts(layout(B)).to_pylist() == [None if text is None else len(text) for text in B]


EXPECTED = [
    None if a is None or b is None else difflib.SequenceMatcher(None, a, b).ratio() for a, b in zip(A, B, strict=True)
]


@pytest.mark.parametrize("other", ["list", "string", "other chunks", "dictionary", "polars chunks"])
@layouts
def test_ratios(layout: Callable[[list[str | None]], Any], other: str) -> None:
    if layout in {LAYOUTS["batch"], LAYOUTS["batch of chunks"]}:
        other = "batch"
    if layout is LAYOUTS["batch of chunks"]:
        layout = LAYOUTS["batch"]
    assert ratios(layout(A), LAYOUTS[other](B)).to_pylist() == EXPECTED
    assert ratios(LAYOUTS[other](A), layout(B)).to_pylist() == EXPECTED


@layouts
def test_columns_without_rows(layout: Callable[[list[str | None]], Any]) -> None:
    if layout is LAYOUTS["pandas"] or layout is LAYOUTS["polars"] or layout is LAYOUTS["datasets"]:
        pytest.skip("an empty column has no type there")
    assert word_counts(layout([])).to_pylist() == []


def test_columns_of_nulls_alone() -> None:
    assert word_counts(pa.nulls(3)).to_pylist() == [None] * 3
    assert ratios(pa.nulls(2), ["a", "b"]).to_pylist() == [None, None]


def test_results_are_arrow_arrays_without_needless_nulls() -> None:
    counts, scores = word_counts(["a"]), ratios(["a"], ["a"])
    assert (type(counts), type(scores)) == (pa.Int64Array, pa.DoubleArray)
    assert counts.null_count == scores.null_count == 0
    counts.validate(full=True)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_arrow_text_is_not_copied(kind: pa.DataType) -> None:
    """A column of 64 MB crosses into the core without anybody asking for as much memory again."""
    column = pa.array(["words and more words " * 50_000] * 60, pa.string()).cast(kind)
    assert column.nbytes > 60_000_000
    before = resident_bytes()
    batch = TextBatch(column)
    assert char_counts(batch).to_pylist() == [1_050_000] * 60
    assert resident_bytes() - before < 30_000_000


def resident_bytes() -> int:
    """The memory that this process holds now."""
    try:
        with open("/proc/self/statm", encoding="ascii") as status:  # noqa: PTH123 - not a file on a disk
            return int(status.read().split()[1]) * 4096
    except FileNotFoundError:
        pytest.skip("the system does not tell how much memory a process holds")


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (["a", 3, "b"], "texts: row 1 holds int 3, not text"),
        ([["a"]], "texts: row 0 holds list"),
        ([b"a"], "texts: row 0 holds bytes"),
        (pd.Series(["a", 1.5]), "texts: row 1 holds float 1.5, not text"),
        ("one text", "got one str: wrap it in a list"),
        (b"bytes", "got one bytes"),
        (7, "texts must be a column of texts, got int"),
        (None, "texts must be a column of texts, got NoneType"),
        (pa.array([1, 2]), "texts: expected a column of text, got Arrow type Int64"),
        (pa.array([b"x"]), "expected a column of text, got Arrow type Binary"),
        (pa.array([1, 2]).dictionary_encode(), "expected a column of text"),
        (pl.Series([1, 2]), "expected a column of text"),
        (pa.chunked_array([], pa.int8()), "expected a column of text"),
    ],
)
def test_what_is_not_text_is_named(column: object, message: str) -> None:
    with pytest.raises(TextTypeError, match=message):
        word_counts(column)


def test_the_argument_that_is_wrong_is_named() -> None:
    with pytest.raises(TextTypeError, match="b: row 1 holds int"):
        ratios(["a", "b"], ["a", 1])


@pytest.mark.parametrize("a", [["x", "y"], TextBatch(["x", "y"]), chunked(["x", "y"], 1)])
def test_lengths_that_differ(a: object) -> None:
    b: object = TextBatch(["x"]) if isinstance(a, TextBatch) else ["x"]
    with pytest.raises(TextValueError, match="equally long, but have 2 and 1 rows"):
        ratios(a, b)


def test_a_batch_beside_any_column() -> None:
    assert ratios(TextBatch(["x", "y"]), ["x", "z"]).to_pylist() == [1.0, 0.0]
    assert ratios(chunked(["x", "y"], 1), TextBatch(["x", "z"])).to_pylist() == [1.0, 0.0]
    assert ratios(TextBatch(chunked(["x", "y"], 1)), TextBatch(["x", "z"])).to_pylist() == [1.0, 0.0]


@pytest.mark.parametrize("column", [["fine", None, "bad \udc80"], pd.Series(["fine", "", "bad \udc80"], dtype=object)])
def test_a_lone_surrogate_names_its_row(column: object) -> None:
    with pytest.raises(TextValueError, match="row 2 holds a lone surrogate at character 4"):
        word_counts(column)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_bytes_that_are_not_utf8_are_refused(kind: pa.DataType) -> None:
    good = pa.array(["abcdef", "ghi"], kind)
    buffers = good.buffers()
    broken = pa.Array.from_buffers(kind, 2, [None, buffers[1], pa.py_buffer(b"abcdefg\xffi")])
    with pytest.raises(TextValueError, match="texts: row 1 is not valid text"):
        word_counts(broken)
    with pytest.raises(TextValueError, match="b: row 3 is not valid text"):
        ratios(["a"] * 4, pa.chunked_array([good, broken]))


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20) | st.none()))
def test_parts_of_transcripts_are_the_texts(values: list[str | None]) -> None:
    cut = parts_of_transcripts(values)
    assert cut.chosen.to_arrow().to_pylist() == values
    assert cut.rejected.to_arrow().to_pylist() == [None if value is None else "!" + value for value in values]
    assert set(cut.prompt.to_arrow().to_pylist()) <= {"\n\nHuman: é\n\nAssistant:", None}
    assert text_hashes(cut.chosen).equals(text_hashes(pa.array(values, pa.string())))


@given(st.binary(max_size=80), st.lists(st.integers(-1, 81), min_size=2, max_size=6), st.sampled_from([32, 64]))
def test_the_core_takes_what_arrow_finds_valid(data: bytes, offsets: list[int], bits: int) -> None:
    kind = pa.string() if bits == 32 else pa.large_string()
    ends = pa.array(offsets, pa.int32() if bits == 32 else pa.int64()).buffers()[1]
    try:
        column = pa.Array.from_buffers(kind, len(offsets) - 1, [None, ends, pa.py_buffer(data)])
    except pa.ArrowInvalid:  # the last offset lies outside, which is all that pyarrow looks at here
        return
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        with pytest.raises(TextValueError):
            TextBatch(column)
    else:
        assert TextBatch(column).columns[0].to_arrow().cast(kind).equals(column)


def test_text_cut_inside_a_character_is_refused() -> None:
    offsets = pa.py_buffer(pa.array([0, 1, 2], pa.int32()).buffers()[1].to_pybytes())
    broken = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer("é".encode())])
    with pytest.raises(TextValueError, match="row 0 is not valid text"):
        char_counts(broken)
