"""CSV and TSV: every cell is text, as it stands (`007` stays `007`, `NA` is no null)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from prefaudit.errors import SourceError
from prefaudit.sources.base import SAMPLE_ROWS, Asked, RawBatch, Sample
from prefaudit.sources.conform import Unreadable
from prefaudit.sources.rows import Row, batched, refuse_twice
from prefaudit.sources.streams import File, reading, refuse_utf16, text_stream

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


_LONGEST_CELL = 2**31 - 1
_SEPARATORS = ",\t;|"


@dataclass(frozen=True)
class Delimited:
    """The rows of a CSV or TSV file; its first line names the columns."""

    file: File
    delimiter: str
    rows: int | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file.name

    def sample(self) -> Sample:
        """The first rows."""
        refuse_utf16(self.file.head(), self.name)
        with reading(self.name), self.file.open() as stream:
            header, table = self._table(stream)
            rows = (row.value for row in table if isinstance(row.value, dict))
            return Sample.of(list(islice(rows, SAMPLE_ROWS)), header)

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All rows."""
        with reading(self.name), self.file.open() as stream:
            _, rows = self._table(stream)
            yield from batched(rows, schema, self.name)

    @cached_property
    def _separator(self) -> str:
        """The delimiter; where the first line has none, another one that it has: spreadsheets write what they like."""
        line = self.file.head(1 << 12).split(b"\n")[0].decode("utf-8", "replace")
        return max(_SEPARATORS, key=line.count) if self.delimiter not in line else self.delimiter

    def _table(self, stream: IO[bytes]) -> tuple[list[str], Iterator[Row]]:
        csv.field_size_limit(_LONGEST_CELL)
        reader = csv.reader(text_stream(stream), delimiter=self._separator, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
        except csv.Error as error:
            msg = f"{self.name}, line 1: {error}. Its first line must name the columns."
            raise SourceError(msg) from error
        refuse_twice(header, self.name)
        return header, self._rows(reader, header)

    def _rows(self, reader: Any, header: list[str]) -> Iterator[Row]:
        while True:
            place = f"line {reader.line_num + 1}"
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end of data" in str(error):
                    msg = f"{self.name}, {place}: a quote that opens in this row is never closed. Is the file complete?"
                    raise SourceError(msg) from error
                yield Row(Unreadable("the row is not valid CSV", str(error)), 0, place)
            else:
                if cells:  # a blank line is no row
                    yield Row(_row(header, cells), sum(map(len, cells)), place)


def _row(header: list[str], cells: list[str]) -> dict[str, str] | Unreadable:
    if len(cells) != len(header):
        detail = f"{len(cells)} cells, the header has {len(header)}"
        return Unreadable("the row has another number of cells than the header", detail)
    return dict(zip(header, cells, strict=True))
