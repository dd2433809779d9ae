"""Rows that a statistic needs whole: votes, graphs, features. Fixed-width columns in an order of their own."""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from prefaudit.stats.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Columns = dict[str, NDArray[Any]]

#: Hashes that are one part, and bits of a hash that tell to which of several it belongs.
_SMALL = 1 << 16
_PART_BITS = 4


class RowTable(State):
    """A bag of rows with numeric columns of fixed types, read back in an order that only depends on the rows.

    Args:
        most: keep no more than so many rows, those of the lowest values in the first column: a sample of the rows
            where that column is a hash of them.
        **dtypes: the numpy type of each column by name; the first columns lead the order.

    Example:
        >>> votes = RowTable(pair="u8", first=bool)
        >>> votes.add(pair=[7, 3], first=[True, False])
        >>> votes.columns()["pair"].tolist(), len(votes)
        ([3, 7], 2)
    """

    def __init__(self, most: int | None = None, **dtypes: Any) -> None:
        self._most = most
        self._dtypes = {name: np.dtype(dtype).newbyteorder("<") for name, dtype in dtypes.items()}
        self._chunks: list[Columns] = []
        self._sorted = True

    def __len__(self) -> int:
        first = next(iter(self._dtypes))
        return sum(len(chunk[first]) for chunk in self._chunks)

    def add(self, **columns: Any) -> None:
        """Add rows: one array of equal length for each column."""
        self._chunks.append({name: _compact(np.array(columns[name], dtype)) for name, dtype in self._dtypes.items()})
        self._sorted = False
        if self._most is not None and len(self) > 2 * self._most:
            self._sort()

    def columns(self) -> Columns:
        """All rows, sorted by the first column, then the second, and so on."""
        self._sort()
        return dict(self._chunks[0])

    def parts(self) -> Iterator[Columns]:
        """All rows in that order, a part at a time: rows that are equal in the first column are in one part.

        Takes a fraction of the memory of `columns`, which holds an order of all rows and what it orders. The first
        column has to be a hash.
        """
        columns = self.bag()
        for rows in parts_of(columns[next(iter(self._dtypes))]):
            part = {name: values[rows] for name, values in columns.items()}
            order = _order(part)
            yield {name: _taken(values, order) for name, values in part.items()}

    def bag(self) -> Columns:
        """All rows in any order: cheaper, for what does not depend on it."""
        if len(self._chunks) != 1:
            self._chunks = [{name: self._joined(name) for name in self._dtypes}]
        return dict(self._chunks[0])

    def merge(self, other: Self) -> None:
        """Add the rows of `other`."""
        self._chunks.extend(dict(chunk) for chunk in other._chunks)
        self._sorted = False

    def to_state(self) -> dict[str, str]:
        """Each column as base64 of its compressed little-endian values."""
        return {name: _packed(values) for name, values in self.columns().items()}

    def load_state(self, state: dict[str, str]) -> None:
        """Become what `to_state` gave."""
        self._chunks = [{name: _unpacked(state[name], dtype) for name, dtype in self._dtypes.items()}]
        self._sorted = True

    def _sort(self) -> None:
        if self._sorted and len(self._chunks) == 1:
            return
        columns = self.bag()
        self._chunks = []
        order = _order(columns)[: self._most]
        # One column at a time, so that hardly more than the rows is held twice.
        self._chunks = [{name: _taken(columns.pop(name), order) for name in self._dtypes}]
        self._sorted = True

    def _joined(self, name: str) -> NDArray[Any]:
        """One column of all chunks, which let go of theirs."""
        parts = [chunk.pop(name) for chunk in self._chunks]
        values = {part[0] for part in parts if len(part) and _is_constant(part)}
        if len(values) == 1 and all(_is_constant(part) or not len(part) for part in parts):
            return np.broadcast_to(values.pop(), sum(map(len, parts)))
        return np.concatenate([np.empty(0, self._dtypes[name]), *parts])


def parts_of(hashes: NDArray[np.uint64]) -> Iterator[NDArray[np.int64]]:
    """The places of 64-bit hashes in some parts, from the lowest hashes to the highest; equal ones are together.

    What is worked out part by part needs less memory at a time. Few hashes are one part.

    Example:
        >>> [part.tolist() for part in parts_of(np.array([3, 1, 3], dtype=np.uint64))]
        [[0, 1, 2]]
    """
    if len(hashes) < _SMALL:
        yield np.arange(len(hashes))
        return
    leading = (hashes >> np.uint64(64 - _PART_BITS)).astype(np.uint8)
    for part in range(1 << _PART_BITS):
        yield np.flatnonzero(leading == part)


def _compact(column: NDArray[Any]) -> NDArray[Any]:
    """A column that holds one value throughout as that value."""
    return np.broadcast_to(column[0], len(column)) if len(column) and (column == column[0]).all() else column


def _is_constant(column: NDArray[Any]) -> bool:
    return column.strides == (0,)


def _taken(column: NDArray[Any], order: NDArray[np.int64]) -> NDArray[Any]:
    return column[: len(order)] if _is_constant(column) else column[order]


def _order(columns: Columns) -> NDArray[np.int64]:
    """The order of rows by the first column, then the second, and so on."""
    first = next(iter(columns.values()))
    if first.dtype.kind == "f" or _is_constant(first):  # what is not a number equals nothing
        return np.lexsort([*reversed(columns.values())])
    order = np.argsort(first)
    ordered = first[order]
    equal = np.concatenate([[False], ordered[1:] == ordered[:-1], [False]])
    tied = np.flatnonzero(equal[1:] | equal[:-1])
    # Rows that are equal in the first column lie together; they alone are ordered by the others.
    rows = order[tied]
    order[tied] = rows[np.lexsort([column[rows] for column in reversed(columns.values())])]
    return order


def _packed(values: NDArray[Any]) -> str:
    return base64.b64encode(zlib.compress(values.tobytes(), 1)).decode("ascii")


def _unpacked(text: str, dtype: np.dtype[Any]) -> NDArray[Any]:
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype)
