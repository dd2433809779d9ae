"""UltraFeedback, binarized: two conversations a row, and the score of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.messages import checked_messages, is_messages, shared_prompt
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import number, optional_text, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample


class UltraFeedbackBinarized(RowFormat):
    """`prompt`, `chosen` and `rejected` as messages that begin with it, `score_chosen` and `score_rejected`.

    Layout of the data set card of `HuggingFaceH4/ultrafeedback_binarized` (some 61,000 rows in `train_prefs`). The
    responses are the last messages, of the assistant; the prompt is what stands before. `chosen` is the completion with
    the highest overall score and `rejected` any of the others, so that many rows have equal scores: these are ties.
    """

    name: ClassVar[str] = "ultrafeedback-binarized"
    needs: ClassVar[tuple[str, ...]] = ("prompt", "chosen", "rejected", "score_chosen", "score_rejected")
    reads: ClassVar[tuple[str, ...]] = ("prompt_id",)
    supersedes: ClassVar[tuple[str, ...]] = ("trl",)

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Messages on both sides, and the prompt as text."""
        sides = (sample.values("chosen"), sample.values("rejected"))
        return sample.holds_text("prompt") and all(any(map(is_messages, values)) for values in sides)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        cut = shared_prompt(*(checked_messages(row.get(name), name) for name in ("chosen", "rejected")))
        scores = {name: number(row, name) for name in ("score_chosen", "score_rejected")}
        # Answers that stand alone have their prompt only in its own column.
        prompt = {} if cut.prompt else {"prompt": text(row, "prompt"), "prompt_messages": None}
        tie = scores["score_chosen"] == scores["score_rejected"]
        return [{**cut.columns(), **prompt, **scores, "tie": tie, "prompt_id": optional_text(row, "prompt_id")}]
