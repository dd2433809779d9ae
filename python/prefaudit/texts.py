"""A column of text of any kind, as the core takes it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa

from prefaudit import _core
from prefaudit.errors import TextTypeError, TextValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Whatever `texts` arguments may be; see the text of `prefaudit.kernels`.
Column: TypeAlias = Any


class TextBatch:
    """A column of one batch, checked and handed to the core once; every kernel takes it as it is.

    Arrow text is validated (UTF-8) when it crosses into the core. Whoever runs several kernels over one
    column wraps it first and pays for that once.

    Example:
        >>> from prefaudit.kernels import char_counts, word_counts
        >>> batch = TextBatch(["one two", "three"])
        >>> word_counts(batch).to_pylist(), char_counts(batch).to_pylist()
        ([2, 1], [7, 5])
    """

    def __init__(self, texts: Column) -> None:
        self.chunks = _chunks(texts, "texts")
        self.columns = [*_imported(self.chunks, "texts")]

    @classmethod
    def of_columns(cls, columns: list[_core.TextColumn]) -> TextBatch:
        """What the core made of other texts."""
        batch = cls.__new__(cls)
        batch.columns = columns
        return batch

    @cached_property
    def chunks(self) -> list[pa.Array]:
        """The Arrow arrays that hold the texts; of what the core made, copies."""
        return [column.to_arrow() for column in self.columns]

    def to_arrow(self) -> pa.Array:
        """The texts as one Arrow array."""
        return joined(self.chunks, pa.string())


def columns_of(texts: Column, name: str) -> list[_core.TextColumn]:
    """The chunks of a column, handed to the core; `name` is what a message calls it."""
    if isinstance(texts, TextBatch):
        return texts.columns
    return [*_imported(_chunks(texts, name), name)]


def column_pairs(a: Column, b: Column) -> Iterator[list[_core.TextColumn]]:
    """The chunks of two columns, cut at the same rows."""
    return column_sets({"a": a, "b": b})


def column_sets(columns: dict[str, Column]) -> Iterator[list[_core.TextColumn]]:
    """The chunks of columns of equal length, cut at the same rows."""
    imported = [column.columns for column in columns.values() if isinstance(column, TextBatch)]
    if len(imported) == len(columns) and len({tuple(map(len, chunks)) for chunks in imported}) == 1:
        yield from map(list, zip(*imported, strict=True))
        return
    chunks = {name: _chunks(column, name) for name, column in columns.items()}
    rows = [sum(map(len, column)) for column in chunks.values()]
    if len({*rows}) > 1:
        names, counts = _listed(chunks), _listed(f"{n:,}" for n in rows)
        message = f"{names} must be equally long, but have {counts} rows"
        raise TextValueError(message)
    ends = sorted({end for column in chunks.values() for end in _ends(column)})
    aligned = [_imported(_cut_at(column, ends), name) for name, column in chunks.items()]
    yield from map(list, zip(*aligned, strict=True))


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}"


def _ends(chunks: list[pa.Array]) -> list[int]:
    ends, at = [], 0
    for chunk in chunks:
        at += len(chunk)
        ends.append(at)
    return ends


def _cut_at(chunks: list[pa.Array], ends: list[int]) -> list[pa.Array]:
    """Slices of a column that end at some rows, among them those where its chunks do; no text is copied."""
    if _ends(chunks) == ends:
        return chunks
    pieces, first, cuts = [], 0, iter(ends)
    for chunk, last in zip(chunks, _ends(chunks), strict=True):
        at = first
        while at < last:
            end = next(cuts)
            pieces.append(chunk.slice(at - first, end - at))
            at = end
        first = last
    return pieces


def _chunks(texts: Column, name: str) -> list[pa.Array]:  # noqa: PLR0911 - one for each kind of column
    """The Arrow arrays that hold a column."""
    if isinstance(texts, TextBatch):
        return texts.chunks
    if isinstance(texts, pa.ChunkedArray):
        # Without a row there is still a type, which has to be text.
        return [chunk for chunk in texts.chunks if len(chunk)] or [pa.nulls(0, texts.type)]
    if isinstance(texts, pa.Array):
        return [texts]
    if isinstance(texts, (str, bytes)):
        message = f"{name} must be a column of texts, got one {type(texts).__name__}: wrap it in a list"
        raise TextTypeError(message)
    if hasattr(texts, "__arrow_c_stream__"):
        try:
            return _chunks(pa.chunked_array(texts), name)
        except (pa.ArrowException, UnicodeEncodeError):  # pandas objects: name the row that is not text
            return [_from_python(texts, name)]
    if hasattr(texts, "__arrow_c_array__"):
        return [pa.array(texts)]
    return [_from_python(texts, name)]


def _from_python(texts: Column, name: str) -> pa.Array:
    """An Arrow array of a Python sequence; what cannot be text is named with its row."""
    try:
        values = list(texts.to_numpy(dtype=object, na_value=None)) if hasattr(texts, "to_numpy") else list(texts)
    except TypeError as error:
        message = f"{name} must be a column of texts, got {type(texts).__name__}: {error}"
        raise TextTypeError(message) from None
    for row, value in enumerate(values):
        if value is not None and not isinstance(value, str):
            message = f"{name}: row {row} holds {type(value).__name__} {value!r:.40}, not text"
            raise TextTypeError(message)
    try:
        return pa.array(values, type=pa.large_string())
    except UnicodeEncodeError:
        row, start = next(found for found in map(_surrogate, range(len(values)), values) if found)
        message = f"{name}: row {row} holds a lone surrogate at character {start}, which is not valid text"
        raise TextValueError(message) from None


def _surrogate(row: int, value: str | None) -> tuple[int, int] | None:
    try:
        (value or "").encode()
    except UnicodeEncodeError as error:
        return row, error.start
    return None


def _imported(chunks: list[pa.Array], name: str) -> Iterator[_core.TextColumn]:
    first = 0
    for chunk in chunks:
        try:
            yield _core.TextColumn(chunk)
        except TypeError as error:
            message = f"{name}: {error}"
            raise TextTypeError(message) from None
        except (ValueError, pa.ArrowException) as error:
            row = first + _broken_row(chunk)
            message = f"{name}: row {row} is not valid text: {error}"
            raise TextValueError(message) from None
        first += len(chunk)


def _broken_row(chunk: pa.Array) -> int:
    """The first row that is no text; 0 where not even the places of the rows are right."""
    same = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}.get(chunk.type)
    try:
        if same is not None:
            chunk.view(same).validate(full=True)
    except pa.ArrowInvalid:
        return 0
    return next((row for row, value in enumerate(chunk) if _is_broken(value)), 0)


def _is_broken(value: pa.Scalar) -> bool:
    try:
        value.as_py()
    except UnicodeDecodeError:
        return True
    return False


def joined(parts: list[pa.Array], kind: pa.DataType) -> pa.Array:
    """One array of several of type `kind`, or of none."""
    if len(parts) == 1:
        return parts[0]
    return pa.concat_arrays(parts) if parts else pa.array([], type=kind)
