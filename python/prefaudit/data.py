"""Preference pairs that are read when they are asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import closing, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from prefaudit.accounting import Accounting
from prefaudit.errors import MissingPackageError
from prefaudit.export import as_table, plain_source, save

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import datasets
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from prefaudit.pairs import PairBatch
    from prefaudit.sources import RawBatch


class PreferenceData(ABC):
    """Preference pairs that are read when they are asked for; `load` makes one of anything.

    Attributes:
        limit: at most so many rows are read; None for all.
        accounting: what became of the rows in the latest (or running) pass over `batches()`.
    """

    #: Whether the pairs can be had a single time.
    read_once: bool = False

    def __init__(self, *, limit: int | None = None) -> None:
        self.limit = limit
        self.accounting = Accounting()
        self._length: int | None = None

    @property
    @abstractmethod
    def name(self) -> str:
        """What to call the data in a report."""

    @property
    @abstractmethod
    def format(self) -> str:
        """The name of the layout of its rows."""

    @property
    @abstractmethod
    def format_reason(self) -> str:
        """Why this layout was taken."""

    @property
    def notes(self) -> list[str]:
        """What a reader of a report must know of the latest pass beside its counts, a sentence each."""
        return []

    @property
    @abstractmethod
    def rows(self) -> int | None:
        """Rows to expect; None when that is not known before they are read."""

    @abstractmethod
    def batches(self) -> Iterator[PairBatch]:
        """All pairs, batch by batch; `accounting` is up to date after each, and complete at the end.

        Each call reads the source anew, if it can be.

        Raises:
            SourceError: if the source cannot be read to its end, or a row has to be skipped and may not be.
            FormatError: if no row holds a pair.
        """

    def raw_batches(self) -> Iterator[RawBatch] | None:
        """The rows as they stand in the source, in its own columns; None where there is none, or only once."""
        return None

    def __iter__(self) -> Iterator[PairBatch]:
        """The batches; see `batches`."""
        return self.batches()

    def __len__(self) -> int:
        """How many pairs there are, as many as `to_table` has rows: those of the latest complete pass.

        Before there was one, data in memory or with a footer (Parquet, Arrow) are read through once to count them.

        Raises:
            TypeError: for a stream that was not read yet.
        """
        if self._length is None and self.rows is not None:
            for _ in self.batches():
                pass
        if self._length is None:
            msg = f"how many pairs {self.name} holds is known when they have been read, as by to_table()"
            raise TypeError(msg)
        return self._length

    def __bool__(self) -> bool:
        """True: there is at least one row. Asking must not read them all."""
        return True

    def head(self, pairs: int = 5) -> list[dict[str, Any]]:
        """The first pairs, as dicts."""
        with closing(cast("Any", self.batches())) as batches:
            return list(islice((pair for batch in batches for pair in batch.records.to_pylist()), pairs))

    def to_table(self) -> pa.Table:
        """All pairs as one Arrow table, with the columns of `pairs.SCHEMA` that the data have.

        Example:
            >>> from prefaudit import load
        >>> data = load([{"prompt": "Hi", "chosen": "Hello!", "rejected": "What?"}])
            >>> data.to_table().column_names
            ['prompt', 'chosen', 'rejected', 'source', 'row']
        """
        return as_table(batch.records for batch in self.batches())

    def to_pandas(self) -> pd.DataFrame:
        """All pairs as a pandas frame."""
        with _needed("pandas"):
            return cast("pd.DataFrame", self.to_table().to_pandas())

    def to_polars(self) -> pl.DataFrame:
        """All pairs as a polars frame."""
        with _needed("polars"):
            import polars as pl
        return cast("pl.DataFrame", pl.from_arrow(self.to_table()))

    def to_datasets(self) -> datasets.Dataset:
        """All pairs as a `datasets.Dataset`, in memory."""
        with _needed("datasets"):
            import datasets
        return datasets.Dataset(plain_source(self.to_table()))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all pairs to a file (.parquet, .jsonl, .csv, or .gz of those two), which `load` reads with all columns.

        The file appears under its name when it is complete, in the place of one that was there.

        Raises:
            ConfigError: if the name ends otherwise, the place cannot be written to, or it is a file that is read.
        """
        save((batch.records for batch in self.batches()), path)

    def __repr__(self) -> str:
        counts = f"{self._length:,} pairs" if self._length is not None else _expected(self.rows)
        return f"PreferenceData({self.name!r}, format={self.format!r}, {counts})"

    def _repr_html_(self) -> str:
        """The first pairs as a table, for notebooks."""
        from prefaudit.preview import preview

        return preview(repr(self), self.head())


def _expected(rows: int | None) -> str:
    return "rows not counted yet" if rows is None else f"{rows:,} rows"


@contextmanager
def _needed(package: str) -> Iterator[None]:
    """Say in one line how to get an optional package that is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        msg = f"this needs {package}: pip install {package}"
        raise MissingPackageError(msg) from error
