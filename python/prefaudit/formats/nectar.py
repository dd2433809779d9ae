"""Nectar: seven answers to one prompt, ranked by GPT-4."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.options import Option
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import UnusableRow, checked_list, checked_object, checked_text, optional_number, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample

_TWO = 2


class Nectar(RowFormat):
    r"""`prompt` as a transcript, and `answers`: each with `answer`, `model` and `rank`, 1 for the best.

    Layout of the data set card of `berkeley-nest/Nectar` (182,954 prompts). The prompt stays as it is written:
    `\n\nHuman: ... \n\nAssistant: `, several turns long at times. By default the best answer is compared with
    each of the others, `pairs=all` takes each two. Equal ranks are a tie, `strength` is the difference of the
    ranks. Answers without a rank are left out. `source` is the domain, the names joined where there are several.
    """

    name: ClassVar[str] = "nectar"
    needs: ClassVar[tuple[str, ...]] = ("prompt", "answers")
    reads: ClassVar[tuple[str, ...]] = ("source",)
    options: ClassVar[Mapping[str, Option]] = {
        "pairs": Option("best", "the best answer against each other one, or all pairs", choices=("best", "all")),
    }

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Answers in a list, each with its rank."""
        return sample.holds_text("prompt") and any(
            isinstance(item, dict) and {"answer", "rank"} <= item.keys()
            for value in sample.values("answers")
            if isinstance(value, list | tuple)
            for item in value
        )

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """A pair for each two answers, or for each but the best."""
        common = {"prompt": text(row, "prompt"), "domain": _domain(row.get("source"))}
        answers = checked_list(row.get("answers"), "answers")
        ranked = sorted(filter(None, map(_ranked, answers)), key=lambda one: one[0])
        if len(ranked) < _TWO:
            raise UnusableRow("fewer than two answers with a rank", f"{len(ranked)} of {len(answers)} have one")
        every = combinations(ranked, _TWO)
        twos = every if self.chosen["pairs"] == "all" else ((ranked[0], other) for other in ranked[1:])
        return [common | _pair(better, worse) for better, worse in twos]


def _ranked(item: Any) -> tuple[float, str] | None:
    answer = checked_object(item, "answers")
    rank = optional_number(answer, "rank")
    return None if rank is None else (rank, checked_text(answer.get("answer"), "answer"))


def _pair(better: tuple[float, str], worse: tuple[float, str]) -> Pair:
    difference = worse[0] - better[0]
    return {"chosen": better[1], "rejected": worse[1], "strength": difference, "tie": difference == 0}


def _domain(value: Any) -> str | None:
    if value is None:
        return None
    names = [value] if isinstance(value, str) else checked_list(value, "source")
    return ", ".join(checked_text(name, "source") for name in names) or None
