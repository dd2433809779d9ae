"""Rows that a statistic needs whole: votes, graphs, features. Fixed-width columns in an order of their own."""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from prefaudit.stats.state import State

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Columns = dict[str, NDArray[Any]]


class RowTable(State):
    """A bag of rows with numeric columns of fixed types, read back in an order that only depends on the rows.

    Args:
        **dtypes: the numpy type of each column by name; the first columns lead the order.

    Example:
        >>> votes = RowTable(pair="u8", first=bool)
        >>> votes.add(pair=[7, 3], first=[True, False])
        >>> votes.columns()["pair"].tolist(), len(votes)
        ([3, 7], 2)
    """

    def __init__(self, **dtypes: Any) -> None:
        self._dtypes = {name: np.dtype(dtype).newbyteorder("<") for name, dtype in dtypes.items()}
        self._chunks: list[Columns] = []
        self._sorted = True

    def __len__(self) -> int:
        first = next(iter(self._dtypes))
        return sum(len(chunk[first]) for chunk in self._chunks)

    def add(self, **columns: Any) -> None:
        """Add rows: one array of equal length for each column."""
        self._chunks.append({name: np.array(columns[name], dtype=dtype) for name, dtype in self._dtypes.items()})
        self._sorted = False

    def columns(self) -> Columns:
        """All rows, sorted by the first column, then the second, and so on."""
        if not self._sorted or len(self._chunks) != 1:
            self._chunks = [_in_order(self._joined())]
            self._sorted = True
        return dict(self._chunks[0])

    def merge(self, other: Self) -> None:
        """Add the rows of `other`."""
        self._chunks.extend(other._chunks)
        self._sorted = False

    def to_state(self) -> dict[str, str]:
        """Each column as base64 of its compressed little-endian values."""
        return {name: _packed(values) for name, values in self.columns().items()}

    def load_state(self, state: dict[str, str]) -> None:
        """Become what `to_state` gave."""
        self._chunks = [{name: _unpacked(state[name], dtype) for name, dtype in self._dtypes.items()}]
        self._sorted = True

    def _joined(self) -> Columns:
        return {
            name: np.concatenate([np.empty(0, dtype), *(chunk[name] for chunk in self._chunks)])
            for name, dtype in self._dtypes.items()
        }


def _in_order(columns: Columns) -> Columns:
    first = next(iter(columns.values()))
    order = np.argsort(first)
    equal = np.append(first[order[1:]] == first[order[:-1]], np.False_)
    tied = np.flatnonzero(equal | np.roll(equal, 1))  # most rows differ in the first column: only these need the others
    rows = order[tied]
    order[tied] = rows[np.lexsort([values[rows] for values in reversed(columns.values())])]
    return {name: values[order] for name, values in columns.items()}


def _packed(values: NDArray[Any]) -> str:
    return base64.b64encode(zlib.compress(values.tobytes(), 1)).decode("ascii")


def _unpacked(text: str, dtype: np.dtype[Any]) -> NDArray[Any]:
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype)
