"""pandas and polars frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from prefaudit.sources.base import BATCH_ROWS, SAMPLE_ROWS, Asked, RawBatch, Sample, asked_names
from prefaudit.sources.conform import conform, conform_rows, raw_batch
from prefaudit.sources.memory import ArrowData

if TYPE_CHECKING:
    from collections.abc import Generator


def polars_frame(frame: Any) -> ArrowData:
    """The rows of a polars DataFrame."""
    return ArrowData(
        "polars.DataFrame",
        frame.height,
        tuple(frame.columns),
        lambda columns: iter(pa.RecordBatchReader.from_stream(frame.select(columns))),
    )


class PandasFrame:
    """The rows of a pandas DataFrame, in its order; the index is not looked at."""

    name = "pandas.DataFrame"

    def __init__(self, frame: Any) -> None:
        self.rows = len(frame)
        self._frame = frame
        self._columns = tuple(map(str, frame.columns))

    def sample(self) -> Sample:
        """The first rows."""
        return Sample.of(_rows(self._frame.head(SAMPLE_ROWS)), self._columns)

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All rows."""
        wanted = self._frame[asked_names(schema, self._columns)]
        for start in range(0, self.rows, BATCH_ROWS):
            part = wanted.iloc[start : start + BATCH_ROWS]
            try:
                found = conform(pa.RecordBatch.from_pandas(part, preserve_index=False), schema)
            except (pa.ArrowException, TypeError):  # a column of Python objects of several types
                found = conform_rows(_rows(part), schema)
            yield raw_batch(found, source=self.name, first_row=start)


def _rows(frame: Any) -> list[dict[str, Any]]:
    return [{name: _plain(cell) for name, cell in row.items()} for row in frame.to_dict("records")]


def _plain(cell: Any) -> Any:
    """A cell without NumPy's arrays, as which pandas holds the lists of Arrow and Parquet."""
    if isinstance(cell, np.ndarray | list):
        return [_plain(one) for one in cell]
    if isinstance(cell, dict):
        return {name: _plain(one) for name, one in cell.items()}
    return cell
