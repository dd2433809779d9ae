"""Several sources one after the other: the files of a folder, the splits of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prefaudit.sources.base import Asked, RawBatch, Sample, Source

if TYPE_CHECKING:
    from collections.abc import Generator


@dataclass(frozen=True)
class Joined:
    """The rows of `parts`, each under its part's own name."""

    parts: Sequence[Source]
    name: str

    @property
    def rows(self) -> int | None:
        """The rows of all parts; None when one of them does not know."""
        counts = [part.rows for part in self.parts]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None

    def sample(self) -> Sample:
        """The first rows of the first part that has any."""
        sample = Sample.of([])
        for part in self.parts:
            sample = part.sample()
            if sample.rows:
                break
        return sample

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """The rows of all parts, in their order."""
        for part in self.parts:
            yield from part.read(schema)
