"""Do scores and labels agree?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from prefaudit.checks.base import Check
from prefaudit.checks.columns import as_mask
from prefaudit.checks.examples import TopExamples
from prefaudit.errors import ConfigError
from prefaudit.report.model import Chart, Measure
from prefaudit.stats.intervals import clopper_pearson
from prefaudit.stats.rules import census
from prefaudit.stats.state import Counts
from prefaudit.stats.table import RowTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding

_BINS = 20
_MOST = float(np.finfo(np.float64).max)
_QUARTILES = {"lowest": 0.0, "lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75, "highest": 1.0}


class Scores(Check):
    """Do scores and labels agree?

    What it measures:
        The share of pairs with a preference and two scores in which the rejected response has the higher one.

    Why it matters:
        Where the score and the label say opposite things one of them is wrong, often because the columns were
        swapped, the score was repaired after the labels were made, or a lower score is the better one.
        Losses that use the margin then push in the wrong direction.

    How it is computed:
        The two scores of each pair are compared with its label. Beside the contradictions stand the pairs
        with a preference and equal scores, the ties with unequal ones, scores that are not finite numbers,
        scores outside `scale` (written as in `1..10`; nothing is outside while it is not set), the range of
        the scores, and the margins: chosen minus rejected, of the pairs with a preference.

    Verdict:
        WARN when more than `warn` (none) of the pairs are contradictions, FAIL when more than `fail` (1%)
        are. Every row is read, so the share is a fact; its interval (Clopper-Pearson) is about future data,
        and decides only with `sampled`. NOT MEASURABLE without the columns `score_chosen` and `score_rejected`.

    Limits:
        Where the label was made from the scores the two agree by construction, which says nothing about
        either. Scores by one judge and labels by another may differ for good reasons.

    References:
        Cui et al. 2023, arXiv:2310.01377 (UltraFeedback, whose release of December 2023 repairs such scores);
        Clopper & Pearson 1934, Biometrika 26:404.
    """

    id = "scores"
    measure = Measure("against label", "share")
    advice = "look at the examples: which of score and label is right? Then leave these pairs out"
    filter = "scores"
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.0, "fail": 0.01, "scale": "", "sampled": False}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.scored = RowTable(chosen="f8", rejected="f8", tie=bool)
        self.examples = TopExamples()
        _scale(self.values()["scale"])

    def update(self, batch: PairBatch) -> None:
        """Keep the scores of the pairs of one batch."""
        chosen, rejected = (_numbers(batch.column(f"score_{side}"), len(batch)) for side in ("chosen", "rejected"))
        given = _given(batch.column("score_chosen"), len(batch)) & _given(batch.column("score_rejected"), len(batch))
        finite = given & np.isfinite(chosen) & np.isfinite(rejected)
        ties = as_mask(batch.ties)
        self.counts.add(
            pairs=len(batch),
            without_two_scores=int((~given).sum()),
            not_finite=int((given & ~finite).sum()),
        )
        # Adding 0 makes 0 of -0, which would stand elsewhere in the order.
        self.scored.add(chosen=chosen[finite] + 0.0, rejected=rejected[finite] + 0.0, tie=ties[finite])
        against = finite & ~ties & (chosen < rejected)
        with np.errstate(over="ignore", invalid="ignore"):
            loss = np.where(against, np.minimum(rejected - chosen, _MOST), 0.0)
        self.examples.add(batch, loss, against, lambda at: f"chosen has {chosen[at]:g}, rejected {rejected[at]:g}")

    def result(self) -> Finding:
        """The share of pairs whose scores contradict the label."""
        scored = self.scored.columns()
        stated = ~scored["tie"]
        with np.errstate(over="ignore"):
            margins = np.sort(scored["chosen"][stated] - scored["rejected"][stated])
        n, against = len(margins), int((margins < 0).sum())
        figures = self._figures(scored, margins)
        if n == 0:
            return self._not_measurable(self._missing(), figures, missing="score_chosen and score_rejected")
        interval = clopper_pearson(against, n)
        values = self.values()
        verdict = census(against, n, interval, values["warn"], values["fail"], sampled=values["sampled"])
        counted = self.counted
        reason = (
            f"the rejected response has the higher score in {against:,} of {n:,} {counted} with a preference "
            f"({against / n:.2%}); {figures['equal_scores']:,} have equal scores"
        )
        brief = f"{against:,} {counted} whose rejected response has the higher score; {figures['equal_scores']:,} equal"
        return self._finding(verdict, against / n, interval, n, reason, figures, self.examples, brief=brief)

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """The margins."""
        margins = figures.get("margins")
        if margins is None:
            return ()
        span = (margins["lowest"], margins["highest"])
        title = "the margins: the chosen one's score minus the rejected one's"
        return (Chart("histogram", "margins_from_lowest_to_highest", title, unit="number", span=span, marks=(0.0,)),)

    def _missing(self) -> str:
        if self.counts["pairs"] == self.counts["without_two_scores"]:
            return "no pair has two scores: the columns score_chosen and score_rejected are missing or empty"
        return "no pair has both a preference and two finite scores"

    def _figures(self, scored: dict[str, NDArray[Any]], margins: NDArray[np.float64]) -> dict[str, Any]:
        both = np.concatenate([scored["chosen"], scored["rejected"]])
        low, high = _scale(self.values()["scale"])
        figures: dict[str, Any] = {
            "equal_scores": int((margins == 0).sum()),
            "ties": int(scored["tie"].sum()),
            "ties_of_unequal_scores": int((scored["tie"] & (scored["chosen"] != scored["rejected"])).sum()),
            "out_of_scale": int(((both < low) | (both > high)).sum()),
            "not_finite": self.counts["not_finite"],
            "without_two_scores": self.counts["without_two_scores"],
        }
        if len(both):
            figures |= {"lowest_score": float(both.min()), "highest_score": float(both.max())}
        if len(margins) and math.isfinite(float(margins[-1]) - float(margins[0])):
            quartiles = {name: float(np.quantile(margins, at)) for name, at in _QUARTILES.items()}
            figures["margins"] = {"mean": _mean(margins), **quartiles}
            figures["margins_from_lowest_to_highest"] = _histogram(margins)
        return figures


def _numbers(column: pa.Array | None, n: int) -> NDArray[np.float64]:
    """A column of scores, NaN where there is none."""
    if column is None:
        return np.full(n, np.nan)
    numbers: NDArray[np.float64] = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers


def _given(column: pa.Array | None, n: int) -> NDArray[np.bool_]:
    return np.zeros(n, dtype=np.bool_) if column is None else as_mask(column.is_valid())


def _mean(ordered: NDArray[np.float64]) -> float:
    # Divided first, so that a sum of large numbers stays finite; in one order, so that it is the same for any split.
    return float(np.sum(ordered / len(ordered)))


def _histogram(margins: NDArray[np.float64]) -> list[int]:
    """Counts in bins of equal width from the lowest margin to the highest; one bin where all are equal."""
    low, high = float(margins[0]), float(margins[-1])
    if low == high:
        return [len(margins)]
    bins = np.minimum((margins - low) / (high - low) * _BINS, _BINS - 1).astype(np.int64)
    return [int(count) for count in np.bincount(bins, minlength=_BINS)]


def _scale(text: str) -> tuple[float, float]:
    """The ends of a scale written `LOW..HIGH`; without bounds where it is empty."""
    if not text:
        return -np.inf, np.inf
    try:
        low, high = (float(end) for end in text.split(".."))
    except ValueError:
        low, high = 0.0, 0.0
    if not low < high:
        message = f"scores.scale: {text!r} is not a scale; write LOW..HIGH, as in 1..10"
        raise ConfigError(message)
    return low, high
