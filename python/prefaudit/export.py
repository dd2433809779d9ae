"""Pairs out of the package again: as one table, or to a file that appears only when it is complete."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

import pyarrow as pa
from pyarrow import types

from prefaudit.errors import ConfigError
from prefaudit.pairs import REQUIRED, SCHEMA
from prefaudit.sources.base import Written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import TracebackType

Records = TypeVar("Records", pa.RecordBatch, pa.Table)

#: The files that can be written, by the ends of their names.
WRITABLE = (".parquet", ".jsonl", ".csv", ".jsonl.gz", ".csv.gz")

#: The record in a file: every batch has the same columns, and `source` is text.
_SPOOLED = SCHEMA.set(SCHEMA.get_field_index("source"), pa.field("source", pa.string(), nullable=False))


def as_table(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Records with the columns of `pairs.SCHEMA` that any of the batches has, nulls where one has it not."""
    records = list(batches)
    present = {*REQUIRED, *(name for one in records for name in one.schema.names)}
    schema = pa.schema([field for field in SCHEMA if field.name in present])
    return pa.Table.from_batches([filled(one, schema) for one in records], schema=schema).unify_dictionaries()


def filled(records: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The records in the columns of `schema`, nulls for those that they do not have."""
    has = records.schema.names
    columns = [
        records.column(field.name) if field.name in has else pa.nulls(len(records), field.type) for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def save(batches: Iterable[pa.RecordBatch], path: str | os.PathLike[str]) -> None:
    """Write records to `path` (whose name ends in one of `WRITABLE`) with the columns that any batch has.

    Which columns those are is known at the end only, so that the records wait in a temporary file meanwhile.

    Raises:
        ConfigError: if the name ends otherwise, the place cannot be written to, or it is a file that is read.
    """
    target = checked_target(path)
    spool = Spool(batches)
    if target.exists() and any(target.resolve() == Path(name).resolve() for name in spool.sources):
        msg = f"{target} is what is read: write to another file"
        raise ConfigError(msg)
    with replacing(target) as temporary:
        filled_in = {name for one in spool for name in one.schema.names if one.column(name).null_count < len(one)}
        present = {*REQUIRED, *filled_in}
        schema = pa.schema([field for field in _SPOOLED if field.name in present])
        with writer(temporary, schema, kind=kind_of_file(target)) as file:
            for one in spool:
                file.write(one.select(schema.names))


def kind_of_file(path: Path) -> str | None:
    """Which of `WRITABLE` the name of a file ends in, whatever its case."""
    return next((kind for kind in WRITABLE if path.name.lower().endswith(kind)), None)


def checked_target(path: str | os.PathLike[str]) -> Path:
    """The path, if a file of its kind can be written.

    Raises:
        ConfigError: if not.
    """
    target = Path(os.fspath(path)).expanduser()
    if kind_of_file(target) is None:
        msg = f"{target}: the name of a file to be written ends in {', '.join(WRITABLE)}"
        raise ConfigError(msg)
    if target.is_dir():
        msg = f"{target} is a folder"
        raise ConfigError(msg)
    return target


def folder(path: str | os.PathLike[str]) -> Path:
    """The folder, made if it is not there.

    Raises:
        ConfigError: if it cannot be made.
    """
    target = Path(os.fspath(path)).expanduser()
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{target} cannot be a folder: {error.strerror}"
        raise ConfigError(msg) from error
    return target


def refuse_existing(path: str | os.PathLike[str], *, force: bool) -> Path:
    """The path, checked as by `checked_target`, if nothing is there or `force` is set.

    Raises:
        ConfigError: if not.
    """
    target = checked_target(path)
    if target.exists() and not force:
        msg = f"{target} is there already; --force (force=True) replaces it"
        raise ConfigError(msg)
    return target


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A temporary path beside `target` that takes its place when all went well, and goes away when not.

    What is no file (a pipe, a device) has no place that could be taken: it is written to.

    Raises:
        ConfigError: if the folder cannot be written to.
    """
    if target.exists() and not target.is_file():
        yield target
        return
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        msg = f"{target} cannot be written: {error.strerror}"
        raise ConfigError(msg) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


class Spool:
    """Record batches that wait in a temporary file and can be read again and again; it goes when the spool does."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="prefaudit-")
        self._path = Path(self._folder.name) / "pairs.arrows"
        with pa.OSFile(str(self._path), "wb") as file, pa.ipc.new_stream(file, _SPOOLED) as stream:
            #: The names of the files that the records are from.
            self.sources: set[str] = set()
            for one in batches:
                self.sources.update(one.column("source").unique().to_pylist())
                stream.write_batch(filled(plain_source(one), _SPOOLED))

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        with pa.memory_map(str(self._path)) as file:
            yield from pa.ipc.open_stream(file)


def plain_source(records: Records) -> Records:
    """The records with the column `source` as text, not as a dictionary."""
    at = records.schema.get_field_index("source")
    return records.set_column(at, records.schema.field(at).with_type(pa.string()), records.column(at).cast(pa.string()))


class Writer(Protocol):
    """Takes record batches of one schema."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def write(self, batch: pa.RecordBatch) -> None:
        """Write the rows of one batch."""


def writer(path: Path, schema: pa.Schema, *, kind: str | None) -> Writer:
    """A writer of one of the kinds in `WRITABLE`."""
    if kind == ".parquet":
        from pyarrow import parquet

        return parquet.ParquetWriter(path, schema, compression="zstd")  # type: ignore[no-any-return]
    packed = str(kind).endswith(".gz")
    return (
        CsvWriter(path, schema, packed=packed) if str(kind).startswith(".csv") else JsonLinesWriter(path, packed=packed)
    )


class JsonLinesWriter:
    """One JSON object a line; what is null is written, so that every column is known from the first row on."""

    def __init__(self, path: Path, *, packed: bool = False) -> None:
        # No time and no name in it: the same rows make the same file.
        self._raw = path.open("wb")
        self._file: Any = gzip.GzipFile("", "wb", 6, self._raw, 0) if packed else self._raw

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._raw.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Write the rows of one batch."""
        self.write_rows(batch.to_pylist())

    def write_rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows that are dicts; one that is `Written` already as it is."""
        for row in rows:
            self._file.write(
                row.text.encode("utf-8", "surrogateescape") if isinstance(row, Written) else self._line(row)
            )
            self._file.write(b"\n")

    def _line(self, row: Mapping[str, Any]) -> bytes:
        line = json.dumps(row, ensure_ascii=False, default=_written)
        try:
            return line.encode()
        except UnicodeEncodeError:  # half a pair of surrogates, which only an escape can hold
            return json.dumps(row, default=_written).encode()


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


class CsvWriter:
    """Comma-separated values with a header; lists and objects as JSON."""

    def __init__(self, path: Path, schema: pa.Schema, *, packed: bool = False) -> None:
        from pyarrow import csv

        self._schema = pa.schema([field.with_type(_flat_type(field.type)) for field in schema])
        self._file = pa.output_stream(path, compression="gzip" if packed else None)
        self._writer = csv.CSVWriter(self._file, self._schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()
        self._file.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Write the rows of one batch."""
        columns = [_flat(column) for column in batch.columns]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))


def _flat_type(kind: pa.DataType) -> pa.DataType:
    if types.is_dictionary(kind):
        return kind.value_type
    return pa.string() if types.is_nested(kind) else kind


def _flat(column: pa.Array) -> pa.Array:
    if types.is_dictionary(column.type):
        return column.dictionary_decode()
    if not types.is_nested(column.type):
        return column
    cells = (None if cell is None else json.dumps(cell, ensure_ascii=False) for cell in column.to_pylist())
    return pa.array(cells, type=pa.string())
