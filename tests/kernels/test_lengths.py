"""Words and characters against Python's own count."""

from __future__ import annotations

import statistics
import sys
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prefaudit import char_counts, length_stats, word_counts
from prefaudit.errors import TextValueError

EVERY_CHARACTER = [chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c <= 0xDFFF]
SPACES = [c for c in EVERY_CHARACTER if c.isspace()]
#: What is often taken for a space, and is none to `str.split`.
NOT_SPACES = ["\u200b", "\u180e", "\ufeff", "\u2060", "\u200d", "\u00ad", "\x1b", "\x00", "\x7f"]


def test_every_code_point_alone_and_between_words() -> None:
    assert len(SPACES) == 29
    texts = EVERY_CHARACTER + [f"a{c}b" for c in EVERY_CHARACTER]
    assert word_counts(texts).to_pylist() == [len(text.split()) for text in texts]


texts = st.text(st.sampled_from([*SPACES, *NOT_SPACES, "a", "é", "漢", "𝄞", " ", "b"]), max_size=300)


@settings(max_examples=300, deadline=None)
@given(columns=st.lists(st.one_of(st.none(), texts, st.text(max_size=80)), max_size=20))
def test_words_and_characters(columns: list[str | None]) -> None:
    assert word_counts(columns).to_pylist() == [None if text is None else len(text.split()) for text in columns]
    assert char_counts(columns).to_pylist() == [None if text is None else len(text) for text in columns]


@pytest.mark.parametrize("size", [0, 1, 7, 8, 31, 32, 33, 127, 128, 129, 255, 256, 257, 4096, 70_001])
@pytest.mark.parametrize("unit", ["a", "a ", " ", "ab\u3000", "漢 ", "é", "\x1ca", "a\u2028\n", "𝄞\x85"])
def test_long_texts(unit: str, size: int) -> None:
    text = (unit * size)[:size]
    variants = [text, "x" + text, text + " y", " " + text + "\u00a0", text + "é z"]
    assert word_counts(variants).to_pylist() == [len(variant.split()) for variant in variants]
    assert char_counts(variants).to_pylist() == [len(variant) for variant in variants]


@settings(max_examples=100, deadline=None)
@given(lengths=st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=1, max_size=60), bins=st.integers(1, 30))
def test_statistics_of_lengths(lengths: list[int | None], bins: int) -> None:
    found = length_stats([None if n is None else "w " * n for n in lengths], quantiles=[0, 0.1, 0.5, 1], bins=bins)
    known = [n for n in lengths if n is not None]
    assert (found.unit, found.count, found.nulls) == ("words", len(known), len(lengths) - len(known))
    if not known:
        return
    assert found.mean == statistics.fmean(known)
    assert found.median == statistics.median(known)
    assert (found.min, found.max) == (min(known), max(known))
    assert found.quantiles == {q: float(np.quantile(known, q)) for q in (0, 0.1, 0.5, 1)}
    edges = found.histogram.edges
    assert len(found.histogram.counts) == len(edges) - 1 <= bins
    assert list(found.histogram.counts) == [sum(low <= n < high for n in known) for low, high in pairwise(edges)]
    assert sum(found.histogram.counts) == len(known)


@pytest.mark.parametrize("nothing", [[], [None, None], pa.array([], pa.string()), pa.chunked_array([], pa.string())])
def test_statistics_of_no_text(nothing: object) -> None:
    found = length_stats(nothing)
    assert found.count == 0
    assert (found.mean, found.median, found.min, found.max) == (None,) * 4
    assert set(found.quantiles.values()) == {None}
    assert found.histogram.counts == ()


def test_statistics_of_characters() -> None:
    found = length_stats(["漢字", "𝄞", ""], unit="chars")
    assert (found.unit, found.min, found.max, found.mean) == ("chars", 0, 2, 1.0)


def test_wrong_arguments_of_the_statistics_are_named() -> None:
    with pytest.raises(TextValueError, match="quantiles must be between 0 and 1, got 95"):
        length_stats(["a"], quantiles=[0.5, 95])
    with pytest.raises(TextValueError, match="bins must be at least 1"):
        length_stats(["a"], bins=0)
    with pytest.raises(TextValueError, match='unit must be "words" or "chars"'):
        length_stats(["a"], unit="bytes")  # type: ignore[arg-type]
