"""The tutorial's two measurements against straightforward Python."""

from __future__ import annotations

import io
import itertools
from contextlib import redirect_stdout
from difflib import SequenceMatcher
from statistics import mean, median
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prefaudit.errors import FormatError
from prefaudit.tutorial import analyze_preference_dataset, check_similarity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

texts = st.text(alphabet="ab \n\u00e9\u4e2d", max_size=30)
rows = st.lists(st.fixed_dictionaries({"chosen": texts, "rejected": texts}), min_size=1, max_size=30)
samples = st.one_of(st.none(), st.integers(1, 40))

DATA = [
    {"chosen": "one two three", "rejected": "one two three."},
    {"chosen": "yes", "rejected": "no, not at all"},
    {"chosen": "a b", "rejected": "c d"},
]


def lengths(data: list[dict[str, str]], num_samples: int | None) -> tuple[list[str], tuple[list[int], list[int]]]:
    """The figures of the first measurement, as text in their order, and what it returns."""
    first = data if num_samples is None else data[:num_samples]
    chosen, rejected = ([len(row[name].split()) for row in first] for name in ("chosen", "rejected"))
    longer = sum(a > b for a, b in zip(chosen, rejected, strict=True))
    shorter = sum(a < b for a, b in zip(chosen, rejected, strict=True))
    shares = [longer, shorter, len(first) - longer - shorter]
    figures = [f"{value:.1f}" for values in (chosen, rejected) for value in (mean(values), median(values))]
    verdict = "longer ones" if longer > 1.5 * shorter else "shorter ones" if shorter > 1.5 * longer else "balanced"
    return [*figures, *(f"{share / len(first) * 100:.1f}%" for share in shares), verdict], (chosen, rejected)


def similarity(data: list[dict[str, str]], num_samples: int | None) -> list[str]:
    """The figures of the second measurement, as text in their order."""
    first = data if num_samples is None else data[:num_samples]
    ratios = [SequenceMatcher(None, row["chosen"], row["rejected"]).ratio() for row in first]
    high = sum(ratio > 0.9 for ratio in ratios)
    counts = [high, sum(0.7 < ratio <= 0.9 for ratio in ratios), sum(ratio <= 0.7 for ratio in ratios)]
    limit = 0.1 * (len(first) if num_samples is None else num_samples)
    figures = [f"{mean(ratios):.3f}", *(f"{count} ({count / len(first) * 100:.1f}%)" for count in counts)]
    figures.append("Many pairs" if high > limit else "Few pairs")
    for row, ratio in zip(first, ratios, strict=True):
        if ratio > 0.9:
            return [*figures, f"{ratio:.3f}", row["chosen"][:200], row["rejected"][:200]]
    return figures


def printed(measure: Callable[..., Any], *arguments: Any, encoding: str = "utf-8") -> tuple[str, Any]:
    """What a measurement prints to an output of some encoding, and what it returns."""
    raw = io.BytesIO()
    output = io.TextIOWrapper(raw, encoding=encoding, newline="")
    with redirect_stdout(output):
        returned = measure(*arguments)
    output.flush()
    return raw.getvalue().decode(encoding), returned


def in_order(figures: list[str], text: str) -> bool:
    position = 0
    for figure in figures:
        found = text.find(figure, position)
        if found < 0:
            return False
        position = found + len(figure)
    return True


@settings(deadline=None)
@given(rows, samples)
def test_lengths(data: list[dict[str, str]], num_samples: int | None) -> None:
    figures, expected = lengths(data, num_samples)
    text, returned = printed(analyze_preference_dataset, data, num_samples)
    assert returned == expected
    assert in_order(figures, text)


@settings(deadline=None)
@given(rows, samples)
def test_similarity(data: list[dict[str, str]], num_samples: int | None) -> None:
    text, returned = printed(check_similarity, data, num_samples)
    assert returned is None
    assert in_order(similarity(data, num_samples), text)


@pytest.mark.parametrize("num_samples", [1000, 100, None])
def test_hh_rlhf(hh_file: Path, read_pairs: Callable[..., Any], num_samples: int | None) -> None:
    pairs, _ = read_pairs(hh_file)
    data = [{"chosen": pair["chosen_full"], "rejected": pair["rejected_full"]} for pair in pairs]
    figures, expected = lengths(data, num_samples)
    text, returned = printed(analyze_preference_dataset, hh_file, num_samples)
    assert returned == expected
    assert in_order(figures, text)
    assert in_order(similarity(data, num_samples or 300), printed(check_similarity, data, num_samples or 300)[0])


@pytest.mark.parametrize(
    "make",
    [
        list,
        iter,
        pa.Table.from_pylist,
        pl.DataFrame,
        pd.DataFrame,
        lambda data: pa.Table.from_pylist(data).to_reader(),
        pa.RecordBatch.from_pylist,
    ],
)
def test_any_kind_of_data(make: Callable[[list[dict[str, str]]], Any]) -> None:
    assert printed(analyze_preference_dataset, make(DATA), 2)[1] == ([3, 1], [3, 4])
    assert in_order(similarity(DATA, 2), printed(check_similarity, make(DATA), 2)[0])


def test_a_datasets_dataset() -> None:
    datasets = pytest.importorskip("datasets")
    data = datasets.Dataset.from_list(DATA)
    assert printed(analyze_preference_dataset, data)[1] == ([3, 1, 2], [3, 4, 2])
    assert printed(analyze_preference_dataset, data.to_iterable_dataset(), 1)[1] == ([3], [3])


def test_no_more_rows_are_taken_than_asked_for() -> None:
    taken = itertools.count()
    endless = (DATA[next(taken) % 3] for _ in itertools.count())
    printed(analyze_preference_dataset, endless, 5)
    assert next(taken) <= 5


@pytest.mark.parametrize(
    "empty", [[], iter(()), pa.table({"chosen": pa.array([], pa.string()), "rejected": pa.array([], pa.string())})]
)
def test_no_rows(empty: Any) -> None:
    text, returned = printed(analyze_preference_dataset, empty)
    assert returned == ([], [])
    assert "no rows" in text
    assert "no rows" in printed(check_similarity, empty)[0]
    assert printed(analyze_preference_dataset, DATA, 0)[1] == ([], [])


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_an_output_without_emoji(encoding: str) -> None:
    data = [{"chosen": "caf\u00e9 \u4e2d", "rejected": "caf\u00e9 \u4e2d"}]
    assert "! Many pairs" in printed(check_similarity, data, None, encoding=encoding)[0]
    assert "+ " in printed(analyze_preference_dataset, data, None, encoding=encoding)[0]
    assert "\u26a0" in printed(check_similarity, data, None)[0]


def test_a_row_without_text_is_named() -> None:
    with pytest.raises(FormatError, match="row 1"):
        analyze_preference_dataset([DATA[0], {"chosen": "only"}])
    assert analyze_preference_dataset([DATA[0], {"chosen": "only"}], 1) == ([3], [3])
