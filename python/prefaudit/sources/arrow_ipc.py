"""Arrow IPC: `.arrow` and `.feather`, as a file or as a stream (what `datasets` writes)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.feather
from pyarrow import ipc

from prefaudit.sources.base import SAMPLE_ROWS, Asked, RawBatch, Sample
from prefaudit.sources.conform import conform_all, plain_rows
from prefaudit.sources.streams import File, reading

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


_BYTES = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}


@dataclass(frozen=True)
class ArrowIpc:
    """The rows of an Arrow file or stream."""

    file: File
    rows: int | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file.name

    def sample(self) -> Sample:
        """The first rows."""
        with reading(self.name), self._open() as (schema, batches):
            batch = next((batch for batch in batches if batch.num_rows), None)
            return Sample.of(plain_rows(batch.slice(0, SAMPLE_ROWS), schema.names) if batch else [], schema.names)

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All rows."""
        with reading(self.name), self._open() as (_, batches):
            yield from conform_all(batches, schema, self.name)

    @contextmanager
    def _open(self) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
        if not self.file.head(6).startswith(b"ARROW1"):
            with self.file.open() as stream, ipc.open_stream(stream) as reader:
                yield reader.schema, map(_checked, reader)
        else:
            with self.file.open_seekable() as stream, ipc.open_file(stream) as reader:
                yield reader.schema, (_checked(reader.get_batch(index)) for index in range(reader.num_record_batches))


def _checked(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch, once it is sure that it does not point outside of itself: the reader believes the file.

    Text is looked at as bytes here; whether it is text is another question, which costs a row and not the file.
    """
    for column in batch.columns:
        as_bytes = _BYTES.get(column.type)
        (column if as_bytes is None else column.view(as_bytes)).validate(full=True)
    return batch
