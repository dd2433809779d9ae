"""JSON lines: one object a line.

pyarrow's reader is three times as fast as any that makes Python objects, but gives up on a whole block at
the first thing it dislikes. So it reads blocks of whole lines; a block that it refuses, or in which a
row does not fit, is read again line by line, and only the bad lines are left out.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.json

from prefaudit.errors import SourceError
from prefaudit.sources.ahead import read_ahead
from prefaudit.sources.base import SAMPLE_ROWS, Asked, RawBatch, Sample, Whole, Written, kind_of
from prefaudit.sources.conform import Unreadable, conform, raw_batch
from prefaudit.sources.rows import Row, batched
from prefaudit.sources.streams import File, reading, refuse_utf16

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_BLOCK_BYTES = 12 << 20
_SAMPLE_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class JsonLines:
    """The rows of a file of JSON lines."""

    file: File
    rows: int | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file.name

    def sample(self) -> Sample:
        """The first rows that can be parsed."""
        with reading(self.name), self.file.open() as stream:
            blocks = _blocks(stream, _SAMPLE_BYTES, self.name)
            found = list(islice(chain.from_iterable(map(_rows, blocks)), SAMPLE_ROWS))
        rows = [row.value for row in found if isinstance(row.value, dict)]
        if found and not rows:
            first = found[0].value
            detail = first.detail if isinstance(first, Unreadable) else f"it is {kind_of(first)}"
            way = "`jq -c . FILE > rows.jsonl` puts objects over several lines on one each"
            if isinstance(first, list):
                way = "If it is one array, name it .json"
            msg = f"{self.name} holds no JSON objects, one a line ({found[0].place}, {detail}). {way}"
            raise SourceError(msg)
        return Sample.of(rows)

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All rows, block by block."""
        row = line = 0
        # What is compressed takes longer to unpack than to parse: one block of it is ahead.
        with (
            reading(self.name),
            self.file.open() as stream,
            closing(read_ahead(_blocks(stream, _BLOCK_BYTES, self.name))) as blocks,
        ):
            for block in blocks:
                fast = _fast(block, schema, self.name, row)
                for batch in [fast] if fast else self._slow(block, schema, line, row):
                    yield batch
                    row += batch.rows_in
                line += block.count(b"\n")

    def _slow(self, block: bytes, schema: Asked, first_line: int, first_row: int) -> Iterator[RawBatch]:
        rows = _rows(block, first_line, written=isinstance(schema, Whole))
        return batched(rows, schema, self.name, first_row=first_row)


def _blocks(stream: IO[bytes], size: int, name: str) -> Generator[bytes]:
    """Blocks of whole lines of about `size` bytes; a longer line makes a longer block."""
    parts: list[bytes] = []
    start = stream.read(size)
    refuse_utf16(start, name)
    chunk = start.removeprefix(_BOM)
    while chunk:
        cut = chunk.rfind(b"\n") + 1
        if cut:
            yield b"".join([*parts, chunk[:cut]])
            parts = []
        parts.append(chunk[cut:])
        chunk = stream.read(size)
    if any(parts):
        yield b"".join([*parts, b"\n"])


def _fast(block: bytes, schema: Asked, name: str, first_row: int) -> RawBatch | None:
    """The rows of a block in which every line is an object that fits, else None."""
    if not isinstance(schema, pa.Schema) or not block.startswith(
        b"{"
    ):  # above all not with `null`, which makes pyarrow crash
        return None
    try:
        records = pyarrow.json.read_json(
            pa.BufferReader(block),
            read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(block) + 1),
            parse_options=pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
        )
    except (pa.ArrowException, OverflowError):
        return None
    if records.num_rows != block.count(b"\n"):  # a blank line, two objects on one, or one that goes over several
        return None
    found = conform(_one_batch(records), schema)
    return None if found.problems else raw_batch(found, source=name, first_row=first_row)


def _rows(block: bytes, first_line: int = 0, *, written: bool = False) -> Iterator[Row]:
    """The rows of a block, parsed one by one, with their text where that is wanted. A blank line is no row."""
    for number, line in enumerate(block.split(b"\n"), first_line + 1):
        if line.strip():
            value = _parse(line)
            if written and isinstance(value, dict):
                value = Written(value, line.decode("utf-8", "surrogateescape").strip())
            yield Row(value, len(line), f"line {number}")


def _parse(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8", "surrogateescape"))
    except json.JSONDecodeError as error:
        return Unreadable("the line is not valid JSON", f"column {error.colno}: {error.msg}")
    except (ValueError, RecursionError) as error:
        return Unreadable("the line is not valid JSON", str(error))


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)
