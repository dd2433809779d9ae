"""A source whose columns go by other names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from prefaudit.errors import FormatError
from prefaudit.sources.base import Asked, Plain, RawBatch, Sample, Source, Whole

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping


class Renamed:
    """The rows of `source`, with columns renamed.

    Args:
        source: the rows under their own names.
        columns: for each new name the source's own, as in `{"chosen": "better"}`.
    """

    def __init__(self, source: Source, columns: Mapping[str, str]) -> None:
        self.name = source.name
        self.rows = source.rows
        self.read_once = bool(getattr(source, "read_once", False))
        self._source = source
        self._own = dict(columns)

    def sample(self) -> Sample:
        """The first rows; other columns whose name is now taken are left out."""
        sample = self._source.sample()
        missing = [own for own in self._own.values() if own not in sample.columns]
        if missing and sample.rows:
            msg = f"{self.name} has no column '{missing[0]}'; it has {', '.join(map(repr, sample.columns))}"
            raise FormatError(msg)
        names = {new: own for new, own in ((name, name) for name in sample.columns) if own not in self._own.values()}
        names |= self._own
        rows = [{new: row[own] for new, own in names.items() if own in row} for row in sample.rows]
        return replace(Sample.of(rows, tuple(names)), named=tuple(self._own))

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All rows; as a whole they keep their own names."""
        if isinstance(schema, Whole):
            yield from self._source.read(schema)
            return
        if isinstance(schema, Plain):
            own_names = Plain(tuple(self._own.get(name, name) for name in schema.names))
            new = {self._own.get(name, name): name for name in schema.names}
            for batch in self._source.read(own_names):
                rows = ({new.get(name, name): value for name, value in row.items()} for row in batch.plain)
                yield replace(batch, plain=tuple(rows))
            return
        own = schema
        for index, field in enumerate(schema):
            own = own.set(index, field.with_name(self._own.get(field.name, field.name)))
        for batch in self._source.read(own):
            yield replace(batch, records=batch.records.rename_columns(schema.names))
