"""The few pairs with the highest values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from prefaudit.checks.examples import TopExamples
from prefaudit.pairs import PairBatch

if TYPE_CHECKING:
    from prefaudit.report.model import Example

offers = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 6), st.integers(0, 3), st.booleans()), min_size=1, max_size=30
)


@given(offers, st.integers(1, 4))
def test_they_are_the_first_of_a_full_sort(rows: list[tuple[str, int, int, bool]], size: int) -> None:
    kept = TopExamples(size)
    for start in range(0, len(rows), 7):
        part = rows[start : start + 7]
        sources, numbers, values, offered = (list(column) for column in zip(*part, strict=True))
        blank = [""] * len(part)
        records = PairBatch.from_lists(blank, blank, blank, row=numbers).records
        batch = PairBatch(records.set_column(3, "source", pa.array(sources).dictionary_encode()))
        kept.add(batch, np.array(values), np.array(offered), str)
    best = sorted((-value, source, row) for source, row, value, offered in rows if offered)[:size]
    assert [place(example) for example in kept] == best


def place(example: Example) -> tuple[float, str, int]:
    return -example.value, example.source, example.row
