"""UltraFeedback: four completions of one instruction, rated by GPT-4 in several ways."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from statistics import fmean
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from prefaudit.formats.aspects import aspects
from prefaudit.formats.options import Option
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import (
    UnusableRow,
    checked_list,
    checked_object,
    checked_text,
    optional_number,
    optional_text,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.accounting import Accounting
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample

#: How a rating is written that was not given.
_NOT_RATED = {"n/a", "na", "none"}
#: The overall score that a slip in reading GPT-4's answers made out of a 1.
_SUSPECT = 10.0
#: Mean ratings (1 to 5) up to which such a score is a 1, and above which it is meant.
_SURELY_BAD, _SURELY_GOOD = 2.0, 4.0


class _Completion(NamedTuple):
    response: str
    score: float
    ratings: dict[str, float | None]


class UltraFeedback(RowFormat):
    """`instruction` and `completions`: each with `response`, `overall_score`, `fine-grained_score`, `annotations`.

    Layout of the data set card of `openbmb/UltraFeedback` (63,967 instructions). `overall_score` is from 1 to 10,
    `fine-grained_score` the mean of the ratings of the aspects, which stand in `annotations` as text from "1" to
    "5" or "N/A". `source` is the domain. Completions without the score that is asked for are left out, and equal
    scores are a tie. Completions were written under different system prompts, which are not part of the prompt
    here.

    The first release gave 2,628 completions an overall score of 10, many of which had been a 1. They are repaired
    by the mean of their ratings, as its authors did in December 2023: up to 2 the score becomes 1, above 4 it stays
    10. In between the authors asked GPT-4 again; as nobody can do so here, the overall score counts as missing. A
    10 without any ratings stays. The report says how many there were. Other scores are not touched.
    """

    name: ClassVar[str] = "ultrafeedback"
    needs: ClassVar[tuple[str, ...]] = ("instruction", "completions")
    reads: ClassVar[tuple[str, ...]] = ("source",)
    options: ClassVar[Mapping[str, Option]] = {
        "score": Option("overall", "the score to compare by", choices=("overall", "fine-grained", "mean-aspects")),
        "pairs": Option(
            "best-worst", "the best completion against the worst, or all pairs", choices=("best-worst", "all")
        ),
    }

    def __init__(self, sample: Sample, **options: Any) -> None:
        super().__init__(sample, **options)
        #: Completions with an overall score of 10 that were repaired in the latest pass: "set to 1" and "left out".
        self.repairs: Counter[str] = Counter()

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Completions in a list, each with a response and its annotations."""
        return any(
            isinstance(item, dict) and "response" in item and ("annotations" in item or "overall_score" in item)
            for value in sample.values("completions")
            if isinstance(value, list | tuple)
            for item in value
        )

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """The pairs of all rows."""
        self.repairs = Counter()  # each pass counts anew
        yield from super().pairs(batches, accounting, threads=threads)

    def notes(self) -> list[str]:
        """How many scores were repaired."""
        if not self.repairs:
            return []
        counts = ", ".join(f"{count:,} {what}" for what, count in self.repairs.items())
        return [f"overall scores of 10 that the ratings contradict: {counts}"]

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair, or one for each two completions."""
        common = {"prompt": text(row, "instruction"), "domain": optional_text(row, "source")}
        items = checked_list(row.get("completions"), "completions")
        found = [self._completion(checked_object(item, "completions")) for item in items]
        rated = sorted(filter(None, found), key=lambda completion: -completion.score)
        if len(rated) < _TWO:
            raise UnusableRow("fewer than two completions with a score", f"{len(rated)} of {len(items)} have one")
        twos = combinations(rated, _TWO) if self.chosen["pairs"] == "all" else [(rated[0], rated[-1])]
        return [common | _pair(better, worse) for better, worse in twos]

    def _completion(self, item: Mapping[str, Any]) -> _Completion | None:
        ratings = _ratings(item)
        given = [rating for rating in ratings.values() if rating is not None]
        mean = fmean(given) if given else None
        fine = optional_number(item, "fine-grained_score")
        response = checked_text(item.get("response"), "response")
        if self.chosen["score"] == "overall":
            score = self._repaired(optional_number(item, "overall_score"), fine if mean is None else mean)
        else:
            score = fine if self.chosen["score"] == "fine-grained" else mean
        return None if score is None else _Completion(response, score, ratings)

    def _repaired(self, score: float | None, mean: float | None) -> float | None:
        if score != _SUSPECT or mean is None or mean > _SURELY_GOOD:
            return score
        bad = mean <= _SURELY_BAD
        self.repairs["set to 1" if bad else "left out"] += 1
        return 1.0 if bad else None


_TWO = 2


def _pair(better: _Completion, worse: _Completion) -> Pair:
    return {
        "chosen": better.response,
        "rejected": worse.response,
        "score_chosen": better.score,
        "score_rejected": worse.score,
        "tie": better.score == worse.score,
        "aspects": aspects(better.ratings, worse.ratings),
    }


def _ratings(item: Mapping[str, Any]) -> dict[str, float | None]:
    """The ratings by aspect, None where an aspect was not rated."""
    annotations = item.get("annotations")
    if annotations is None:
        return {}
    found = checked_object(annotations, "annotations")
    # Arrow gives every completion the aspects of all of them, null where it has none.
    return {
        checked_text(name, "annotations"): _rating(checked_object(value, "annotations"))
        for name, value in found.items()
        if value is not None
    }


def _rating(annotation: Mapping[str, Any]) -> float | None:
    value = annotation.get("Rating")
    if isinstance(value, str) and value.strip().lower() in _NOT_RATED:
        return None
    return optional_number(annotation, "Rating")
