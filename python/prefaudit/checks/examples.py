"""The pairs that a finding points at: the few with the highest values, the same for any split."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.report.model import EITHER, Example
from prefaudit.stats.state import Counts, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch


#: How many examples of each kind are kept.
KEPT = 10
#: How many characters of a response an example holds, and how many of them before the responses differ.
_PIECE, _BEFORE = 120, 24


class TopExamples(State):
    """The pairs of highest value; on equal values the first by source and row.

    Args:
        size: how many to keep.
    """

    def __init__(self, size: int = KEPT) -> None:
        self.size = size
        self._kept: list[Example] = []

    def __iter__(self) -> Iterator[Example]:
        return iter(self._kept)

    def add(
        self,
        batch: PairBatch,
        values: NDArray[np.int64] | NDArray[np.float64],
        where: NDArray[np.bool_],
        note: Callable[[int], str],
    ) -> None:
        """Offer the pairs of a batch where the mask is true.

        Args:
            batch: the pairs.
            values: one value a pair, the higher the worse.
            where: the pairs on offer.
            note: what to say of the pair at an index of the batch.
        """
        if len(self._kept) == self.size:
            where = where & (values >= self._kept[-1].value)
        offered = np.flatnonzero(where)
        if len(offered):
            sources, rows = _places(batch, offered)
            self._keep(
                Example(
                    str(sources[at]),
                    int(rows[at]),
                    float(values[offered[at]]),
                    note(int(offered[at])),
                    *pieces(batch, int(offered[at])),
                )
                for at in self._best(values[offered], sources, rows)
            )

    def _best(
        self, values: NDArray[np.int64] | NDArray[np.float64], sources: NDArray[np.str_], rows: NDArray[np.int64]
    ) -> list[int]:
        """Indices of the best pairs, with all that share the last one's value, source and row."""
        if len(values) > self.size:
            least = np.partition(values, -self.size)[-self.size]
            candidates = np.flatnonzero(values >= least)
        else:
            candidates = np.arange(len(values))
        order = candidates[np.lexsort((rows[candidates], sources[candidates], -values[candidates].astype(float)))]
        last = order[: self.size][-1]
        level = (values == values[last]) & (sources == sources[last]) & (rows == rows[last])
        return [int(at) for rank, at in enumerate(order) if rank < self.size or level[at]]

    def _keep(self, more: Iterable[Example]) -> None:
        distinct = sorted([*self._kept, *more], key=lambda one: (-one.value, *astuple(one)))
        self._kept = distinct[: self.size]

    def merge(self, other: Self) -> None:
        """Keep the best of both."""
        self._keep(other)

    def to_state(self) -> list[list[str | int | float]]:
        """The examples, best first."""
        return [list(astuple(one)) for one in self._kept]

    def load_state(self, state: list[list[Any]]) -> None:
        """Become what `to_state` gave."""
        self._kept = [Example(*one) for one in state]


def pieces(batch: PairBatch, at: int) -> tuple[str, str]:
    """Of the two responses of a pair a piece that shows where they begin to differ."""
    texts = [" ".join(column[at].as_py().split()) for column in (batch.chosen, batch.rejected)]
    alike = next((at for at, (one, two) in enumerate(zip(*texts, strict=False)) if one != two), min(map(len, texts)))
    start = alike - _BEFORE if alike > 2 * _BEFORE and texts[0] != texts[1] else 0
    one, other = (
        ("\u2026" if start else "") + text[start : start + _PIECE] + ("\u2026" if len(text) > start + _PIECE else "")
        for text in texts
    )
    return one, other


class Sources(Counts):
    """Where rows come from, for examples that keep no more of a row than its number."""

    def note(self, batch: PairBatch, rows: NDArray[np.bool_] | None = None) -> None:
        """Count the rows of a batch, or those of a mask, by source."""
        sources = batch.source.dictionary_decode()
        for count in pc.value_counts(sources if rows is None else sources.filter(pa.array(rows))).to_pylist():
            self.add(**{count["values"]: count["counts"]})

    @property
    def name(self) -> str:
        """The source; of several, each that it can be."""
        return EITHER.join(self.to_state())


def _places(batch: PairBatch, at: NDArray[np.int64]) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """Sources and rows of the pairs at some indices."""
    names = np.array(batch.source.dictionary.to_pylist(), dtype=np.str_)
    return names[batch.source.indices.to_numpy()[at]], batch.row.to_numpy()[at]
