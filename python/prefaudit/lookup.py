"""Find the pairs of one row."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from prefaudit.errors import ConfigError

if TYPE_CHECKING:
    from prefaudit.data import PreferenceData


def pairs_at(data: PreferenceData, row: int, source: str | None = None) -> list[dict[str, Any]]:
    """The pairs that come from one raw row, as dicts with the columns of `pairs.SCHEMA`.

    Args:
        data: what to read.
        row: the row's number in its file or table, from 0.
        source: the file, by its path or name; None looks in all.

    Raises:
        ConfigError: there is no pair of that row; the message says why.
    """
    found = []
    for batch in data.batches():
        at = np.flatnonzero(batch.row.to_numpy() == row)
        pairs = batch.records.take(at).to_pylist()
        found += [pair for pair in pairs if source in {None, pair["source"], PurePath(pair["source"]).name}]
    if not found:
        raise ConfigError(_absent(data, row))
    return found


def _absent(data: PreferenceData, row: int) -> str:
    for skipped in data.accounting.skipped_examples:
        if skipped.row == row:
            return f"{skipped.source}, row {row} was skipped: {skipped.reason} ({skipped.detail})"
    return f"{data.name} has no pair of row {row}: {data.accounting.rows_in:,} rows were read, the first is row 0"
