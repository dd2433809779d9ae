"""Does quality fall along a sitting?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.checks.base import Check
from prefaudit.checks.columns import annotator_keys, as_mask, comparable, pair_keys
from prefaudit.checks.sittings import UNKNOWN_TENTHS, Sittings
from prefaudit.kernels import text_hashes
from prefaudit.report.model import Chart, Measure, Verdict
from prefaudit.stats.clusters import ShareEstimate
from prefaudit.stats.rules import band
from prefaudit.stats.slope import permuted_slope, within_slope
from prefaudit.stats.state import Counts
from prefaudit.stats.table import RowTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding
    from prefaudit.stats.slope import Slope

#: With fewer annotators than this the errors come from permutations, for these annotators only.
_MIN_ANNOTATORS = 6
#: From the middle of the first tenth of a sitting to the middle of the last.
_SPAN = 0.9
_SHARED_ORDER = 0.5
_ALARMS = (Verdict.WARN, Verdict.FAIL)
_POWER = 1.959964 + 1.281552


class Fatigue(Check):
    """Does quality fall along a sitting?

    What it measures:
        How much the agreement of a vote with the majority of the others changes from the first tenth of a
        sitting to the last, in points: -.10 is a fall by ten points.

    Why it matters:
        Tired annotators guess. Their late votes teach noise, and shorter sittings would have avoided it.

    How it is computed:
        A sitting is an annotator's `session`, or votes with under 30 minutes between them, and has at least
        10 votes. Each vote is held against the majority of the other annotators' votes on the pair; tied
        majorities are dropped. The slope is a straight line with an intercept for each annotator; its
        interval has CR2 errors with Satterthwaite's degrees of freedom. With fewer than 6 annotators
        positions are permuted within sittings instead, and the interval is for these annotators only.
        Where late votes are on pairs with more votes (further ones are often bought where the first ones differ), only
        as many of each pair count as nine pairs in ten have, the first ones.
        Where the order of the pairs is shared even in part (by more than chance), late pairs may be harder; then
        a fall must also show in positions less those of the other votes on the same pair, which have no part in that.
        The table shows the same quarter by quarter, with intervals clustered by annotator and the median of
        `seconds`: falling seconds are practice, never an alarm. Without times the order of the rows stands in, and
        what is measured is order drift.

    Verdict:
        WARN when agreement falls by over `warn` (.05) by more than chance, FAIL when the whole 95% interval
        is a fall by over `fail` (.10), PASS when no fall over `warn` is in the interval. A rise is no alarm.
        NOT MEASURABLE without annotators or second votes, where the order of the pairs is much the same for
        all (mean correlation of positions over .5), where it is so in part and late pairs explain the fall as
        well, or where over 10% of the times of every sitting are tied.

    Limits:
        The fall is a lower bound: against one other vote, a fall from 85% to 70% of right votes shows as 8
        points. With one other vote on each pair and an order shared in part the two cannot be told apart.

    References:
        Pustejovsky & Tipton 2018, JBES 36:672; Bell & McCaffrey 2002, Survey Methodology 28:169; Phipson &
        Smyth 2010, SAGMB 9:39; Schuirmann 1987, J. Pharmacokin. Biopharm. 15:657.
    """

    id = "fatigue"
    measure = Measure("first to last", "points")
    advice = "shorten the sittings, and collect the late votes again or weigh them less"
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.05, "fail": 0.10}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.votes = RowTable(annotator="u8", session="u4", when="i8", pair="u8", vote="i1", timed=bool, tenths="u2")

    def update(self, batch: PairBatch) -> None:
        """Note who voted how, and when."""
        self.counts.add(rows=len(batch))
        annotator = annotator_keys(batch)
        if annotator is None:
            return
        keys = pair_keys(batch)
        rows = comparable(batch) & (keys.chosen != keys.rejected) & (annotator != 0)
        self.counts.add(named=int((annotator != 0).sum()))
        when, timed = _when(batch)
        vote = np.where(as_mask(batch.ties), 1, np.where(keys.first_won, 0, 2))
        self.votes.add(
            annotator=annotator[rows],
            session=_session(batch)[rows],
            when=when[rows],
            pair=(keys.pair ^ (keys.chosen + keys.rejected))[rows],
            vote=vote[rows],
            timed=timed[rows],
            tenths=_tenths(batch)[rows],
        )

    def result(self) -> Finding:
        """The change along a sitting, in shares from -1 to 1."""
        sittings = Sittings(self.votes.columns())
        figures = sittings.figures()
        problem = self._problem(sittings)
        if problem:
            missing = "who judged (annotator)" if not self.counts["named"] else problem
            return self._not_measurable(problem, figures, missing=missing)
        few = int(sittings.annotator.max()) + 1 < _MIN_ANNOTATORS
        found = _slope(sittings, sittings.position, few=few)
        if found is None:
            reason = "the votes with a majority do not spread along the sittings"
            return self._not_measurable(reason, figures, missing=reason)
        return self._judged(found, sittings, figures, few=few)

    def _problem(self, sittings: Sittings) -> str:
        """What stands in the way, if anything."""
        if not self.counts["named"]:
            return "no row names its annotator"
        if sittings.all_tied:
            return "over 10% of the times within every sitting are tied"
        if not len(sittings.agrees):
            return "no vote in a sitting of at least 10 has a majority of others to be held against"
        if sittings.shared_order > _SHARED_ORDER:
            return f"the order of the pairs is shared by the annotators (correlation {sittings.shared_order:.2f})"
        return ""

    def _judged(self, found: Slope, sittings: Sittings, figures: dict[str, Any], *, few: bool) -> Finding:
        values, n = self.values(), len(sittings.agrees)
        effect, low, high = _points(found)
        verdict = _verdict(found, n, values)
        if verdict in _ALARMS and sittings.partly_shared:
            beside = _slope(sittings, sittings.behind, few=few)
            beyond = Verdict.UNDERPOWERED if beside is None else _verdict(beside, n, values)
            if beyond not in _ALARMS:
                return self._confounded(sittings, effect, figures)
            verdict = min(verdict, beyond, key=_ALARMS.index)
        figures |= {"p": found.p, "errors": "permutation" if few else "CR2"}
        if not few:
            figures["degrees_of_freedom"] = found.degrees
        if verdict is Verdict.UNDERPOWERED:
            figures["n_to_settle"] = math.ceil(n * (_POWER * _SPAN * found.error / values["warn"]) ** 2)
        reason = _reason(verdict, (effect, low, high), values, figures)
        brief = _brief(verdict, figures)
        clustered_by = () if few else ("annotator",)
        return self._finding(
            verdict,
            effect,
            (low, high),
            n,
            reason,
            figures,
            brief=brief,
            counted="votes",
            clustered_by=clustered_by,
        )

    def _confounded(self, sittings: Sittings, effect: float, figures: dict[str, Any]) -> Finding:
        reason = (
            f"agreement falls by {-100 * effect:.1f} points along the sittings, but pairs that come late for one"
            f" annotator come late for others, too (correlation {sittings.shared_order:.2f}), and who comes to a pair"
            " later than the others does not agree less: late pairs may be harder"
        )
        return self._not_measurable(reason, figures, missing="an order of the pairs of each annotator's own")

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """Quarter by quarter."""
        title = "agreement with the others, quarter by quarter along the sitting"
        timed = any(row["median_seconds"] is not None for row in figures.get("quarters", ()))
        return (Chart("intervals", "quarters", title, "quarter", "share_agreeing", "votes", table=timed),)


def _slope(sittings: Sittings, x: NDArray[np.float64], *, few: bool) -> Slope | None:
    """The slope of agreement on x, of the votes of which it is known."""
    known = ~np.isnan(x)
    y = sittings.agrees[known].astype(np.float64)
    if few:
        return permuted_slope(x[known], y, sittings.annotator[known], sittings.sitting[known])
    return within_slope(x[known], y, sittings.annotator[known])


def _points(found: Slope) -> tuple[float, float, float]:
    """The change from the first tenth to the last, and the ends of its interval."""
    ends = (found.slope, *found.interval)
    effect, low, high = (max(-1.0, min(1.0, _SPAN * end)) for end in ends)
    return effect, low, high


def _verdict(found: Slope, n: int, values: Mapping[str, float]) -> Verdict:
    """The band rule, asked about the fall alone: a rise is no fatigue."""
    effect, low, high = (min(end, 0.0) for end in _points(found))
    return band(ShareEstimate(effect, (low, high), found.p, n, n, ()), values["warn"], values["fail"], centre=0.0)


def _when(batch: PairBatch) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Microseconds where the time is known, else the row's number; and where it is known."""
    rows, times = batch.row, batch.column("timestamp")
    if times is None:
        return rows.to_numpy(), np.zeros(len(batch), dtype=bool)
    return pc.coalesce(times.cast(pa.int64()), rows).to_numpy(zero_copy_only=False), as_mask(pc.is_valid(times))


def _session(batch: PairBatch) -> NDArray[np.uint32]:
    """32 bits of a hash of the session, 0 where none is named: enough within one annotator's votes."""
    session = batch.column("session")
    if session is None:
        return np.zeros(len(batch), dtype=np.uint32)
    hashes = text_hashes(session, threads=batch.threads)
    words = np.frombuffer(hashes.buffers()[1], dtype="<u4").reshape(-1, 4)[hashes.offset :][: len(hashes), 0]
    return np.where(as_mask(pc.is_valid(session)), np.maximum(words, 1), 0).astype(np.uint32)


def _tenths(batch: PairBatch) -> NDArray[np.uint16]:
    """Seconds spent in tenths, at most 6,553.4; `UNKNOWN_TENTHS` where they are not known."""
    seconds = batch.column("seconds")
    if seconds is None:
        return np.full(len(batch), UNKNOWN_TENTHS, dtype=np.uint16)
    values = pc.fill_null(seconds, -1.0).to_numpy(zero_copy_only=False)
    known = values >= 0
    tenths = np.rint(10 * np.minimum(np.where(known, values, 0), 6553.4))
    return np.where(known, tenths, UNKNOWN_TENTHS).astype(np.uint16)


def _brief(verdict: Verdict, figures: Mapping[str, Any]) -> str:
    what = "agreement" if figures["by_time"] else "order drift, for no times are known: agreement"
    match verdict:
        case Verdict.PASS:
            return f"{what} does not fall along the sitting"
        case Verdict.UNDERPOWERED:
            return f"{what}: too few votes to tell, it takes about {figures['n_to_settle']:,}"
        case _:
            return f"{what} falls along the sitting"


def _reason(
    verdict: Verdict, answer: tuple[float, float, float], values: Mapping[str, float], figures: Mapping[str, Any]
) -> str:
    """What the verdict rests on, in a sentence."""
    effect, low, high = (100 * one for one in answer)
    what = "agreement with the others" if figures["by_time"] else "order drift, not fatigue, for no times are known: it"
    seen = f"{what} changes by {effect:+.1f} [{low:+.1f}, {high:+.1f}] points from the first tenth to the last"
    if figures["first_votes_of_each_pair"]:
        seen += (
            f", by the first {figures['first_votes_of_each_pair']} votes on each pair (later ones are on some alone)"
        )
    if figures["errors"] == "permutation":
        seen += " (by permuting the votes of each sitting, so for these annotators only)"
    match verdict:
        case Verdict.PASS:
            return f"{seen}: no fall over {values['warn']:.0%}"
        case Verdict.UNDERPOWERED:
            return f"{seen}; to tell takes about {figures['n_to_settle']:,} such votes"
        case _:
            return f"{seen}: a fall reaching over {values['fail' if verdict is Verdict.FAIL else 'warn']:.0%}"
