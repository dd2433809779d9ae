"""Data sets of the `datasets` library, as they are in memory or streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefaudit.errors import SourceError
from prefaudit.sources.base import BATCH_BYTES, BATCH_ROWS
from prefaudit.sources.joined import Joined
from prefaudit.sources.memory import ArrowData, Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from prefaudit.sources.base import Source


def hf_dataset(dataset: Any, name: str = "datasets.Dataset") -> ArrowData:
    """The rows of a `Dataset`, as selected and shuffled."""
    size = max(1, dataset.data.nbytes // max(1, len(dataset.data)))
    return _arrow(dataset, name, len(dataset), min(BATCH_ROWS, max(1, BATCH_BYTES // size)))


def hf_iterable(dataset: Any, name: str = "datasets.IterableDataset") -> Source:
    """The rows of an `IterableDataset`: by Arrow when it states its types, else one by one."""
    return _arrow(dataset, name, None, BATCH_ROWS // 16) if dataset.features else Rows(dataset, name)


def hf_splits(splits: Mapping[str, Any], split: str | None) -> Source:
    """The rows of one split of a `DatasetDict` or an `IterableDatasetDict`; of all with "all"."""
    everything = split == "all" or (split is None and len(splits) == 1)
    names = list(splits) if everything else [name for name in splits if name == split]
    if not names:
        known = ", ".join(f"'{name}'" for name in splits)
        what = "has several splits" if split is None else f"has no split '{split}'"
        msg = f"the data set {what}: name one with split=... ({known}, or 'all' for all of them)"
        raise SourceError(msg)
    return Joined(
        [
            hf_dataset(splits[name], name) if hasattr(splits[name], "data") else hf_iterable(splits[name], name)
            for name in names
        ],
        ", ".join(names),
    )


def _arrow(dataset: Any, name: str, rows: int | None, batch_rows: int) -> ArrowData:
    def batches(columns: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
        # `dataset.data` would give the rows as they were before `select`, `shuffle` and `filter`.
        tables = dataset.select_columns(list(columns)).with_format("arrow").iter(batch_size=batch_rows)
        return (batch for table in tables for batch in table.to_batches())

    return ArrowData(name, rows, tuple(dataset.features), batches)
