"""A source read through a format."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any

from prefaudit.accounting import Accounting
from prefaudit.data import PreferenceData
from prefaudit.errors import FormatError
from prefaudit.sources.ahead import read_ahead
from prefaudit.sources.base import Whole
from prefaudit.sources.memory import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefaudit.formats import Format
    from prefaudit.pairs import PairBatch
    from prefaudit.sources import RawBatch, Source


class Loaded(PreferenceData):
    """What `load` returns.

    Args:
        source: where the rows come from.
        format: what they mean.
        reason: why this format was taken.
        limit: how many rows the source was limited to.
        strict: stop at the first row that cannot be used.
        threads: threads for what is computed on each batch; None uses every core.
    """

    def __init__(
        self,
        source: Source,
        format: Format,  # noqa: A002 - what everybody calls it
        *,
        reason: str = "as asked for",
        limit: int | None = None,
        strict: bool = False,
        threads: int | None = None,
    ) -> None:
        super().__init__(limit=limit)
        self._source = source
        self._format = format
        self._reason = reason
        self._threads = threads
        self._strict = strict
        self.read_once = bool(getattr(source, "read_once", False))

    @property
    def name(self) -> str:
        """The source's name."""
        return self._source.name

    @property
    def format(self) -> str:
        """The format's name."""
        return self._format.name

    @property
    def format_reason(self) -> str:
        """Why this format was taken."""
        return self._reason

    @property
    def notes(self) -> list[str]:
        """What the format has to say of the latest pass."""
        return self._format.notes()

    @property
    def rows(self) -> int | None:
        """Rows to expect; None when that is not known before they are read."""
        return self._source.rows

    def batches(self) -> Iterator[PairBatch]:
        """All pairs, batch by batch; `accounting` is up to date after each, and complete at the end.

        Each call reads the source anew, if it can be.

        Raises:
            SourceError: if the source cannot be read to its end, or a row has to be skipped and `strict` is set.
            FormatError: if no row holds a pair.
        """
        accounting = self.accounting = Accounting(strict=self._strict)
        with closing(read_ahead(self._source.read(self._format.schema))) as raw:
            for batch in self._format.pairs(_received(raw, accounting), accounting, threads=self._threads):
                accounting.deliver(batch)
                if len(batch):
                    yield batch
        if not accounting.votes:
            raise FormatError(_nothing_left(self.name, accounting))
        self._length = accounting.votes

    def raw_batches(self) -> Iterator[RawBatch] | None:
        """The rows as they stand in the source; None where it can be read only once."""
        return None if self.read_once else self._source.read(Whole())

    def head(self, pairs: int = 5) -> list[dict[str, Any]]:
        """The first pairs, as far as the first rows go by which the format was told; nothing else is read."""
        rows = Rows(list(self._source.sample().rows), self.name)
        raw = rows.read(self._format.schema)
        batches = self._format.pairs(raw, Accounting(), threads=self._threads)
        return list(islice((pair for batch in batches for pair in batch.records.to_pylist()), pairs))


def _received(batches: Iterator[RawBatch], accounting: Accounting) -> Iterator[RawBatch]:
    for batch in batches:
        accounting.receive(batch)
        if batch.records.num_rows:
            yield batch


def _nothing_left(name: str, accounting: Accounting) -> str:
    reasons = "; ".join(f"{reason}: {count:,}" for reason, count in accounting.rows_skipped.most_common(5))
    said = f"{name}: none of the {accounting.rows_in:,} rows holds a pair that can be used ({reasons})"
    foreign = any(reason.endswith("not valid Unicode") for reason in accounting.rows_skipped)
    return f"{said}. If it is in another encoding, convert it: iconv -f WINDOWS-1252 -t UTF-8" if foreign else said
