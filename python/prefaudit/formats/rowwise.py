"""Layouts whose rows are worked on one by one, as plain values: nested, or with the preference in a label."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

import pyarrow as pa

from prefaudit.formats.base import Format
from prefaudit.formats.values import UnusableRow, checked_text, optional_text
from prefaudit.pairs import REQUIRED, SCHEMA, PairBatch
from prefaudit.sources.base import BATCH_BYTES, BATCH_ROWS, Plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prefaudit.accounting import Accounting
    from prefaudit.sources.base import RawBatch

#: A pair: its values by column of `SCHEMA`, without source and row. Columns may be left out or None.
Pair: TypeAlias = dict[str, Any]


class Placed(NamedTuple):
    """Something, and the row that it comes from."""

    value: Any
    source: str
    row: int


class RowFormat(Format):
    """A layout whose rows each give pairs without looking at other rows."""

    #: Columns that are read where they are present, beside those in `needs`.
    reads: ClassVar[tuple[str, ...]] = ()

    @property
    def schema(self) -> Plain:
        """The columns to read, as plain values; what the user named as the domain goes before the layout's own."""
        return Plain(tuple(dict.fromkeys((*self.needs, *self.reads, *self.sample.named.keys() & {"domain"}))))

    @abstractmethod
    def pairs_of(self, row: Mapping[str, Any]) -> Iterable[Pair]:
        """The pairs that a row gives, at least one.

        Raises:
            UnusableRow: if it gives none.
        """

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """The pairs of all rows."""
        yield from assembled(self._placed(batches, accounting), threads=threads)

    def _placed(self, batches: Iterator[RawBatch], accounting: Accounting) -> Iterator[Placed]:
        for row in plain_rows(batches):
            try:
                pairs = [checked(pair | self._named(row.value)) for pair in self.pairs_of(row.value)]
            except UnusableRow as problem:
                accounting.skip(problem.reason, row.source, row.row, problem.detail)
            else:
                yield from (Placed(pair, row.source, row.row) for pair in pairs)

    def _named(self, row: Mapping[str, Any]) -> Pair:
        if "domain" not in self.sample.named:
            return {}
        found = row.get("domain")
        return {"domain": str(found).lower() if isinstance(found, bool) else optional_text(row, "domain")}


def plain_rows(batches: Iterator[RawBatch]) -> Iterator[Placed]:
    """The rows of batches that were asked for as `Plain`."""
    for raw in batches:
        numbers = raw.row_numbers.to_pylist()
        yield from (Placed(row, raw.source, number) for row, number in zip(raw.plain, numbers, strict=True))


def checked(pair: Pair) -> Pair:
    """The pair, once it is sure that it fits the record.

    Raises:
        UnusableRow: if a column of text holds something else, or text that is not valid Unicode.
    """
    for name in ("prompt", "chosen", "rejected"):
        checked_text(pair.get(name), name)
    return pair


def assembled(pairs: Iterable[Placed], *, threads: int | None) -> Iterator[PairBatch]:
    """Batches of pairs, with the columns that any pair of the batch has a value for."""
    group: list[Placed] = []
    size = 0
    for pair in pairs:
        group.append(pair)
        size += len(pair.value["prompt"]) + len(pair.value["chosen"]) + len(pair.value["rejected"])
        if len(group) == BATCH_ROWS or size >= BATCH_BYTES:
            yield _batch(group, threads)
            group, size = [], 0
    if group:
        yield _batch(group, threads)


def _batch(group: list[Placed], threads: int | None) -> PairBatch:
    columns: dict[str, pa.Array] = {}
    for field in SCHEMA:
        if field.name == "source":
            columns["source"] = pa.array([pair.source for pair in group]).dictionary_encode()
        elif field.name == "row":
            columns["row"] = pa.array([pair.row for pair in group], type=pa.int64())
        else:
            values = [pair.value.get(field.name) for pair in group]
            if field.name in REQUIRED or any(value is not None for value in values):
                columns[field.name] = pa.array(values, type=field.type)
    schema = pa.schema([field for field in SCHEMA if field.name in columns])
    records = pa.RecordBatch.from_arrays(
        [columns[name].cast(schema.field(name).type) for name in schema.names], schema=schema
    )
    return PairBatch(records, threads=threads)


def judged(
    a: str, b: str, preference: float, *, scores: tuple[Any, Any] = (None, None), shown: str | None = None
) -> Pair:
    """The pair of two responses `a` and `b`: above 0 `a` is preferred, below 0 `b`, at 0 neither.

    Args:
        a: one response.
        b: the other one.
        preference: which is preferred; its size is not looked at.
        scores: the ratings of `a` and of `b`.
        shown: which of them the judge saw first, "a" or "b", where the source records it.
    """
    swap = preference < 0
    chosen, rejected = (b, a) if swap else (a, b)
    score_chosen, score_rejected = reversed(scores) if swap else scores
    first = None if shown is None else ("chosen" if (shown == "b") == swap else "rejected")
    pair = {"chosen": chosen, "rejected": rejected, "score_chosen": score_chosen, "score_rejected": score_rejected}
    return pair | {"first_shown": first, "tie": preference == 0}
