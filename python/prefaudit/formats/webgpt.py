"""WebGPT comparisons: two answers to a question, with what each was worth to a labeler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.values import checked_object, checked_text, number, optional_text, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample


class WebGpt(RowFormat):
    """`question` with `full_text`, `answer_0`, `answer_1`, `score_0` and `score_1`.

    Layout of the data set card of `openai/webgpt_comparisons` (19,578 pairs). The scores are from -1 to 1 and sum
    to 0; the larger one is preferred, and 0 on both sides is a tie. `strength` is how far they are from it, 0 to 1.
    Quotes are not read. The domain is the data set that the question comes from.
    """

    name: ClassVar[str] = "webgpt"
    needs: ClassVar[tuple[str, ...]] = ("question", "answer_0", "answer_1", "score_0", "score_1")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Questions as objects, answers as text."""
        questions = sample.values("question")
        return sample.holds_text("answer_0") and any(isinstance(q, dict) and "full_text" in q for q in questions)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        question = checked_object(row.get("question"), "question")
        scores = number(row, "score_0"), number(row, "score_1")
        difference = scores[0] - scores[1]
        pair = judged(text(row, "answer_0"), text(row, "answer_1"), difference, scores=scores)
        return [
            pair
            | {
                "prompt": checked_text(question.get("full_text"), "full_text"),
                "prompt_id": optional_text(question, "id"),
                "domain": optional_text(question, "dataset"),
                "strength": abs(difference) / 2,
            }
        ]
