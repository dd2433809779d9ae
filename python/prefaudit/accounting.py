"""The count of every input row: used, or skipped with a named reason."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from prefaudit.errors import SourceError
from prefaudit.pairs import hash_words
from prefaudit.sources.base import RawBatch, SkippedRow

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch

#: Skipped rows that are kept as examples, for each reason.
EXAMPLES = 5


@dataclass
class Accounting:
    """What became of the rows of a source.

    A row that was read and not skipped is used, so `rows_in == rows_used + sum(rows_skipped.values())` whatever
    happens. A mergeable value: counting two parts and merging gives the same as counting the whole.

    Args:
        strict: raise at the first row that has to be skipped.
        rows_in: rows of the source, good or bad.
        rows_skipped: how many rows were skipped, for each reason.
        votes: one for each row that the checks see.
        ties: votes without a preference.
    """

    strict: bool = False
    rows_in: int = 0
    rows_skipped: Counter[str] = field(default_factory=Counter)
    votes: int = 0
    ties: int = 0
    _examples: dict[str, list[SkippedRow]] = field(default_factory=dict)
    _pairs: set[str | int] = field(default_factory=set)
    _single: int = 0

    @property
    def rows_used(self) -> int:
        """Rows that gave a pair, or a part of one."""
        return self.rows_in - self.rows_skipped.total()

    @property
    def pairs(self) -> int:
        """Distinct pairs: several votes can be cast on one, where the source says who judged, or which pair it was."""
        return len(self._pairs) + self._single

    @property
    def skipped_examples(self) -> list[SkippedRow]:
        """The first few skipped rows of each reason."""
        return sorted((row for rows in self._examples.values() for row in rows), key=_place)

    def receive(self, batch: RawBatch) -> None:
        """Count a batch of raw rows, and the rows that its source could not read."""
        self.rows_in += batch.rows_in
        for row in batch.skipped:
            self._skip(row)

    def skip(self, reason: str, source: str, row: int, detail: str) -> None:
        """Count a row that was received but cannot be used.

        Raises:
            SourceError: if the accounting is strict.
        """
        self._skip(SkippedRow(source, row, reason, detail))

    def deliver(self, batch: PairBatch) -> None:
        """Count a batch of pairs that goes to the checks."""
        self.votes += len(batch)
        self.ties += batch.ties.true_count
        if names := _names_of_pairs(batch):
            self._pairs.update(names)
        else:
            self._single += len(batch)

    def merge(self, other: Accounting) -> None:
        """Add what `other` counted."""
        self.rows_in += other.rows_in
        self.rows_skipped += other.rows_skipped
        self.votes += other.votes
        self.ties += other.ties
        self._pairs |= other._pairs
        self._single += other._single
        for row in other.skipped_examples:
            self._remember(row)

    def to_dict(self) -> dict[str, Any]:
        """The counts under the names of the report."""
        return {
            "rows_in": self.rows_in,
            "rows_used": self.rows_used,
            "rows_skipped": dict(sorted(self.rows_skipped.items())),
            "skipped_examples": [asdict(row) for row in self.skipped_examples],
            "votes": self.votes,
            "pairs": self.pairs,
            "ties": self.ties,
        }

    def _skip(self, row: SkippedRow) -> None:
        if self.strict:
            place = f"{row.source}, row {row.row}"
            msg = f"{place}: {row.reason} ({row.detail}). Without --strict such rows are skipped and counted."
            raise SourceError(msg)
        self.rows_skipped[row.reason] += 1
        self._remember(row)

    def _remember(self, row: SkippedRow) -> None:
        examples = self._examples.setdefault(row.reason, [])
        insort(examples, row, key=_place)
        del examples[EXAMPLES:]


def _names_of_pairs(batch: PairBatch) -> list[str | int]:
    """What tells pairs apart: their ids, or their texts in either order; nothing where rows are no votes."""
    ids = batch.column("pair_id")
    if ids is None and batch.column("annotator") is None:
        return []
    if ids is not None and not ids.null_count:
        return list(ids.to_pylist())
    prompt, one, other = map(hash_words, (batch.prompt_hash, batch.chosen_hash, batch.rejected_hash))
    texts = (3 * prompt + (one + other)).tolist()
    names = [None] * len(batch) if ids is None else ids.to_pylist()
    return [text if name is None else name for text, name in zip(texts, names, strict=True)]


def _place(row: SkippedRow) -> tuple[str, int, str]:
    return row.source, row.row, row.reason
