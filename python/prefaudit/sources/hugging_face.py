"""Data sets of the `datasets` library, as they are in memory or streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefaudit.errors import SourceError
from prefaudit.sources.base import BATCH_BYTES, BATCH_ROWS
from prefaudit.sources.joined import Joined
from prefaudit.sources.library import Guarded, library_errors
from prefaudit.sources.memory import ArrowData, Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa

    from prefaudit.sources.base import Source

#: Rows that are asked for at once where each may have to be fetched or made.
_STREAMED_ROWS = BATCH_ROWS // 16


def hf_dataset(dataset: Any, name: str = "datasets.Dataset") -> ArrowData:
    """The rows of a `Dataset`, as selected and shuffled."""
    size = max(1, dataset.data.nbytes // max(1, len(dataset.data)))
    return _arrow(dataset, name, len(dataset), min(BATCH_ROWS, max(1, BATCH_BYTES // size)))


def hf_iterable(dataset: Any, name: str = "datasets.IterableDataset", way_out: str = "") -> Source:
    """The rows of an `IterableDataset`: by Arrow when it states its types, else one by one."""
    if dataset.features:
        return _arrow(dataset, name, None, _STREAMED_ROWS, way_out)
    return Rows(Guarded(lambda: iter(dataset), name, way_out), name, batch_rows=_STREAMED_ROWS)


def hf_part(dataset: Any, name: str, way_out: str = "") -> Source:
    """The rows of a split: a `Dataset` or an `IterableDataset`."""
    return hf_dataset(dataset, name) if hasattr(dataset, "data") else hf_iterable(dataset, name, way_out)


def hf_splits(splits: Mapping[str, Any], split: str | None) -> Source:
    """The rows of one split of a `DatasetDict` or an `IterableDatasetDict`; of all with "all"."""
    names = choose_split(splits, split, "the data set")
    return Joined([hf_part(splits[name], name) for name in names], ", ".join(names))


def choose_split(splits: Iterable[str], split: str | None, what: str) -> list[str]:
    """The splits to read: the one that is named, all with "all", or the only one there is.

    Raises:
        SourceError: if there are several and none is named, or the one that is named is not among them.
    """
    known = list(splits)
    if split in known:
        return [split]
    if known and (split == "all" or (split is None and len(known) == 1)):
        return known
    wrong = "has several splits" if split is None and known else f"has no split '{split}'" if known else "has no splits"
    names = ", ".join(f"'{name}'" for name in known)
    msg = f"{what} {wrong}: name one with split=... (--split): {names}, or 'all' for all of them"
    raise SourceError(msg if known else f"{what} {wrong}")


def _arrow(dataset: Any, name: str, rows: int | None, batch_rows: int, way_out: str = "") -> ArrowData:
    def batches(columns: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
        # `dataset.data` would give the rows as they were before `select`, `shuffle` and `filter`.
        with library_errors(name, way_out):
            tables = dataset.select_columns(list(columns)).with_format("arrow").iter(batch_size=batch_rows)
            for table in tables:
                yield from table.to_batches()

    return ArrowData(name, rows, tuple(dataset.features), batches)
