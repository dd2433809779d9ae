"""Does the preference rest on several criteria?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from prefaudit.checks.aspect_signs import aspect_signs
from prefaudit.checks.base import Check
from prefaudit.checks.columns import as_mask, cluster_keys
from prefaudit.checks.examples import TopExamples
from prefaudit.report.model import Chart, Measure, Verdict
from prefaudit.stats.clusters import ClusteredShares
from prefaudit.stats.keyed import Keyed
from prefaudit.stats.rules import census, rows_to_tell, too_few, what_it_takes
from prefaudit.stats.state import Compound, Counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prefaudit.checks.aspect_signs import AspectSigns
    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding
    from prefaudit.stats.clusters import ClusterKeys, ShareEstimate

_SEVERAL = 2


class Criteria(Check):
    """Does the preference rest on several criteria?

    What it measures:
        Of the labels that any rated aspect explains, the share that the strongest single aspect explains. An
        aspect explains a label when its two ratings differ and the chosen response has the higher one.

    Why it matters:
        A preference meant to weigh honesty, help and harmlessness that follows one of them alone teaches that
        one. Where aspects conflict, the label shows which of them counts.

    How it is computed:
        For each aspect: how often it differs, the share of labels it explains, the labels that it alone explains,
        and how often it wins among the conflicts (pairs in which one aspect favours the chosen response and
        another the rejected). The effective number of criteria is (tr S)^2 / tr(S^2), S[i, j] being the number
        of labels that aspects i and j both explain: 1 where one explains all or all explain the same, K where
        K aspects each explain labels of their own, equally many. Intervals are Wilson's, clustered by prompt
        and annotator.

    Verdict:
        WARN when the whole interval lies over `warn` (90%), PASS when it lies below, else UNDERPOWERED with
        the labels it would take. NOT MEASURABLE without ratings of at least two aspects (column `aspects`): then
        `shortcuts` says how far features of the text explain the label.

    Limits:
        Ratings by the judge who gave the label share that judge's halo: one impression behind all aspects.
        A label computed from the aspects is explained by them by construction.

    References:
        Thorndike 1920, J. Applied Psychology 4:25 (halo); Del Giudice 2021, Multivariate Behavioral Research
        56:527 (effective dimensionality); Cui et al. 2023, arXiv:2310.01377 (aspects of UltraFeedback).
    """

    id = "criteria"
    measure = Measure("by one aspect", "share")
    advice = "state in the guidelines how aspects are to be weighed, and judge pairs in which they conflict"
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.90}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.explained = ClusteredShares(slices=1)
        self.aspects: Keyed[_Aspect] = Keyed(_Aspect)
        self.unexplained = TopExamples()

    def update(self, batch: PairBatch) -> None:
        """Count what each aspect favours in the pairs of one batch."""
        column, ties = batch.column("aspects"), as_mask(batch.ties)
        self.counts.add(rows=len(batch), ties=int(ties.sum()))
        if column is None:
            return
        found = aspect_signs(column)
        labels = found.rated.any(axis=1) & ~ties
        explains, against = found.signs > 0, found.signs < 0
        explained = labels & explains.any(axis=1)
        conflicts = explained & against.any(axis=1)
        self.counts.add(labels=int(labels.sum()), conflicts=int(conflicts.sum()))
        keys = cluster_keys(batch)
        _count(self.explained, explained, keys)
        for at, name in enumerate(found.names):
            self.aspects[name].add(found, at, labels, conflicts, keys)
        self.unexplained.add(
            batch,
            against.sum(axis=1),
            labels & ~explained & against.any(axis=1),
            lambda at: "against the label: " + ", ".join(sorted(np.array(found.names)[against[at]])),
        )

    def result(self) -> Finding:
        """The share of the explained labels that the strongest aspect explains."""
        aspects = dict(self.aspects.items())
        estimates = {name: aspect.explains.share_of(self.explained).estimate() for name, aspect in aspects.items()}
        figures = self._figures(aspects, estimates)
        rated = [name for name, aspect in aspects.items() if aspect.counts["labels"]]
        if len(rated) < _SEVERAL:
            return self._not_measurable(self._missing(rated), figures, missing="ratings by aspect (aspects)")
        strongest = max(rated, key=lambda name: estimates[name].share)
        one = estimates[strongest]
        if one.n == 0:
            return self._not_measurable("no label is explained by any of its aspects' ratings", figures)
        warn = self.values()["warn"]
        # The labels are a sample of those that would be given: the interval decides. There is no FAIL.
        verdict = census(0, one.n, one.interval, warn, fail=1.0, sampled=True)
        low, high = one.interval
        reason = f"{strongest} alone explains {one.share:.1%} [{low:.1%}, {high:.1%}] of what all aspects explain"
        if one.share == 1:
            reason += ": are the labels computed from it?"
        brief = f"{strongest} alone explains this much of what {len(rated)} aspects explain"
        needed = rows_to_tell(one, warn) if verdict is Verdict.UNDERPOWERED else None
        if needed is not None:
            needed = max(needed, one.n + 1)
            reason += f"; to tell takes {what_it_takes(one, needed, 'labels')}"
            brief += f"; {too_few(one, needed, 'labels')}"
        return self._finding(
            verdict,
            one.share,
            one.interval,
            one.n,
            reason,
            figures,
            self.unexplained,
            brief=brief,
            counted="labels",
            clustered_by=one.clustered_by,
        )

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """The aspects beside each other."""
        del figures
        title = "of the labels that any aspect explains, those that each explains"
        return (Chart("intervals", "aspects", title, "aspect", "share_of_explained", "explains", table=True),)

    def _missing(self, rated: list[str]) -> str:
        if rated:
            return f"only one aspect is rated ({rated[0]}): nothing to compare it with; see shortcuts"
        return "no pair with a preference has ratings of both responses by aspect (column aspects); see shortcuts"

    def _figures(self, aspects: dict[str, _Aspect], estimates: dict[str, ShareEstimate]) -> dict[str, Any]:
        labels, explained = self.counts["labels"], self.explained.estimate()
        figures: dict[str, Any] = {
            "labels": labels,
            "share_explained_jointly": explained.n / max(labels, 1),
            "share_in_conflict": self.counts["conflicts"] / max(labels, 1),
            "ties": self.counts["ties"],
            "effective_criteria": _effective(aspects),
        }
        rows = [{"aspect": name, **aspect.figures(labels, estimates[name])} for name, aspect in aspects.items()]
        if rows:
            figures["aspects"] = sorted(rows, key=lambda row: (-row["explains"], row["aspect"]))
        return figures


class _Aspect(Compound):
    """What one aspect explains, alone and together with each other one."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.explains = ClusteredShares(slices=1)
        self.together = Counts()

    def add(
        self, found: AspectSigns, at: int, labels: NDArray[np.bool_], conflicts: NDArray[np.bool_], keys: ClusterKeys
    ) -> None:
        """Count the pairs of one batch."""
        sign, explains = found.signs[:, at], (found.signs > 0) & labels[:, None]
        differs, mine = labels & (sign != 0), explains[:, at]
        self.counts.add(
            labels=int((labels & found.rated[:, at]).sum()),
            differs=int(differs.sum()),
            explains=int(mine.sum()),
            explains_alone=int((mine & (explains.sum(axis=1) == 1)).sum()),
            conflicts=int((conflicts & differs).sum()),
            conflicts_won=int((conflicts & mine).sum()),
        )
        _count(self.explains, mine, keys)
        both = explains[mine].sum(axis=0)
        self.together.add(**{other: int(count) for other, count in zip(found.names, both, strict=True)})

    def figures(self, labels: int, estimate: ShareEstimate) -> dict[str, Any]:
        """One row of the table; shares of labels, of what all explain, of the conflicts."""
        counts = self.counts
        return {
            "differs": counts["differs"],
            "explains": counts["explains"],
            "share_of_labels": counts["explains"] / max(labels, 1),
            "share_of_explained": estimate.share if estimate.n else None,
            "interval": list(estimate.interval) if estimate.n else None,
            "explains_alone": counts["explains_alone"],
            "conflicts": counts["conflicts"],
            "share_of_conflicts_won": counts["conflicts_won"] / counts["conflicts"] if counts["conflicts"] else None,
        }


def _count(shares: ClusteredShares, rows: NDArray[np.bool_], keys: ClusterKeys) -> None:
    n = int(rows.sum())
    shares.add(np.ones(n, dtype=np.bool_), np.zeros(n, dtype=np.int64), keys[rows])


def _effective(aspects: Mapping[str, _Aspect]) -> float | None:
    """(tr S)^2 / tr(S^2); None where no label is explained."""
    trace = sum(aspect.counts["explains"] for aspect in aspects.values())
    squares = sum(aspect.together[other] ** 2 for aspect in aspects.values() for other in aspects)
    return trace**2 / squares if squares else None
