"""Load preference data: a source read through a format."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from prefaudit.accounting import Accounting
from prefaudit.errors import FormatError, SourceError
from prefaudit.formats import choose_format
from prefaudit.sources import open_source
from prefaudit.sources.ahead import read_ahead
from prefaudit.sources.renamed import Renamed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.formats import Format
    from prefaudit.pairs import PairBatch
    from prefaudit.sources import RawBatch, Source


class PreferenceData:
    """Preference pairs that are read when they are asked for; see `load`.

    Args:
        source: where the rows come from.
        format: what they mean.
        strict: stop at the first row that cannot be used.
        threads: threads for what is computed on each batch; None uses every core.
    """

    def __init__(self, source: Source, format: Format, *, strict: bool = False, threads: int | None = None) -> None:  # noqa: A002
        self._source = source
        self._format = format
        self._threads = threads
        self._strict = strict
        #: What became of the rows in the latest (or running) pass over `batches()`.
        self.accounting = Accounting(strict=strict)

    @property
    def name(self) -> str:
        """The source's name."""
        return self._source.name

    @property
    def format(self) -> str:
        """The format's name."""
        return self._format.name

    @property
    def rows(self) -> int | None:
        """Rows to expect; None when that is not known before they are read."""
        return self._source.rows

    def batches(self) -> Iterator[PairBatch]:
        """All pairs, batch by batch; `accounting` is up to date after each, and complete at the end.

        Each call reads the source anew, if it can be.

        Raises:
            SourceError: if the source cannot be read to its end, or a row has to be skipped and `strict` is set.
            FormatError: if no row holds a pair.
        """
        accounting = self.accounting = Accounting(strict=self._strict)
        with closing(read_ahead(self._source.read(self._format.schema))) as raw:
            for batch in self._format.pairs(_received(raw, accounting), accounting, threads=self._threads):
                accounting.deliver(batch)
                if len(batch):
                    yield batch
        if not accounting.votes:
            raise FormatError(_nothing_left(self.name, accounting))


def load(
    data: Any,
    *,
    format: str | None = None,  # noqa: A002 - what everybody calls it
    columns: Mapping[str, str] | None = None,
    split: str | None = None,
    strict: bool = False,
    threads: int | None = None,
) -> PreferenceData:
    """Open preference data and settle its format; the rows are read by `PreferenceData.batches`.

    Args:
        data: a path (.jsonl, .json, .csv, .tsv, .parquet, .arrow, .feather; also .gz, .bz2, .xz, .zst), a folder,
            a glob, "-" for standard input; a pyarrow, polars or pandas table; a `datasets` data set; anything with
            `__arrow_c_stream__`; an iterable of dicts.
        format: the layout of the rows; None tells it from the first rows.
        columns: the data's names for the columns that the format reads, as in `{"chosen": "better"}`.
        split: the split of a `DatasetDict`; "all" for all of them.
        strict: stop at the first row that cannot be used. By default it is skipped, counted and named.
        threads: threads for what is computed on each batch; None uses every core that this process may use.

    Raises:
        SourceError: if the data cannot be opened or holds no rows.
        FormatError: if the rows are in no format that is read, or in several.

    Example:
        >>> data = load([{"prompt": "Hi", "chosen": "Hello!", "rejected": "What?"}])
        >>> data.format, sum(len(batch) for batch in data.batches())
        ('generic', 1)
    """
    source = open_source(data, split=split)
    if columns:
        source = Renamed(source, columns)
    sample = source.sample()
    if not sample.rows:
        msg = f"{source.name} holds no rows"
        raise SourceError(msg)
    try:
        chosen = choose_format(sample, format)
    except FormatError as error:
        msg = f"{source.name}: {error}"
        raise FormatError(msg) from None
    return PreferenceData(source, chosen, strict=strict, threads=threads)


def _received(batches: Iterator[RawBatch], accounting: Accounting) -> Iterator[RawBatch]:
    for batch in batches:
        accounting.receive(batch)
        if batch.records.num_rows:
            yield batch


def _nothing_left(name: str, accounting: Accounting) -> str:
    reasons = "; ".join(f"{reason}: {count:,}" for reason, count in accounting.rows_skipped.most_common(5))
    return f"{name}: none of the {accounting.rows_in:,} rows holds a pair that can be used ({reasons})"
