"""Rows that come one by one as Python values, put together to batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from prefaudit.errors import SourceError
from prefaudit.sources.base import BATCH_ROWS, Asked, RawBatch
from prefaudit.sources.conform import conform_rows, raw_batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


#: Python needs several bytes for what a file needs one for, so these batches are smaller.
_BATCH_CHARACTERS = 12 << 20


class Row(NamedTuple):
    """One row: its value (a dict, if all is well), its size in characters, and where it stands, in words."""

    value: Any
    size: int
    place: str = ""


def batched(
    rows: Iterable[Row], schema: Asked, source: str, *, first_row: int = 0, batch_rows: int = BATCH_ROWS
) -> Iterator[RawBatch]:
    """The batches of `rows`, held to `schema`, of up to `batch_rows` rows."""
    for group in _groups(rows, batch_rows):
        found = conform_rows([row.value for row in group], schema)
        places = [row.place for row in group]
        yield raw_batch(found, source=source, first_row=first_row, places=places)
        first_row += len(group)


def refuse_twice(header: Sequence[str], name: str) -> None:
    """Raise a `SourceError` if two columns of a table have one name: the cells of one would be lost."""
    twice = next((column for column in header if column and header.count(column) > 1), None)
    if twice is not None:
        msg = f"{name}: two columns are called '{twice}': rename one of them"
        raise SourceError(msg)


def _groups(rows: Iterable[Row], batch_rows: int) -> Iterator[list[Row]]:
    group: list[Row] = []
    size = 0
    for row in rows:
        group.append(row)
        size += row.size
        if len(group) == batch_rows or size >= _BATCH_CHARACTERS:
            yield group
            group, size = [], 0
    if group:
        yield group
