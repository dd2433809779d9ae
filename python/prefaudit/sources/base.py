"""What a source is: raw rows, where each stands, and which of them could not be read."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.texts import TextBatch

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

#: Rows that a sample holds: enough to tell one layout from another.
SAMPLE_ROWS = 32
#: Bounds of one batch. Both hold, but for a single row that is larger by itself.
BATCH_ROWS = 16_384
BATCH_BYTES = 12 << 20

#: Columns that a message lists, and how much of their names.
_MOST_NAMES, _LONGEST_NAME = 12, 40

#: What plain values are called in messages; the first that applies (True is also an int).
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (NoneType, "null"),
    ((str, bytes), "text"),
    (bool, "true or false"),
    ((int, float), "a number"),
    ((list, tuple), "a list"),
    (dict, "an object"),
)


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that is not used: where it stands, why (one of a few reasons), and what was found there."""

    source: str
    row: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Plain:
    """Asks a source for the plain Python values of some columns, where what they hold fits no Arrow type.

    It stands where else a schema does; every row that is an object fits it.
    """

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """Asks a source for all that it has, as it stands: Arrow data in their own types, other rows as plain values."""


class Written(dict[str, Any]):
    """A row as plain values, and how it is written in its file: numbers, escapes and blanks as they stand."""

    def __init__(self, row: Mapping[str, Any], text: str) -> None:
        super().__init__(row)
        self.text = text


#: What a format, or whoever copies rows, asks a source for.
Asked: TypeAlias = "pa.Schema | Plain | Whole"


def asked_names(asked: Asked, present: Iterable[str]) -> list[str]:
    """Those of the columns in `present` that are asked for."""
    return [name for name in present if isinstance(asked, Whole) or name in asked.names]


@dataclass(frozen=True)
class RawBatch:
    """Rows of one file or table, in its own columns.

    Args:
        records: the rows that could be read.
        source: the file or table they come from.
        first_row: the number of the first row of the batch in `source`, from 0.
        rows: the number of each row of `records`; None when they follow each other from `first_row`.
        skipped: the rows of this stretch that could not be read.
        texts: columns of text of `records` that were handed to the core, which checks them.
        plain: the rows as dicts, when they were asked for as `Plain` (or as `Whole`, where they are not Arrow data);
            `records` then only says how many they are.
    """

    records: pa.RecordBatch
    source: str
    first_row: int
    rows: pa.Int64Array | None = None
    skipped: tuple[SkippedRow, ...] = ()
    plain: tuple[Mapping[str, Any], ...] = ()
    texts: Mapping[str, TextBatch] = field(default_factory=dict)

    @property
    def rows_in(self) -> int:
        """Rows of the source that this batch stands for, read or skipped."""
        return int(self.records.num_rows) + len(self.skipped)

    @cached_property
    def row_numbers(self) -> pa.Int64Array:
        """The number of each row in its source."""
        if self.rows is not None:
            return self.rows
        return pa.array(np.arange(self.first_row, self.first_row + self.records.num_rows, dtype=np.int64))

    def column(self, name: str) -> pa.Array:
        """The column called `name`."""
        return self.records.column(self.records.schema.get_field_index(name))

    def text(self, name: str) -> TextBatch:
        """The column of text called `name`, as the core has it."""
        return self.texts[name] if name in self.texts else TextBatch(self.column(name))

    def without(self, unwanted: pa.BooleanArray) -> RawBatch:
        """The batch without the rows where `unwanted` is true."""
        wanted = pc.invert(unwanted)
        records, rows = self.records.filter(wanted), self.row_numbers.filter(wanted)
        return RawBatch(records, self.source, self.first_row, rows, self.skipped)


@dataclass(frozen=True)
class Sample:
    """The first rows of a source as plain values: what its layout is told from.

    Args:
        columns: the names of the columns.
        rows: the rows.
        named: what the user named: the source's own names, by those that the format knows.
        folder: where the rows' file lies, for layouts that keep their texts in a second file; None for other data.
    """

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    named: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> Sample:
        """A sample of `rows`, with the columns in the order in which they first appear."""
        names = columns if columns is not None else dict.fromkeys(str(name) for row in rows for name in row)
        return cls(tuple(names), tuple(rows))

    def values(self, column: str) -> list[Any]:
        """What the rows hold in `column`, nulls left out."""
        return [row[column] for row in self.rows if not is_null(row.get(column))]

    def kind(self, column: str) -> str:
        """What most rows hold in `column`, in words: "text", "a number", "a list" ... or "nothing"."""
        kinds = Counter(kind_of(value) for value in self.values(column))
        return max(kinds, key=lambda kind: (kinds[kind], kind == "text"), default="nothing")

    def mostly(self, column: str, test: Callable[[Any], bool]) -> bool:
        """Whether more than half of what the rows hold in `column` passes a test: a few may be broken."""
        values = self.values(column)
        return sum(map(test, values)) * 2 > len(values)

    def holds_text(self, column: str) -> bool:
        """Whether `column` holds text."""
        return self.kind(column) == "text"

    def listed(self) -> str:
        """The names of the columns for a message: not more than a person reads, and none too long."""
        shown = ", ".join(f"'{shorten(name, _LONGEST_NAME)}'" for name in self.columns[:_MOST_NAMES])
        more = len(self.columns) - _MOST_NAMES
        return f"{shown} and {more:,} more" if more > 0 else shown


@runtime_checkable
class Source(Protocol):
    """Where rows come from."""

    @property
    def name(self) -> str:
        """What to call it in a report."""

    @property
    def rows(self) -> int | None:
        """How many rows to expect; None when that is not known before they are read."""

    def sample(self) -> Sample:
        """The first rows, without taking them from a later `read`."""

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All rows, with exactly the columns of `schema` in its types, those of `Plain` that there are, or all.

        A row that does not fit the schema (null in a column that is not nullable, a number where text
        belongs, text that is not Unicode) is in `RawBatch.skipped`.

        Raises:
            SourceError: if the source cannot be read to its end.
        """


def shorten(text: str, size: int) -> str:
    """The text, cut to a size with dots at the end."""
    return text if len(text) <= size else f"{text[: size - 3]}..."


def kind_of(value: object) -> str:
    """What a plain value is, in words that a user of JSON knows."""
    return next((words for types, words in _KINDS if isinstance(value, types)), f"a {type(value).__name__}")


def is_null(value: object) -> bool:
    """Whether a plain value is None or what pandas writes for it (NaN, NaT, NA)."""
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or type(value).__name__ in {"NaTType", "NAType"}
