"""Load preference data: a source read through a format."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefaudit.accounting import Accounting
from prefaudit.errors import ConfigError, FormatError, SourceError
from prefaudit.formats import choose_format
from prefaudit.sources import open_source
from prefaudit.sources.ahead import read_ahead
from prefaudit.sources.limited import Limited
from prefaudit.sources.renamed import Renamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prefaudit.formats import Format
    from prefaudit.pairs import PairBatch
    from prefaudit.sources import RawBatch, Source


class PreferenceData:
    """Preference pairs that are read when they are asked for; see `load`.

    Args:
        source: where the rows come from.
        format: what they mean.
        reason: why this format was taken.
        strict: stop at the first row that cannot be used.
        threads: threads for what is computed on each batch; None uses every core.
    """

    def __init__(
        self,
        source: Source,
        format: Format,  # noqa: A002 - what everybody calls it
        *,
        reason: str = "as asked for",
        strict: bool = False,
        threads: int | None = None,
    ) -> None:
        self._source = source
        self._format = format
        self._reason = reason
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
    def format_reason(self) -> str:
        """Why this format was taken."""
        return self._reason

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
    source: Any,
    *,
    format: str | None = None,  # noqa: A002 - what everybody calls it
    columns: Mapping[str, str] | None = None,
    split: str | None = None,
    config: str | None = None,
    revision: str | None = None,
    streaming: bool = True,
    limit: int | None = None,
    options: Mapping[str, Any] | None = None,
    strict: bool = False,
    threads: int | None = None,
) -> PreferenceData:
    """Open preference data and settle its format; the rows are read by `PreferenceData.batches`.

    Args:
        source: a path (.jsonl, .json, .csv, .tsv, .parquet, .arrow, .feather, .xlsx; also .gz, .bz2, .xz, .zst), a
            folder, a folder of `save_to_disk`, a glob, "-" for standard input; a data set on the Hugging Face hub, as
            `owner/name` or `hf://datasets/owner/name[@revision][/path]`; a pyarrow, polars or pandas table; a
            `datasets` data set; anything with `__arrow_c_stream__`; an iterable of dicts.
        format: the layout of the rows; None tells it from the first rows.
        columns: the data's names for the columns that the format reads, as in `{"chosen": "better"}`.
        split: the split of a data set; "all" for all of them.
        config: the configuration ("subset") of a data set on the hub.
        revision: its branch, tag or commit; by default the newest.
        streaming: read it from the hub bit by bit, so that its size does not matter; False downloads it first, to the
            cache of `datasets`, or takes what an earlier download left there.
        limit: read the first so many rows only; the report says so.
        options: choices that the format leaves to its user, as in `{"min_score_ratio": 2}`.
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
    rows: Source = open_source(source, split=split, config=config, revision=revision, streaming=streaming)
    if columns:
        rows = Renamed(rows, columns)
    if limit is not None:
        rows = Limited(rows, _checked_limit(limit))
    sample = rows.sample()
    if not sample.rows:
        msg = f"{rows.name} holds no rows"
        raise SourceError(msg)
    try:
        chosen = choose_format(replace(sample, folder=_folder(source)), format, options)
    except FormatError as error:
        msg = f"{rows.name}: {error}"
        raise FormatError(msg) from None
    reason = "as asked for" if format else f"told from {_listed(chosen.needs)} and the first rows"
    return PreferenceData(rows, chosen, reason=reason, strict=strict, threads=threads)


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in columns)


def _folder(source: Any) -> Path | None:
    """Where the files of `source` lie, if it is a path; what a glob matches is taken to lie in its own folder."""
    if not isinstance(source, str | os.PathLike) or os.fspath(source) == "-":
        return None
    path = Path(os.fspath(source))
    return path if path.is_dir() else path.parent


def _checked_limit(limit: int) -> int:
    if limit < 1:
        msg = f"limit is {limit}, but at least one row must be read"
        raise ConfigError(msg)
    return limit


def _received(batches: Iterator[RawBatch], accounting: Accounting) -> Iterator[RawBatch]:
    for batch in batches:
        accounting.receive(batch)
        if batch.records.num_rows:
            yield batch


def _nothing_left(name: str, accounting: Accounting) -> str:
    reasons = "; ".join(f"{reason}: {count:,}" for reason, count in accounting.rows_skipped.most_common(5))
    return f"{name}: none of the {accounting.rows_in:,} rows holds a pair that can be used ({reasons})"
