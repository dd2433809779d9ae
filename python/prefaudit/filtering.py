"""Filter preference data: what stays, what goes, and why."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from prefaudit.audit import run_checks
from prefaudit.copying import save_part
from prefaudit.data import PreferenceData
from prefaudit.errors import ConfigError
from prefaudit.export import checked_target, kind_of_file, refuse_existing, replacing, writer
from prefaudit.filters.base import Filter
from prefaudit.filters.registry import filter_of
from prefaudit.kept import Kept, Spooled, selected
from prefaudit.load import load

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from prefaudit.filters.base import Dropped
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding

#: What is known of a dropped row: where it stands, which filter dropped it and why, and the figure that decided.
DROPPED = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("filter", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("figure", pa.float64()),
    ]
)


@dataclass(frozen=True, slots=True)
class Step:
    """What one filter did: pairs before it, dropped (or flagged) by it, and left."""

    filter: str
    before: int
    dropped: int
    flagged: int

    @property
    def after(self) -> int:
        """Pairs that are left."""
        return self.before - self.dropped


@dataclass(frozen=True)
class Filtered:
    """Data after some filters.

    Attributes:
        data: the pairs that stayed; read anew, and filtered, whenever it is asked.
        dropped: a row for each pair that was dropped, with the columns of `DROPPED`.
        flagged: the same for pairs that were only to be named.
        steps: what each filter did, in their order.
        original: the data before.
    """

    data: PreferenceData
    dropped: pa.Table
    flagged: pa.Table
    steps: tuple[Step, ...]
    original: PreferenceData
    filters: tuple[Filter, ...]

    def compare(self) -> list[tuple[Finding, Finding]]:
        """What the checks that the filters are for find before and after."""
        of_check = {one.check: one for one in reversed(self.filters) if one.check}
        filters = sorted(of_check.values(), key=self.filters.index)
        before, after = (run_checks(data, [one.judge() for one in filters]) for data in (self.original, self.data))
        return list(zip(before.findings, after.findings, strict=True))

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write what stayed to a file (.parquet, .jsonl, .csv, .jsonl.gz, .csv.gz) that appears when it is complete.

        Where one row of the source is one pair, its rows are written as they stand, in all their columns; else the
        pairs in the columns of `pairs.SCHEMA`.

        Raises:
            ConfigError: if the name ends otherwise, the place cannot be written to, or something is there already and
                `force` is not set.
        """
        save_part(self.original, self.data, refuse_existing(path, force=force))

    def save_dropped(self, path: str | os.PathLike[str]) -> None:
        """Write `dropped` and `flagged`, the latter with `"flagged": true`, to a file (.jsonl, .parquet, .csv).

        Raises:
            ConfigError: if the name ends otherwise, or the place cannot be written to.
        """
        target = checked_target(path)
        parts = [(self.dropped, False), (self.flagged, True)]
        table = pa.concat_tables(
            [part.append_column("flagged", pa.array([flag] * len(part), pa.bool_())) for part, flag in parts]
        )
        with replacing(target) as temporary, writer(temporary, table.schema, kind=kind_of_file(target)) as file:
            for batch in table.to_batches():
                file.write(batch)

    def __repr__(self) -> str:
        steps = ", ".join(f"{step.filter}: -{step.dropped:,}" for step in self.steps)
        before = self.steps[0].before if self.steps else 0
        return f"Filtered({before:,} pairs to {self.steps[-1].after if self.steps else 0:,}; {steps})"


def filter(  # noqa: A001 - what everybody calls it
    data: Any, filters: Iterable[Filter | str], **loading: Any
) -> Filtered:
    """Drop pairs, one filter after the other; each sees what those before it left. Nothing is ever changed.

    Args:
        data: whatever `load` reads, or what it returned. It is read once for the filters, and once more for each of
            them that has to see everything before it can decide; a stream waits in a temporary file meanwhile.
        filters: `prefaudit.filters`, or what they are on the command line: `"near-duplicate:0.9"`.
        **loading: arguments of `load`.

    Raises:
        ConfigError: if there is no such filter, or the data do not have the column that one goes by.
        SourceError: if the data cannot be read to their end.
        FormatError: if they are in no format that is read.

    Example:
        >>> rows = [{"prompt": "Hi", "chosen": "Hello!", "rejected": word} for word in ("Hello!", "Go away")]
        >>> filtered = filter(rows, ["identical"])
        >>> filtered, len(filtered.data)
        (Filtered(2 pairs to 1; identical: -1), 1)
        >>> filtered.dropped.to_pylist()[0]["reason"]
        'the two responses are the same'
    """
    source = data if isinstance(data, PreferenceData) else load(data, **loading)
    source = Spooled(source) if source.read_once else source
    # A filter may have been used before: a copy has seen nothing yet.
    asked = [replace(cast("Any", filter_of(one) if isinstance(one, str) else one)) for one in filters]
    if not asked:
        msg = "there is no filter to apply: name at least one, as in near-duplicate:0.9"
        raise ConfigError(msg)
    run = _Run(asked)
    for applied, observer in _passes(asked):
        run.look(source, applied, observer)
    run.refuse_missing(source.name)
    steps = tuple(run.steps())
    kept = Kept(source, run.kept, steps[-1].after)
    return Filtered(kept, run.table(flagged=False), run.table(flagged=True), steps, source, tuple(asked))


def _passes(filters: Sequence[Filter]) -> Iterator[tuple[list[Filter], Filter | None]]:
    """For each pass over the data the filters that are applied, and the one that observes what they leave."""
    applied: list[Filter] = []
    for one in filters:
        if one.observes:
            yield applied, one
            applied = []
        applied.append(one)
    yield applied, None


@dataclass
class _Run:
    """What filters have done so far: for each batch of the data which pairs stay, and a record of the others."""

    filters: Sequence[Filter]
    kept: list[NDArray[np.bool_]] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    counts: dict[int, list[int]] = field(default_factory=dict)
    records: dict[bool, list[pa.RecordBatch]] = field(default_factory=lambda: {False: [], True: []})

    def look(self, data: PreferenceData, applied: Sequence[Filter], observer: Filter | None) -> None:
        """One pass over the data."""
        with closing(cast("Any", data.batches())) as batches:
            for at, whole in enumerate(batches):
                self.columns.update(whole.records.schema.names)
                if at == len(self.kept):
                    self.kept.append(np.ones(len(whole), dtype=np.bool_))
                batch = selected(whole, self.kept[at])
                for one in applied:
                    batch = self._apply(one, batch, self.kept[at])
                if observer:
                    observer.observe(batch)
        if observer:
            observer.settle()

    def refuse_missing(self, name: str) -> None:
        """Refuse data without a column that a filter goes by."""
        for one in self.filters:
            if missing := [column for column in one.needs if column not in self.columns]:
                msg = f"{name}: the filter {one.id} goes by {' and '.join(missing)}, which the data do not have"
                raise ConfigError(msg)

    def _apply(self, one: Filter, batch: PairBatch, kept: NDArray[np.bool_]) -> PairBatch:
        counts = self.counts.setdefault(id(one), [0, 0, 0])
        counts[0] += len(batch)
        gone = np.zeros(len(batch), dtype=np.bool_)
        for dropped in one.mask(batch):
            if not dropped.rows.any():
                continue
            counts[2 if one.only_flags else 1] += int(dropped.rows.sum())
            self.records[one.only_flags].append(_record(one, batch, dropped))
            gone |= dropped.rows
        if one.only_flags or not gone.any():
            return batch
        kept[np.flatnonzero(kept)[gone]] = False
        return selected(batch, ~gone)

    def steps(self) -> Iterator[Step]:
        """What each filter did."""
        for one in self.filters:
            yield Step(str(one), *self.counts.get(id(one), [0, 0, 0]))

    def table(self, *, flagged: bool) -> pa.Table:
        """The dropped pairs, or the flagged ones."""
        return pa.Table.from_batches(self.records[flagged], schema=DROPPED)


def _record(one: Filter, batch: PairBatch, dropped: Dropped) -> pa.RecordBatch:
    rows = pa.array(dropped.rows)
    size = int(dropped.rows.sum())
    figures = dropped.figures[dropped.rows]
    columns = [
        batch.source.filter(rows).cast(pa.string()),
        batch.row.filter(rows),
        pa.array([str(one)] * size, pa.string()),
        pa.array([dropped.reason] * size, pa.string()),
        pa.array(figures, pa.float64(), mask=np.isnan(figures)),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=DROPPED)
