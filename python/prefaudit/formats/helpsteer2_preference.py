"""HelpSteer2-Preference: two responses a row, and how much better one of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.values import number, optional_text, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample


class HelpSteer2Preference(RowFormat):
    """`prompt`, `response_1`, `response_2` and `preference_strength` from -3 to 3.

    Layout of the folder `preference` of `nvidia/HelpSteer2`, by its data set card (7,118 pairs). Below 0 the first
    response is better, above 0 the second, and 0 is a tie; `strength` is the number without its sign.
    """

    name: ClassVar[str] = "helpsteer2-preference"
    needs: ClassVar[tuple[str, ...]] = ("prompt", "response_1", "response_2", "preference_strength")
    reads: ClassVar[tuple[str, ...]] = ("split",)

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Text on both sides; the strength's column is the data set's own."""
        return sample.holds_text("response_1") and sample.holds_text("response_2")

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        preference = number(row, "preference_strength")
        pair = judged(text(row, "response_1"), text(row, "response_2"), -preference)
        split = optional_text(row, "split")
        return [pair | {"prompt": text(row, "prompt"), "strength": abs(preference), "split": split}]
