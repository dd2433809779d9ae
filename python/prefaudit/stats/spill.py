"""Rows that wait in a temporary file until they are needed, so that memory does not grow with them."""

from __future__ import annotations

import os
import tempfile
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Columns = dict[str, NDArray[Any]]

#: Bits of a hash that tell to which part a row belongs.
_PART_BITS = 4
PARTS = 1 << _PART_BITS


def part_numbers(column: NDArray[Any]) -> NDArray[np.uint8]:
    """The part of each row by its first column, in the order of the values: the leading bits of a 64-bit hash.

    What is no hash is all in the first part.
    """
    if column.dtype.kind != "u" or column.dtype.itemsize != 8:  # noqa: PLR2004 - bytes
        return np.zeros(len(column), dtype=np.uint8)
    return (column >> np.uint64(64 - _PART_BITS)).astype(np.uint8)


class Segment(NamedTuple):
    """Rows in a file: one column after the other, in each the rows of one part after those of the one before."""

    file: IO[bytes]
    #: Where each column starts, in bytes, and its type.
    columns: Mapping[str, tuple[int, np.dtype[Any]]]
    #: Where each part starts, in rows, and where the last one ends.
    bounds: tuple[int, ...]

    @classmethod
    def written(cls, file: IO[bytes], columns: Columns) -> Segment:
        """Append rows to a file.

        Raises:
            OSError: there is no room for them.
        """
        parts = part_numbers(next(iter(columns.values())))
        order = np.argsort(parts, kind="stable")
        bounds = np.searchsorted(parts[order], np.arange(PARTS + 1))
        places = {}
        for name, values in columns.items():
            places[name] = file.seek(0, os.SEEK_END), values.dtype
            file.write(values[order].tobytes())
        file.flush()
        return cls(file, places, tuple(bounds.tolist()))

    def __len__(self) -> int:
        return self.bounds[-1]

    def read(self, name: str, part: int | None = None) -> NDArray[Any]:
        """The values of a column, of one part or of all."""
        first, end = (0, len(self)) if part is None else self.bounds[part : part + 2]
        start, dtype = self.columns[name]
        self.file.seek(start + first * dtype.itemsize)
        return np.frombuffer(self.file.read((end - first) * dtype.itemsize), dtype)


def new_file() -> IO[bytes]:
    """A file without a name, which is gone when nobody holds it."""
    return tempfile.TemporaryFile(prefix="prefaudit-")
