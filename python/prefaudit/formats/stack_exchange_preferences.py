"""Stack Exchange preferences: a question and all its answers, each with a score from its votes."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.options import Option
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.stack_exchange_paired import site
from prefaudit.formats.values import (
    UnusableRow,
    checked_list,
    checked_object,
    checked_text,
    optional_number,
    optional_text,
    text,
    timestamp,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample

_TWO = 2


class StackExchangePreferences(RowFormat):
    """`question`, and `answers`: each with `text`, `pm_score`, `selected`, `answer_id` and its author.

    Layout of the data set card of `HuggingFaceH4/stack-exchange-preferences` (10.7 million questions with at least two
    answers). `pm_score` is log2(1 + votes), rounded, plus 1 where the questioner accepted the answer, and -1 where
    votes are negative (Askell et al. 2021, arXiv:2112.00861). By default the best answer is compared with the worst,
    `pairs=all` takes each two; equal scores are a tie. `qid` is the prompt's identity, `date` the day of the question,
    and the domain is the site that the first address in `metadata` leads to. HTML and code stay as they are.
    """

    name: ClassVar[str] = "stack-exchange-preferences"
    needs: ClassVar[tuple[str, ...]] = ("question", "answers")
    reads: ClassVar[tuple[str, ...]] = ("qid", "date", "metadata")
    options: ClassVar[Mapping[str, Option]] = {
        "pairs": Option("best-worst", "the best answer against the worst, or each two", choices=("best-worst", "all")),
    }

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Answers in a list, each with its score."""
        return sample.holds_text("question") and any(
            isinstance(item, dict) and {"text", "pm_score"} <= item.keys()
            for value in sample.values("answers")
            if isinstance(value, list | tuple)
            for item in value
        )

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """A pair for each two answers that are compared."""
        common = {
            "prompt": text(row, "question"),
            "prompt_id": optional_text(row, "qid"),
            "timestamp": timestamp(row, "date"),
            "domain": site(row.get("metadata")),
        }
        answers = checked_list(row.get("answers"), "answers")
        scored = sorted(filter(None, map(_scored, answers)), key=lambda one: -one[0])
        if len(scored) < _TWO:
            raise UnusableRow("fewer than two answers with a score", f"{len(scored)} of {len(answers)} have one")
        twos = combinations(scored, _TWO) if self.chosen["pairs"] == "all" else [(scored[0], scored[-1])]
        return [common | _pair(better, worse) for better, worse in twos]


def _scored(item: Any) -> tuple[float, str] | None:
    answer = checked_object(item, "answers")
    score = optional_number(answer, "pm_score")
    return None if score is None else (score, checked_text(answer.get("text"), "text"))


def _pair(better: tuple[float, str], worse: tuple[float, str]) -> Pair:
    return {
        "chosen": better[1],
        "rejected": worse[1],
        "score_chosen": better[0],
        "score_rejected": worse[0],
        "tie": better[0] == worse[0],
    }
