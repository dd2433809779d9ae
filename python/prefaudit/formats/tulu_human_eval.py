"""The human evaluation of Tulu: five grades from "a-is-better" to "b-is-better", by named evaluators."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.values import UnusableRow, optional_text, text, timestamp, unordered_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from prefaudit.sources.base import Sample

#: Grade by preference: the sign is for `a`, the size is 2 for better and 1 for slightly better.
_GRADES = {"a-is-better": 2, "a-is-slightly-better": 1, "tie": 0, "b-is-slightly-better": -1, "b-is-better": -2}


class TuluHumanEval(RowFormat):
    """`prompt`, `completion_a`, `completion_b`, `preference` in five grades, `evaluator`, `timestamp`.

    Layout of `eval_annotations_tulu_1.xlsx` in `allenai/open-instruct` (human_eval; Wang et al. 2023,
    arXiv:2306.04751). One vote a row. `strength` is 2 for better, 1 for slightly better, 0 for a tie. Votes on one
    instance and the same two models share a `pair_id`, whichever model was `a`. The interface shuffles the two
    completions, shows the first as A and the second as B, and records them as shown (its app.py and app.js), hence
    `first_shown`. Times are those of the server's clock, without a zone. A row without a preference is feedback
    on the instance and gives no pair.
    """

    name: ClassVar[str] = "tulu-human-eval"
    needs: ClassVar[tuple[str, ...]] = ("prompt", "completion_a", "completion_b", "preference")
    reads: ClassVar[tuple[str, ...]] = ("instance_id", "model_a", "model_b", "evaluator", "timestamp")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """The preferences are the interface's own words."""
        found = {value for value in sample.values("preference") if isinstance(value, str) and value}
        return bool(found) and found <= set(_GRADES) and bool(found - {"tie"} or "evaluator" in sample.columns)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One vote."""
        preference = text(row, "preference")
        grade = _GRADES.get(preference)
        if grade is None:
            raise UnusableRow("'preference' is none of the five grades", f"column 'preference': {preference!r}")
        pair = judged(text(row, "completion_a"), text(row, "completion_b"), grade, shown="a")
        instance = optional_text(row, "instance_id")
        return [
            pair
            | {
                "prompt": text(row, "prompt"),
                "prompt_id": instance,
                "pair_id": unordered_id(instance, optional_text(row, "model_a"), optional_text(row, "model_b")),
                "annotator": optional_text(row, "evaluator"),
                "timestamp": timestamp(row, "timestamp"),
                "strength": float(abs(grade)),
            }
        ]
