"""Excel workbooks (.xlsx): the first sheet that has a header row, read row by row with openpyxl."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from prefaudit.errors import SourceError
from prefaudit.sources.base import SAMPLE_ROWS, Asked, RawBatch, Sample
from prefaudit.sources.conform import Unreadable
from prefaudit.sources.rows import Row, batched, refuse_twice
from prefaudit.sources.streams import File, reading

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


#: What openpyxl raises for a file that is no workbook, or one that is damaged.
_BROKEN = (BadZipFile, KeyError, ValueError, ParseError)


@dataclass(frozen=True)
class Xlsx:
    """The rows of the first sheet that holds anything; its first row with a value names the columns.

    Cells are what Excel has in them: text, numbers, true or false, times; of a formula, its last result; null for
    an error such as #N/A. A row without any value is no row.
    """

    file: File
    rows: int | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file.name

    def sample(self) -> Sample:
        """The first rows."""
        with reading(self.name), self._sheet() as (header, table):
            rows = (row.value for row in table if isinstance(row.value, dict))
            return Sample.of(list(islice(rows, SAMPLE_ROWS)), [name for name in header if name])

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All rows."""
        with reading(self.name), self._sheet() as (_, table):
            yield from batched(table, schema, self.name)

    @contextmanager
    def _sheet(self) -> Iterator[tuple[list[str], Iterator[Row]]]:
        """The names of the columns ("" for a column without one), and the rows below them."""
        load_workbook = _openpyxl(self.name)
        try:
            with (
                self.file.open_seekable() as stream,
                closing(load_workbook(stream, read_only=True, data_only=True)) as book,
            ):
                yield _header_and_rows(book, self.name)
        except _BROKEN as error:
            msg = f"{self.name} cannot be read as a workbook of Excel ({error}). Is it complete, and an .xlsx?"
            raise SourceError(msg) from error


def _openpyxl(name: str) -> Any:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        msg = f'{name}: reading .xlsx needs openpyxl: pip install "prefaudit[xlsx]", or save the sheet as CSV'
        raise SourceError(msg) from error
    return load_workbook


def _header_and_rows(book: Any, name: str) -> tuple[list[str], Iterator[Row]]:
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some programs write wrong ones, and rows would be cut short
        cells = enumerate(map(_values, sheet.iter_rows()), 1)
        for _, values in cells:
            if any(value is not None for value in values):
                header = ["" if value is None else str(value) for value in values]
                refuse_twice(header, name)
                return header, _rows(cells, header)
    return [], iter(())


def _values(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    """What the cells hold; nothing for one that shows an error (#N/A), which openpyxl gives as its text."""
    return tuple(None if cell.data_type == "e" else cell.value for cell in cells)


def _rows(cells: Iterator[tuple[int, tuple[Any, ...]]], header: list[str]) -> Iterator[Row]:
    for number, values in cells:
        if any(value is not None for value in values):
            size = sum(len(value) for value in values if isinstance(value, str))
            yield Row(_row(header, values), size, f"line {number}")


def _row(header: list[str], values: tuple[Any, ...]) -> dict[str, Any] | Unreadable:
    cells = list(zip_longest(header, values, fillvalue=None))
    if unnamed := sum(value is not None for name, value in cells if not name):
        return Unreadable("the row has cells in columns without a name", f"{unnamed} of them")
    return {name: value for name, value in cells if name}
