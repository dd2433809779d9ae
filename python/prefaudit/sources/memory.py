"""Data that is in memory already: Arrow tables and streams, frames, iterables of dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pyarrow as pa

from prefaudit.errors import SourceError
from prefaudit.sources.base import BATCH_ROWS, SAMPLE_ROWS, Asked, RawBatch, Sample, asked_names, kind_of
from prefaudit.sources.conform import conform_all, plain_rows
from prefaudit.sources.rows import Row, batched
from prefaudit.sources.streams import reading

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

T = TypeVar("T")


@dataclass(frozen=True)
class ArrowData:
    """Arrow record batches that can be had again and again.

    Args:
        name: what to call it.
        rows: the number of rows.
        columns: the names of the columns.
        batches: gives the batches, of any size; of the columns named, if the source can choose.
    """

    name: str
    rows: int | None
    columns: tuple[str, ...]
    batches: Callable[[tuple[str, ...]], Iterator[pa.RecordBatch]]

    @classmethod
    def of_table(cls, table: pa.Table, name: str) -> ArrowData:
        """The rows of a pyarrow table."""
        return cls(name, table.num_rows, tuple(table.column_names), lambda _: iter(table.to_batches()))

    def sample(self) -> Sample:
        """The first rows."""
        with reading(self.name):
            first = next((batch for batch in self.batches(self.columns) if batch.num_rows), None)
            return Sample.of(plain_rows(first.slice(0, SAMPLE_ROWS), self.columns) if first else [], self.columns)

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All rows."""
        with reading(self.name):
            wanted = tuple(asked_names(schema, self.columns))
            yield from conform_all(self.batches(wanted), schema, self.name)


class Once(Generic[T]):
    """An iterator from which a sample can be taken; its items can be had once, the sample among them."""

    def __init__(self, items: Iterator[T], name: str) -> None:
        self._items: Iterator[T] | None = items
        self._name = name

    def head(self, n: int) -> list[T]:
        """The first `n` items, which stay to be had."""
        items = self._left()
        first = list(islice(items, n))
        self._items = chain(first, items)
        return first

    def take(self) -> Iterator[T]:
        """All items; there is no second time."""
        items, self._items = self._left(), None
        return items

    def _left(self) -> Iterator[T]:
        if self._items is None:
            msg = f"{self._name} can be read only once, and it has been: pass the data anew, or a list or a table of it"
            raise SourceError(msg)
        return self._items


class ArrowStream:
    """An Arrow stream: its batches can be had once."""

    rows = None
    read_once = True

    def __init__(self, reader: pa.RecordBatchReader, name: str) -> None:
        self.name = name
        self._columns = tuple(reader.schema.names)
        self._batches = Once(iter(reader), name)

    def sample(self) -> Sample:
        """The first rows, as far as the first batch reaches."""
        with reading(self.name):
            first = self._batches.head(1)
            rows = plain_rows(first[0].slice(0, SAMPLE_ROWS), self._columns) if first else []
        return Sample.of(rows, self._columns)

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All rows."""
        with reading(self.name):
            yield from conform_all(self._batches.take(), schema, self.name)


class Rows:
    """An iterable of dicts. A list can be read again, a generator cannot.

    Args:
        items: the rows.
        name: what to call them.
        batch_rows: as many of them are put together, where each costs something to get.
    """

    def __init__(self, items: Iterable[Any], name: str, *, batch_rows: int = BATCH_ROWS) -> None:
        self.name = name
        self._batch_rows = batch_rows
        self.rows = len(items) if isinstance(items, Sized) else None
        self._items = items
        self._once = Once(iter(items), name) if iter(items) is items else None
        #: Whether the rows can be had a single time.
        self.read_once = self._once is not None

    def sample(self) -> Sample:
        """The first rows that are dicts."""
        first = self._once.head(SAMPLE_ROWS) if self._once else islice(self._items, SAMPLE_ROWS)
        first = list(first)
        rows = [row for row in first if isinstance(row, dict)]
        if first and not rows:
            msg = f"{self.name} must give dicts, one a row, but gives {kind_of(first[0])}"
            raise SourceError(msg)
        return Sample.of(rows)

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All rows."""
        items = self._once.take() if self._once else iter(self._items)
        rows = (Row(item, _size(item)) for item in items)
        yield from batched(rows, schema, self.name, batch_rows=self._batch_rows)


def _size(row: object) -> int:
    return sum(len(value) for value in row.values() if isinstance(value, str)) if isinstance(row, dict) else 0
