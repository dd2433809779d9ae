"""Pairs in other languages than the wanted ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from prefaudit import prose
from prefaudit.checks.columns import as_mask
from prefaudit.errors import ConfigError
from prefaudit.filters.base import Dropped, Filter

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch

_SURE = 0.9


@dataclass
class Language(Filter):
    """Keeps the pairs in some languages, told from the person's turns and both responses together.

    A language that cannot be told for sure, as of short texts and code, keeps its pair unless `unsure` is false. Where
    the source records a language it is the domain: `domain:en` goes by that.

    Args:
        keep: ISO 639-1 codes of the languages to keep (`en|de` on the command line).
        unsure: whether pairs whose language cannot be told stay.
    """

    id: ClassVar[str] = "language"

    keep: tuple[str, ...] = ()
    unsure: bool = True

    def __post_init__(self) -> None:
        if not self.keep:
            msg = "language takes the languages to keep, as in language:en|de"
            raise ConfigError(msg)

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs in another language, and those whose language cannot be told if they are to go."""
        said = prose.human_turns(batch.prompt, threads=batch.threads)
        sides = (pc.utf8_slice_codeunits(text, 0, 600) for text in (said, batch.chosen, batch.rejected))
        found = prose.languages(pc.binary_join_element_wise(*sides, "\n"), threads=batch.threads)
        sure = as_mask(pc.fill_null(pc.greater(found["confidence"], _SURE), fill_value=False))
        wanted = as_mask(pc.fill_null(pc.is_in(found["language"], pa.array(self.keep)), fill_value=False))
        dropped = [Dropped.of(f"language is not {' or '.join(self.keep)}", sure & ~wanted)]
        return dropped if self.unsure else [*dropped, Dropped.of("language cannot be told", ~sure)]
