"""From whatever the caller has to a source."""

from __future__ import annotations

import os
import sys
from typing import Any

import pyarrow as pa

from prefaudit.errors import SourceError
from prefaudit.sources.base import Source
from prefaudit.sources.choices import refuse
from prefaudit.sources.memory import ArrowData, ArrowStream, Rows


def open_source(
    data: Any,
    *,
    split: str | None = None,
    config: str | None = None,
    revision: str | None = None,
    streaming: bool = True,
) -> Source:
    """The source that `data` is.

    Args:
        data: a path, a glob, a folder or "-" (standard input); a list of files, read as one; a data set on the
            Hugging Face hub, as `owner/name` or `hf://datasets/owner/name`; a pyarrow table, batch or reader; a polars
            or pandas frame; a `datasets` data set; anything with `__arrow_c_stream__`; an iterable of dicts; a dict of
            columns.
        split: which split to read ("all" for all), of a data set on the hub, a `DatasetDict` or a folder of one.
        config: which configuration of a data set on the hub.
        revision: which branch, tag or commit of it.
        streaming: read it from the hub bit by bit; otherwise it is downloaded first.

    Raises:
        SourceError: if it is none of these, or cannot be opened.

    Example:
        >>> open_source([{"chosen": "Yes.", "rejected": "No."}]).rows
        1
    """
    if isinstance(data, str | os.PathLike):
        from prefaudit.sources.paths import open_path  # the file readers are loaded when there is a file

        return open_path(os.fspath(data), split=split, config=config, revision=revision, streaming=streaming)
    refuse(_type_name(data), "is not on the hub", config=config, revision=revision)
    for opened in (_of_paths(data), _of_datasets(data, split), _of_arrow(data), _of_frames(data)):
        if opened is not None:
            return opened
    if isinstance(data, Source):
        return data
    if hasattr(data, "__arrow_c_stream__"):
        return ArrowStream(pa.RecordBatchReader.from_stream(data), _type_name(data))
    if isinstance(data, dict):
        return Rows(_transposed(data), "dict of columns")
    if hasattr(data, "__iter__") and not isinstance(data, bytes):
        return Rows(data, _type_name(data))
    msg = (
        f"cannot read preference data from {_type_name(data)}: pass a path, a table (pyarrow, polars, pandas,"
        " datasets) or an iterable of dicts"
    )
    raise SourceError(msg)


def _of_paths(data: Any) -> Source | None:
    """Several files; a list of anything else is one of rows."""
    if not (isinstance(data, list | tuple) and data and all(isinstance(one, str | os.PathLike) for one in data)):
        return None
    from prefaudit.sources.paths import open_files

    return open_files([os.fspath(path) for path in data])


def _of_datasets(data: Any, split: str | None) -> Source | None:
    from prefaudit.sources.hugging_face import hf_dataset, hf_iterable, hf_splits

    if _is_a(data, "datasets", "DatasetDict") or _is_a(data, "datasets", "IterableDatasetDict"):
        return hf_splits(data, split)
    refuse(_type_name(data), "has no splits", split=split)
    if _is_a(data, "datasets", "Dataset"):
        return hf_dataset(data)
    return hf_iterable(data) if _is_a(data, "datasets", "IterableDataset") else None


def _of_arrow(data: Any) -> Source | None:
    if isinstance(data, pa.Table):
        return ArrowData.of_table(data, "pyarrow.Table")
    if isinstance(data, pa.RecordBatch):
        return ArrowData.of_table(pa.Table.from_batches([data]), "pyarrow.RecordBatch")
    return ArrowStream(data, "pyarrow.RecordBatchReader") if isinstance(data, pa.RecordBatchReader) else None


def _of_frames(data: Any) -> Source | None:
    from prefaudit.sources.frames import PandasFrame, polars_frame

    if _is_a(data, "polars", "LazyFrame"):
        data = data.collect()
    if _is_a(data, "polars", "DataFrame"):
        return polars_frame(data)
    return PandasFrame(data) if _is_a(data, "pandas", "DataFrame") else None


def _is_a(data: Any, module: str, name: str) -> bool:
    """Whether `data` is of a class of a library that we do not import for it: if it is, the caller has."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(data, getattr(loaded, name))


def _transposed(columns: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a dict of columns, which is what slicing a `datasets.Dataset` gives."""
    try:
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    except (TypeError, ValueError) as error:
        msg = "a dict must hold columns of equal length; for a single row pass a list with one dict"
        raise SourceError(msg) from error


def _type_name(data: Any) -> str:
    kind = type(data)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__.partition('.')[0]}.{kind.__name__}"
