"""AlpacaFarm and AlpacaEval: two outputs for an instruction, and which one an annotator prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.identity import pair_identity
from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.values import UnusableRow, number, optional_text, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample

_EVEN = 1.5


class AlpacaFarm(RowFormat):
    """`instruction`, `input`, `output_1`, `output_2` and `preference`: 1 or 2.

    Layout of the data set card of `tatsu-lab/alpaca_farm`, and of the annotations that `alpaca_eval` writes.
    Weighted annotators give numbers between 1 and 2; 1.5 is a tie, and so is 0, which older annotators wrote for
    one. `strength` is the distance from a tie, 0 to 1. Null, where the annotator gave no answer, is skipped. The
    prompt is the instruction, followed by an empty line and the input where there is one. Votes of several
    annotators share `pair_id`.
    """

    name: ClassVar[str] = "alpaca-farm"
    needs: ClassVar[tuple[str, ...]] = ("instruction", "output_1", "output_2", "preference")
    reads: ClassVar[tuple[str, ...]] = ("input", "annotator", "annotator_index", "dataset")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Text in the instruction and both outputs."""
        return all(sample.holds_text(name) for name in ("instruction", "output_1", "output_2"))

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One vote."""
        towards_first = _EVEN - _preference(row)
        one, other = text(row, "output_1"), text(row, "output_2")
        prompt = "\n\n".join(filter(None, (text(row, "instruction"), optional_text(row, "input"))))
        annotator = optional_text(row, "annotator") or optional_text(row, "annotator_index")
        return [
            judged(one, other, towards_first)
            | {
                "prompt": prompt,
                "pair_id": pair_identity(prompt, one, other) if annotator else None,
                "annotator": annotator,
                "strength": abs(towards_first) * 2,
                "domain": optional_text(row, "dataset"),
            }
        ]


def _preference(row: Mapping[str, Any]) -> float:
    found = number(row, "preference")
    if found == 0:
        return _EVEN
    if not 1 <= found <= 2:  # noqa: PLR2004 - the two outputs
        raise UnusableRow("'preference' is not between 1 and 2", f"column 'preference': {found:g}")
    return found
