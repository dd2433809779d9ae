"""Copy some rows of a source to a file, as they stand."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
from pyarrow import types

from prefaudit.errors import ConfigError, SourceError
from prefaudit.export import JsonLinesWriter, kind_of_file, replacing, save, writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from prefaudit.data import PreferenceData
    from prefaudit.sources import RawBatch

#: The rows of one batch: Arrow data, or plain values where the source has no types.
_Rows: TypeAlias = "pa.RecordBatch | list[Mapping[str, Any]]"


def save_part(whole: PreferenceData, part: PreferenceData, target: Path) -> None:
    """Write a part of the data to a file that appears when it is complete.

    Where one row of the source is one pair, its rows are written as they stand, in all their columns; else the pairs
    in the columns of `pairs.SCHEMA`.

    Raises:
        ConfigError: if the place cannot be written to, or a column has no type that the file can hold.
    """
    rows = _own_rows(whole, part)
    if rows is None:
        save((batch.records for batch in part.batches()), target)
        return
    with replacing(target) as temporary:
        copy_rows(whole, rows, temporary, kind=str(kind_of_file(target)))


def _own_rows(whole: PreferenceData, part: PreferenceData) -> dict[str, NDArray[np.int64]] | None:
    """The rows of the part, by source; None where a row is not one pair, or the source can be read only once."""
    if whole.raw_batches() is None:
        return None
    found: dict[str, list[NDArray[np.int64]]] = {}
    for batch in part.batches():
        rows, sources = batch.row.to_numpy(), batch.source
        indices = sources.indices.to_numpy()
        for at, name in enumerate(sources.dictionary.to_pylist()):
            found.setdefault(name, []).append(rows[indices == at])
    counts = whole.accounting
    if counts.votes != counts.rows_used:
        return None
    joined = {name: np.concatenate(rows) for name, rows in found.items()}
    return joined if all(len(np.unique(rows)) == len(rows) for rows in joined.values()) else None


def copy_rows(data: PreferenceData, rows: Mapping[str, NDArray[np.int64]], path: Path, *, kind: str) -> None:
    """Write the rows with these numbers, by source, to a file of one of the kinds in `export.WRITABLE`.

    The columns of all parts of the source are put together, and a column has the type that holds the values of all.

    Raises:
        ConfigError: if there is no such type, which JSON lines do not need.
    """
    if kind.startswith(".jsonl"):
        with JsonLinesWriter(path, packed=kind.endswith(".gz")) as file:
            for part in _parts(data, rows):
                file.write_rows(part if isinstance(part, list) else part.to_pylist())
        return
    schema = _schema(data, rows)
    with writer(path, schema, kind=kind) as typed:
        for part in _parts(data, rows):
            typed.write(_typed(part, schema))


def _parts(data: PreferenceData, rows: Mapping[str, NDArray[np.int64]]) -> Iterator[_Rows]:
    raw = data.raw_batches()
    if raw is None:
        msg = f"{data.name} can be read only once"
        raise SourceError(msg)
    wanted = {name: np.sort(numbers) for name, numbers in rows.items()}
    with closing(cast("Any", raw)) as batches:
        for batch in batches:
            part = _part(batch, wanted.get(batch.source, np.empty(0, np.int64)))
            if len(part):
                yield part


def _part(batch: RawBatch, numbers: NDArray[np.int64]) -> _Rows:
    stays = np.isin(batch.row_numbers.to_numpy(), numbers)
    if batch.plain:
        return [row for row, stay in zip(batch.plain, stays, strict=True) if stay]
    return _without_views(batch.records).filter(pa.array(stays))


def _without_views(records: pa.RecordBatch) -> pa.RecordBatch:
    """Text that polars keeps as views in a layout that pyarrow can pick rows from."""
    for at, field in enumerate(records.schema):
        plain = _without_view(field.type)
        if plain != field.type:
            records = records.set_column(at, field.with_type(plain), records.column(at).cast(plain))
    return records


def _without_view(kind: pa.DataType) -> pa.DataType:
    if types.is_string_view(kind):
        return pa.large_string()
    if types.is_binary_view(kind):
        return pa.large_binary()
    if types.is_large_list(kind):
        return pa.large_list(_without_view(kind.value_type))
    if types.is_list(kind):
        return pa.list_(_without_view(kind.value_type))
    if types.is_struct(kind):
        return pa.struct([(field.name, _without_view(field.type)) for field in kind])
    return kind


def _schema(data: PreferenceData, rows: Mapping[str, NDArray[np.int64]]) -> pa.Schema:
    """The columns of all parts, each in a type that holds what all have there."""
    found = pa.schema([])
    metadata: dict[bytes, bytes] = {}
    for part in _parts(data, rows):
        try:
            own = _all_columns(part) if isinstance(part, list) else part.schema
            found = pa.unify_schemas([found, own], promote_options="permissive")
            metadata = {**(own.metadata or {}), **metadata}
        except (pa.ArrowException, TypeError, OverflowError) as error:
            msg = f"{data.name}: its columns have no single type ({error}); write .jsonl instead"
            raise ConfigError(msg) from error
    fields = [field.with_type(pa.string()) if pa.types.is_null(field.type) else field for field in found]
    return pa.schema(fields, metadata=metadata or None)


def _all_columns(rows: list[Mapping[str, Any]]) -> pa.Schema:
    """The schema of plain rows, in which each column may stand in some rows only."""
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.schema([pa.field(name, pa.array([row.get(name) for row in rows]).type) for name in names])


def _typed(part: _Rows, schema: pa.Schema) -> pa.RecordBatch:
    if isinstance(part, list):
        return pa.RecordBatch.from_pylist(part, schema=schema)
    has = part.schema.names
    columns = [
        part.column(field.name).cast(field.type) if field.name in has else pa.nulls(len(part), field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
