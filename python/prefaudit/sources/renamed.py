"""A source whose columns go by other names, or lie inside other columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from prefaudit.errors import FormatError
from prefaudit.sources.base import Asked, Plain, RawBatch, Sample, Source, Whole
from prefaudit.sources.conform import again

if TYPE_CHECKING:
    from collections.abc import Generator

    import pyarrow as pa

_COPIED = {"domain"}


class Renamed:
    """The rows of `source`, with columns renamed.

    Args:
        source: the rows under their own names.
        columns: for each new name the source's own, as in `{"chosen": "better"}`. A name with dots that no column has
            is a way into one: `data.answer`, or `output.0` for the first item of a list. What becomes the domain
            stays under its own name, too: the format may need it, and it is only looked at.
    """

    def __init__(self, source: Source, columns: Mapping[str, str]) -> None:
        self.name = source.name
        self.rows = source.rows
        self.read_once = bool(getattr(source, "read_once", False))
        self._source = source
        self._own = dict(columns)
        #: Names that are no more there under which a format looks.
        self._gone = {own for new, own in columns.items() if new not in _COPIED} - columns.keys()

    def sample(self) -> Sample:
        """The first rows; other columns whose name is now taken are left out."""
        sample = self._sample
        missing = [own for own, (root, _) in self._ways.items() if root not in sample.columns]
        if missing and sample.rows:
            msg = f"{self.name} has no column '{missing[0]}'; it has {sample.listed()}"
            raise FormatError(msg)
        names = {name: name for name in sample.columns if name not in self._gone} | self._own
        rows = [self._renamed(row, names) for row in sample.rows]
        return replace(Sample.of(rows, tuple(names)), named=self._own)

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All rows; as a whole they keep their own names."""
        if isinstance(schema, Whole):
            yield from self._source.read(schema)
        elif isinstance(schema, Plain) or self._needs_values(schema):
            names = {name: self._own.get(name, name) for name in schema.names if name not in self._gone}
            roots = dict.fromkeys(self._ways[own][0] if own in self._ways else own for own in names.values())
            for batch in self._source.read(Plain(tuple(roots))):
                yield again(batch, [self._renamed(row, names) for row in batch.plain], schema)
        else:
            own = schema
            for index, field in enumerate(schema):
                own = own.set(index, field.with_name(self._own.get(field.name, field.name)))
            new = dict(zip(own.names, schema.names, strict=True))
            for batch in self._source.read(own):
                texts = {new[name]: text for name, text in batch.texts.items()}
                yield replace(batch, records=batch.records.rename_columns(schema.names), texts=texts)

    def _needs_values(self, schema: pa.Schema) -> bool:
        """Whether renaming will not do: a column lies inside another one, or has two names."""
        own = [self._own.get(name, name) for name in schema.names]
        return len(set(own)) < len(own) or any(steps for _, steps in self._ways.values())

    @cached_property
    def _sample(self) -> Sample:
        return self._source.sample()

    @cached_property
    def _ways(self) -> dict[str, tuple[str, list[str]]]:
        """For each of the source's own names its column, and the steps from there."""
        return {own: way(own, self._sample.columns) for own in self._own.values()}

    def _renamed(self, row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
        found = {}
        for new, own in names.items():
            root, steps = self._ways.get(own, (own, []))
            if root in row:
                found[new] = inside(row[root], steps)
        return found


def way(own: str, columns: tuple[str, ...]) -> tuple[str, list[str]]:
    """The longest column that the name begins with, and what is left of it."""
    parts = own.split(".")
    for end in range(len(parts), 0, -1):
        if (root := ".".join(parts[:end])) in columns:
            return root, parts[end:]
    return own, []


def inside(value: Any, steps: list[str]) -> Any:
    """What lies there; None where nothing does."""
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list | tuple) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
