"""Hold raw rows to the schema that a format asks for; name every row that does not fit, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from reprlib import repr as short
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pyarrow as pa
from pyarrow import types

from prefaudit.errors import TextValueError
from prefaudit.sources.base import BATCH_BYTES, BATCH_ROWS, Asked, Plain, RawBatch, SkippedRow, Whole, is_null, kind_of
from prefaudit.texts import TextBatch

if TYPE_CHECKING:
    from collections.abc import Iterator

# How Python's "surrogateescape" keeps the bytes from 0x80 that are not UTF-8.
_ESCAPE = 0xDC00
_ESCAPED_BYTES = range(_ESCAPE + 0x80, _ESCAPE + 0x100)


#: The metadata of a field of text that takes numbers, flags and moments as well, as they are written: for columns in
#: which the first rows hold several of those, or nothing.
ANYTHING = {b"prefaudit": b"anything"}


#: Marks a column of whole numbers that are names for something: where rows have it as text as well, it is text.
IDENTIFIER = {b"prefaudit": b"identifier"}


class Problem(NamedTuple):
    """Why the row at `position` among some rows cannot be used."""

    position: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands among rows for one that could not even be parsed."""

    reason: str
    detail: str


#: Rows that fit: by the columns of a schema, or as dicts when `Plain` asks for them.
Fitting: TypeAlias = "pa.RecordBatch | list[Mapping[str, Any]]"


class Conformed(NamedTuple):
    """The rows that fit, the problems of those that do not, and the columns of text that the core has seen."""

    fitting: Fitting
    problems: Sequence[Problem] = ()
    texts: Mapping[str, TextBatch] = MappingProxyType({})


def conform(records: pa.RecordBatch, schema: Asked) -> Conformed:
    """The rows of `records` that fit `schema`, and the problems of those that do not.

    Text of any Arrow type is text; nothing else is turned into it.
    """
    if isinstance(schema, Whole):
        return Conformed(records)
    if isinstance(schema, Plain):
        return Conformed(list(plain_rows(records, schema.names)))
    try:
        return _checked([_conform_column(records, field) for field in schema], schema)
    except (pa.ArrowException, TypeError, TextValueError):
        return conform_rows(plain_rows(records, schema.names), schema)


def conform_rows(rows: Sequence[Any], schema: Asked) -> Conformed:
    """As `conform`, for rows that are dicts (or ought to be)."""
    if isinstance(schema, Plain | Whole):
        problems = [problem for index, row in enumerate(rows) if (problem := _no_object(index, row))]
        bad = {problem.position for problem in problems}
        return Conformed([row for index, row in enumerate(rows) if index not in bad], problems)
    schema = _as_written(rows, schema)
    try:
        return _to_records(rows, schema)
    except (pa.ArrowException, AttributeError, TypeError, ValueError, OverflowError):
        problems = [problem for index, row in enumerate(rows) if (problem := _problem(index, row, schema))]
        bad = {problem.position for problem in problems}
        return _to_records([row for index, row in enumerate(rows) if index not in bad], schema)._replace(
            problems=problems
        )


def _as_written(rows: Sequence[Any], schema: pa.Schema) -> pa.Schema:
    """The schema with identifiers as text where they are not all whole numbers in these rows."""
    return pa.schema([_settled(rows, field) if _is_marked(field, IDENTIFIER) else field for field in schema])


def _settled(rows: Sequence[Any], field: pa.Field) -> pa.Field:
    values = (row.get(field.name) for row in rows if isinstance(row, Mapping))
    whole = all(value is None or (isinstance(value, int) and not isinstance(value, bool)) for value in values)
    return field if whole else pa.field(field.name, pa.string(), metadata=ANYTHING)


def plain_rows(records: pa.RecordBatch, names: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of `records` as dicts of plain values. Bytes that are no UTF-8 become lone surrogates."""
    columns = {name: _plain_column(records.column(name)) for name in names if name in records.schema.names}
    return [{name: values[index] for name, values in columns.items()} for index in range(records.num_rows)]


def raw_batch(found: Conformed, *, source: str, first_row: int, places: Sequence[str] = ()) -> RawBatch:
    """The batch of rows that `conform` gave; `places` says where each row, good or bad, stands in its file."""
    fitting, problems, texts = found
    plain = tuple(fitting) if isinstance(fitting, list) else ()
    records = _counting(len(fitting)) if isinstance(fitting, list) else fitting
    if not problems:
        return RawBatch(records, source, first_row, plain=plain, texts=texts)
    bad = {problem.position for problem in problems}
    total = records.num_rows + len(bad)
    rows = pa.array([first_row + index for index in range(total) if index not in bad], type=pa.int64())
    skipped = tuple(
        SkippedRow(
            source, first_row + position, reason, ", ".join(filter(None, [*places[position : position + 1], detail]))
        )
        for position, reason, detail in problems
    )
    return RawBatch(records, source, first_row, rows, skipped, plain, texts)


def again(batch: RawBatch, rows: list[Mapping[str, Any]], schema: pa.Schema | Plain) -> RawBatch:
    """The batch with `rows` in the place of its own, held to `schema`."""
    fitting, problems, texts = conform_rows(rows, schema)
    numbers = batch.row_numbers
    bad = {problem.position for problem in problems}
    skipped = [SkippedRow(batch.source, numbers[at].as_py(), reason, detail) for at, reason, detail in problems]
    return RawBatch(
        _counting(len(fitting)) if isinstance(fitting, list) else fitting,
        batch.source,
        batch.first_row,
        numbers.filter(pa.array([at not in bad for at in range(len(rows))], type=pa.bool_())),
        (*batch.skipped, *skipped),
        tuple(fitting) if isinstance(fitting, list) else (),
        texts,
    )


def conform_all(batches: Iterator[pa.RecordBatch], schema: Asked, source: str) -> Iterator[RawBatch]:
    """The batches of one Arrow source, held to `schema` and brought to the size of a batch."""
    row = 0
    for gathered in _gathered(batches):
        for batch in _parts(_only(gathered, schema)):
            yield raw_batch(conform(batch, schema), source=source, first_row=row)
            row += batch.num_rows


def _only(records: pa.RecordBatch, schema: Asked) -> pa.RecordBatch:
    """The columns of `schema` that are there. Without any, the rows are still to be counted."""
    if isinstance(schema, Whole):
        return records
    present = [name for name in schema.names if name in records.schema.names]
    return records.select(present) if present else _counting(records.num_rows)


def _counting(rows: int) -> pa.RecordBatch:
    """A batch that says nothing but how many rows there are."""
    return pa.RecordBatch.from_arrays([pa.nulls(rows)], names=[""])


def _parts(records: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """A batch that is too large, in parts."""
    rows = records.num_rows
    parts = max(1, -(-rows // BATCH_ROWS), -(-_size(records) // BATCH_BYTES))
    step = max(1, -(-rows // parts))
    return (records.slice(start, step) for start in range(0, rows, step))


def _gathered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches that are too small (a shuffled `datasets.Dataset` gives one for each row) put together."""
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        rows += batch.num_rows
        size += _size(batch)
        if rows < BATCH_ROWS // 2 and size < BATCH_BYTES // 2:
            group.append(batch)
            continue
        yield from _together(group)
        yield batch  # as it is: it may be very large
        group, rows, size = [], 0, 0
    yield from _together(group)


def _size(records: pa.RecordBatch) -> int:
    try:
        return int(records.nbytes)
    except pa.ArrowException:  # string views before pyarrow 24
        return int(records.get_total_buffer_size())


def _together(group: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    return pa.Table.from_batches(group).combine_chunks().to_batches() if len(group) > 1 else group


def _conform_column(records: pa.RecordBatch, field: pa.Field) -> pa.Array:
    index = records.schema.get_field_index(field.name)
    column = pa.nulls(records.num_rows) if index < 0 else records.column(index)
    if types.is_string(field.type) and not types.is_null(column.type):
        other = _takes_anything(field) and not _is_textual(column.type) and not types.is_dictionary(column.type)
        column = pa.array(map(written, column.to_pylist()), type=pa.string()) if other else _as_text(column)
    return column.cast(field.type)


def _takes_anything(field: pa.Field) -> bool:
    return _is_marked(field, ANYTHING)


def _is_marked(field: pa.Field, mark: Mapping[bytes, bytes]) -> bool:
    return bool(field.metadata) and mark.items() <= field.metadata.items()


def written(value: Any) -> Any:
    """A number, a flag or a moment as text; a whole number has no decimals, and other values stay what they are."""
    if is_null(value):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else value


def _as_text(column: pa.Array) -> pa.Array:
    kind = column.type
    if types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    if types.is_large_string(kind) or types.is_large_binary(kind):
        # A slice keeps the offsets of its whole column, which can lie past what 32 bits hold.
        return column.take(pa.array(range(len(column)), type=pa.int64()))
    if not _is_textual(kind):
        msg = f"{kind} is no text"
        raise TypeError(msg)
    return column


def _is_textual(kind: pa.DataType) -> bool:
    return any(
        test(kind)
        for test in (
            types.is_string,
            types.is_large_string,
            types.is_string_view,
            types.is_binary,
            types.is_large_binary,
            types.is_binary_view,
        )
    )


def _checked(columns: Sequence[pa.Array], schema: pa.Schema) -> Conformed:
    """The columns as rows that fit, if they do."""
    texts = {}
    for column, field in zip(columns, schema, strict=True):
        if column.null_count and not field.nullable:
            msg = f"{field.name} holds a null"
            raise TypeError(msg)
        if types.is_string(field.type):
            texts[field.name] = TextBatch(column)  # readers of Parquet and JSON do not check that text is UTF-8
        else:
            column.validate(full=True)
    return Conformed(pa.RecordBatch.from_arrays(columns, schema=schema), texts=texts)


def _to_records(rows: Sequence[Any], schema: pa.Schema) -> Conformed:
    columns = [pa.array(_cells(rows, field), type=field.type, from_pandas=True) for field in schema]
    return _checked(columns, schema)


def _cells(rows: Sequence[Any], field: pa.Field) -> list[Any]:
    values = [row.get(field.name) for row in rows]
    return list(map(written, values)) if _takes_anything(field) else values


def _plain_column(column: pa.Array) -> list[Any]:
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not _is_textual(column.type):
        return list(column.to_pylist())
    values = column.cast(pa.large_binary()).to_pylist()
    return [None if value is None else value.decode("utf-8", "surrogateescape") for value in values]


def _no_object(index: int, row: object) -> Problem | None:
    if isinstance(row, Unreadable):
        return Problem(index, row.reason, row.detail)
    if not isinstance(row, Mapping):
        return Problem(index, "the row is not an object", f"it is {kind_of(row)}: {short(row)}")
    return None


def _problem(index: int, row: Any, schema: pa.Schema) -> Problem | None:
    if problem := _no_object(index, row):
        return problem
    for field in schema:
        value = row.get(field.name)
        if complaint := _complaint(value, field):
            reason, detail = complaint
            return Problem(index, f"'{field.name}' is {reason}", f"column '{field.name}': {detail}")
    return None


def _complaint(value: object, field: pa.Field) -> tuple[str, str] | None:
    if is_null(value):
        return None if field.nullable else ("null or missing", "null or missing")
    if types.is_string(field.type):
        return text_complaint(written(value) if _takes_anything(field) else value)
    try:
        pa.array([value], type=field.type, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return f"{kind_of(value)}, not {field.type}", short(value)
    return None


def text_complaint(value: object) -> tuple[str, str] | None:
    """What keeps a value from being text: the reason and the detail; None when it is text."""
    if not isinstance(value, str | bytes):
        return f"{kind_of(value)}, not text", short(value)
    try:
        _ = value.encode() if isinstance(value, str) else value.decode()
    except UnicodeEncodeError as error:
        return "not valid Unicode", _broken_character(error.object[error.start], error.start)
    except UnicodeDecodeError as error:
        return "not valid Unicode", f"byte 0x{error.object[error.start]:02x} at {error.start} is not UTF-8"
    return None


def _broken_character(character: str, position: int) -> str:
    code = ord(character)
    if code in _ESCAPED_BYTES:
        return f"byte 0x{code - _ESCAPE:02x} after {position} characters is not UTF-8"
    return f"lone surrogate \\u{code:04x} after {position} characters"
