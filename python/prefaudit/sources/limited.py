"""The first rows of a source."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from prefaudit.sources.base import Asked, RawBatch, Sample, Source

if TYPE_CHECKING:
    from collections.abc import Generator


@dataclass(frozen=True)
class Limited:
    """The first `limit` rows of `source`, good or bad."""

    source: Source
    limit: int

    @property
    def name(self) -> str:
        """The source's name."""
        return self.source.name

    @property
    def read_once(self) -> bool:
        """Whether the rows can be had a single time."""
        return bool(getattr(self.source, "read_once", False))

    @property
    def rows(self) -> int | None:
        """The rows to expect: no more than the limit."""
        rows = self.source.rows
        return None if rows is None else min(rows, self.limit)

    def sample(self) -> Sample:
        """The first rows."""
        sample = self.source.sample()
        return replace(sample, rows=sample.rows[: self.limit])

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """The rows up to the limit."""
        left = self.limit
        with closing(self.source.read(schema)) as batches:
            for batch in batches:
                yield _first(batch, left)
                left -= batch.rows_in
                if left <= 0:
                    return


def _first(batch: RawBatch, rows: int) -> RawBatch:
    if batch.rows_in <= rows:
        return batch
    end = batch.first_row + rows
    size = pc.sum(pc.less(batch.row_numbers, end)).as_py() or 0
    return replace(
        batch,
        records=batch.records.slice(0, size),
        texts={},
        rows=batch.row_numbers.slice(0, size),
        plain=batch.plain[:size],
        skipped=tuple(row for row in batch.skipped if row.row < end),
    )
