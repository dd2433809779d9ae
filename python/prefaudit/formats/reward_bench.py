"""RewardBench: pairs in the plain layout, with the part of the benchmark that each belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import optional_text, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample


class RewardBench(RowFormat):
    """`prompt`, `chosen`, `rejected` as text, `subset`, and the models behind the responses.

    Layout of the data set card of `allenai/reward-bench` (2,985 pairs in `filtered`). The subset is the domain. `id`
    numbers pairs within a subset, not prompts, and is not read.
    """

    name: ClassVar[str] = "reward-bench"
    needs: ClassVar[tuple[str, ...]] = ("prompt", "chosen", "rejected", "chosen_model", "rejected_model", "subset")
    supersedes: ClassVar[tuple[str, ...]] = ("generic", "trl")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Text in all three columns of a pair."""
        return all(sample.holds_text(name) for name in ("prompt", "chosen", "rejected"))

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        pair: Pair = {name: text(row, name) for name in ("prompt", "chosen", "rejected")}
        return [pair | {"domain": optional_text(row, "subset")}]
