"""PandaLM's test set: two responses to an instruction, and what three annotators said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.values import UnusableRow, number, optional_text, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample

_ANNOTATORS = ("annotator1", "annotator2", "annotator3")
#: What a label says: 0 is a tie, else it is the number of the better response.
_PREFERENCES = {0: 0, 1: 1, 2: -1}


class PandaLm(RowFormat):
    """`instruction`, `input`, `response1`, `response2`, and `annotator1` to `annotator3`: 0 tie, 1 or 2.

    Layout of `testset-v1.json` in `WeOpenML/PandaLM` (Wang et al. 2023, arXiv:2306.05087), 999 rows. Each row gives
    three votes, one an annotator, which share a `pair_id`. The prompt is the instruction and, below a blank line,
    the input. `domain` is the application that motivated the instruction. Which response was shown first is not
    recorded. In 6 rows a response is a JSON bool, not text: they are skipped.
    """

    name: ClassVar[str] = "pandalm"
    needs: ClassVar[tuple[str, ...]] = ("instruction", "response1", "response2", *_ANNOTATORS)
    reads: ClassVar[tuple[str, ...]] = ("idx", "input", "cmp_key", "motivation_app")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """The columns are the test set's own."""
        return sample.holds_text("response1") and sample.holds_text("response2")

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One vote for each annotator."""
        instruction, given = text(row, "instruction"), optional_text(row, "input")
        shared = {
            "prompt": instruction if given is None else f"{instruction}\n\n{given}",
            "pair_id": optional_text(row, "idx"),
            "domain": optional_text(row, "motivation_app"),
        }
        one, other = text(row, "response1"), text(row, "response2")
        return [judged(one, other, _preference(row, name)) | shared | {"annotator": name} for name in _ANNOTATORS]


def _preference(row: Mapping[str, Any], name: str) -> int:
    label = number(row, name)
    if label not in _PREFERENCES:
        raise UnusableRow("an annotator's label is none of 0, 1, 2", f"column '{name}': {label:g}")
    return _PREFERENCES[int(label)]
