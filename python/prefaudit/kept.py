"""Data made of other data: some of its pairs, or a copy that can be read again."""

from __future__ import annotations

from contextlib import closing
from copy import copy
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa

from prefaudit.accounting import Accounting
from prefaudit.data import PreferenceData
from prefaudit.errors import SourceError
from prefaudit.export import Spool
from prefaudit.pairs import PairBatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


class Derived(PreferenceData):
    """What is the same as in the data that these are made of."""

    def __init__(self, data: PreferenceData) -> None:
        super().__init__(limit=data.limit)
        self._data = data

    @property
    def name(self) -> str:
        """The name of the data."""
        return self._data.name

    @property
    def format(self) -> str:
        """The format's name."""
        return self._data.format

    @property
    def format_reason(self) -> str:
        """Why this format was taken."""
        return self._data.format_reason

    @property
    def notes(self) -> list[str]:
        """What is to be said of the data."""
        return self._data.notes


class Kept(Derived):
    """Some of the pairs of other data. Its rows are pairs: all that is left is used.

    Args:
        data: the other data, which can be read again.
        kept: for each of its batches which pairs stay.
        pairs: how many.
        part: what to add to the name.
    """

    def __init__(
        self, data: PreferenceData, kept: Sequence[NDArray[np.bool_]], pairs: int, part: str = "filtered"
    ) -> None:
        super().__init__(data)
        #: What this is a part of.
        self.whole = data
        self._kept = kept
        self._part = part
        self._length = pairs

    @property
    def name(self) -> str:
        """The name of the data, and which part of them this is."""
        return f"{self._data.name}, {self._part}"

    @property
    def rows(self) -> int | None:
        """The pairs."""
        return self._length

    def batches(self) -> Iterator[PairBatch]:
        """The pairs that stayed.

        Raises:
            SourceError: if the source is not what it was.
        """
        accounting = self.accounting = Accounting()
        kept = iter(self._kept)
        with closing(cast("Any", self._data.batches())) as batches:
            for whole in batches:
                rows = next(kept, np.empty(0, np.bool_))
                if len(rows) != len(whole):
                    msg = f"{self._data.name} has changed since it was read first"
                    raise SourceError(msg)
                batch = selected(whole, rows)
                accounting.rows_in += len(batch)
                accounting.deliver(batch)
                if len(batch):
                    yield batch


class Spooled(Derived):
    """A copy in a temporary file of data that can be read only once."""

    def __init__(self, data: PreferenceData) -> None:
        super().__init__(data)
        self._spool = Spool(batch.records for batch in data.batches())
        self._length = len(data)
        self.accounting = copy(data.accounting)

    @property
    def rows(self) -> int | None:
        """The rows that were read."""
        return self._data.accounting.rows_in

    def batches(self) -> Iterator[PairBatch]:
        """All pairs."""
        self.accounting = copy(self._data.accounting)
        for records in self._spool:
            names = [name for name in records.schema.names if records.column(name).null_count < len(records)]
            yield PairBatch(_with_dictionary(records.select(names)))


def selected(batch: PairBatch, rows: NDArray[np.bool_]) -> PairBatch:
    """The pairs of a batch where the mask is true."""
    if rows.all():
        return batch
    return PairBatch(batch.records.filter(pa.array(rows)), threads=batch.threads)


def _with_dictionary(records: pa.RecordBatch) -> pa.RecordBatch:
    at = records.schema.get_field_index("source")
    return records.set_column(at, "source", records.column(at).dictionary_encode())
