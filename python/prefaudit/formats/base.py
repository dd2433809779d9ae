"""What a format is: the meaning of raw rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from prefaudit.formats.options import Option, chosen_options
from prefaudit.pairs import SCHEMA, PairBatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prefaudit.accounting import Accounting
    from prefaudit.sources.base import Plain, RawBatch, Sample
    from prefaudit.texts import TextBatch


class Format(ABC):
    """One public layout of preference data.

    A new one is a subclass in a file of its own, and a line in `registry.FORMATS` (or an entry point of the group
    `prefaudit.formats`). It is made from the sample by which it was chosen.
    """

    #: How it is called on the command line and in reports.
    name: ClassVar[str]
    #: The columns without which there is nothing to read.
    needs: ClassVar[tuple[str, ...]]
    #: What its user can choose, by name.
    options: ClassVar[Mapping[str, Option]] = {}
    #: Formats that fit the same rows but say less about them; where both fit, this one is taken.
    supersedes: ClassVar[tuple[str, ...]] = ()
    #: Whether the rows can be dealt to several readers: False where rows far apart belong together.
    splittable: ClassVar[bool] = True

    #: Columns beside the texts that are not carried, and why.
    left_aside: Sequence[str] = ()

    def __init__(self, sample: Sample, **options: Any) -> None:
        """Keep the first rows, which hold the columns in `needs`, for what depends on the data.

        Raises:
            FormatError: if an option does not exist or has a value that it cannot have.
        """
        self.sample = sample
        #: The value of every option.
        self.chosen: dict[str, Any] = chosen_options(self.name, self.options, options)

    @property
    def changed(self) -> dict[str, Any]:
        """The options that have another value than by default."""
        return {name: value for name, value in self.chosen.items() if value != self.options[name].default}

    @property
    def decisions(self) -> tuple[str, ...]:
        """What the first rows made it do, beyond what its name and options say: for the head of a report."""
        return tuple(self.left_aside)

    @classmethod
    @abstractmethod
    def fits(cls, sample: Sample) -> bool:
        """Whether the sample is in this layout."""

    @property
    @abstractmethod
    def schema(self) -> pa.Schema | Plain:
        """The columns to read. Rows in which one that is not nullable is null never reach `pairs`."""

    @abstractmethod
    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """The pairs in `batches`.

        An iterator over an iterator, because rows can belong together over the borders of batches. Each row that
        ends up in no pair must be reported to `accounting.skip`.
        """

    def notes(self) -> list[str]:
        """What a reader of a report must know of the latest pass beside its counts, a sentence each."""
        return []


def text_schema(*names: str) -> pa.Schema:
    """A schema of text columns without nulls."""
    return pa.schema([pa.field(name, pa.string(), nullable=False) for name in names])


def pair_batch(
    raw: RawBatch,
    columns: Mapping[str, pa.Array],
    *,
    threads: int | None,
    texts: Mapping[str, TextBatch] | None = None,
) -> PairBatch:
    """A batch with one pair for each row of `raw`, in the same order.

    `texts` are columns of text that the core has already; those are not needed among `columns`.
    """
    size = raw.records.num_rows
    source = pa.DictionaryArray.from_arrays(pa.array(np.zeros(size, dtype=np.int32)), pa.array([raw.source]))
    found = {**columns, "source": source, "row": raw.row_numbers}
    schema = pa.schema([field for field in SCHEMA if field.name in found])
    records = pa.RecordBatch.from_arrays([found[name] for name in schema.names], schema=schema)
    return PairBatch(records, threads=threads, texts=texts)
