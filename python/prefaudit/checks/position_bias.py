"""Does what was shown first win?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow.compute as pc

from prefaudit.checks.base import Check
from prefaudit.checks.columns import annotator_keys, annotator_names, as_mask, comparable, pair_keys
from prefaudit.checks.position_judges import Judge, judges_of
from prefaudit.report.model import Chart, Measure, Verdict
from prefaudit.stats.names import Names
from prefaudit.stats.rules import band, rows_to_settle, too_few, what_it_takes
from prefaudit.stats.state import Counts
from prefaudit.stats.table import RowTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding

#: A judge who gave a smaller share of the votes can raise an alarm, but a PASS does not wait for them.
_PART = 0.1
#: Judges shown in the report: those with the most votes.
_SHOWN = 10
#: The rate of false alarms among judges who stand out. One of .05 would alarm on 5% of clean data, however large they
#: are, for where judges are many each has few votes; this one costs little power.
_RATE = 0.01
_RANK = (Verdict.PASS, Verdict.UNDERPOWERED, Verdict.WARN, Verdict.FAIL)
_EVEN = 0.5


class PositionBias(Check):
    """Does the response that was shown first win?

    What it measures:
        P(first wins), for each judge and for all together; the figure is that of the worst judge.

    Why it matters:
        A judge who goes by the place tells nothing about the responses, and a model used as a judge often
        does. Judges who lean to opposite sides cancel when they are pooled, and both still add noise.

    How it is computed:
        Where a judge mostly saw both orders of a pair, from the pairs decided in both: the first won both
        times (FF), the second did (SS), or the same response won (consistent); P(first wins) is
        .5 + (FF - SS) / (2 pairs), its interval Tango's, its p-value the exact one of McNemar. FF and SS
        alone are no sign of a direction: an unbiased judge who is right in 7 of 10 gives them in 42% of the
        pairs. Else from single votes: the share won by the first. Rows with the same prompt count as
        dependent, and so do those of an annotator in the pooled figure. The p-values of the judges with at
        least `min_votes` decided votes are adjusted for their number (Benjamini-Hochberg); a judge among others
        raises an alarm only at an adjusted p of .01.

    Verdict:
        The worst judge's: WARN when P(first wins) lies over `warn` (.05) from .5 by more than chance, FAIL
        when its whole 95% interval lies over `fail` (.10) from .5, PASS when the interval is within `warn`.
        Judges who gave under a tenth of the votes can raise an alarm, but a PASS does not wait for them.
        NOT MEASURABLE without `first_shown`, which formats fill in only where the source documents the place.

    Limits:
        Single votes tell the place from the quality only if the places were dealt at random. A tie has no
        direction; a judge whose vote turns into a tie with the order is counted ("one_tie"), not weighed.
        Sources that print such a vote as one tie keep no trace of the place.

    References:
        Wang et al. 2023, arXiv:2305.17926; Zheng et al. 2023, arXiv:2306.05685; McNemar 1947, Psychometrika
        12:153; Tango 1998, Stat. Med. 17:891; Benjamini & Hochberg 1995, JRSS B 57:289.
    """

    id = "position-bias"
    measure = Measure("P(first wins)", "share")
    advice = "ask each judge in both orders and keep the pairs with the same winner, or drop that judge's votes"
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.05, "fail": 0.10, "min_votes": 20}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.names = Names()
        # `low` is the response whose hash is lower: whether it was shown first, and who won (1 first, -1 second).
        self.votes = RowTable(judge="u8", pair="u8", prompt="u8", low_first=bool, won="i1")

    def update(self, batch: PairBatch) -> None:
        """Note who voted for which place."""
        same_prompt, shown = comparable(batch), batch.column("first_shown")
        self.counts.add(rows=len(batch), left_out=int((~same_prompt).sum()))
        if shown is None:
            return
        first, second = (as_mask(pc.fill_null(pc.equal(shown, side), False)) for side in ("chosen", "rejected"))
        keys, judges = pair_keys(batch), annotator_keys(batch)
        alike = same_prompt & (first | second) & (keys.chosen == keys.rejected)
        rows = same_prompt & (first | second) & ~alike
        self.counts.add(identical=int(alike.sum()))
        won = np.where(as_mask(batch.ties), 0, np.where(first, 1, -1))
        self.names.add(*annotator_names(batch))
        self.votes.add(
            judge=(np.zeros(len(batch), np.uint64) if judges is None else judges)[rows],
            pair=_with_texts(keys.pair, keys.chosen, keys.rejected)[rows],
            prompt=keys.prompt[rows],
            low_first=(keys.first_won == first)[rows],
            won=won[rows],
        )

    def result(self) -> Finding:
        """P(first wins) of the worst judge."""
        votes, values = self.votes.columns(), self.values()
        figures: dict[str, Any] = {
            "votes_with_a_place": len(self.votes),
            "ties": int((votes["won"] == 0).sum()),
            "left_out_identical": self.counts["identical"],
            "left_out_diverged": self.counts["left_out"],
            "rows_without_a_place": self._without_a_place(),
        }
        if len(self.votes) == 0:
            reason = "no row says which response was shown first (first_shown)"
            return self._not_measurable(reason, figures, missing="which was shown first (first_shown)")
        judges = judges_of(votes, values["min_votes"])
        if not judges:
            return self._not_measurable("every vote with a place is a tie", figures, missing="a vote that is no tie")
        verdicts = [_verdict(judge, values) for judge in judges]
        worst, verdict = _worst(judges, verdicts)
        figures |= self._figures(worst, judges, verdicts)
        if verdict is Verdict.UNDERPOWERED:
            figures["n_to_settle"] = rows_to_settle(worst.estimate, values["warn"])
        reason = _reason(verdict, worst, self._name(worst), values, figures)
        estimate = worst.estimate
        brief = _brief(verdict, worst, self._name(worst), values, figures)
        return self._finding(
            verdict,
            estimate.share,
            estimate.interval,
            estimate.n,
            reason,
            figures,
            brief=brief,
            counted=worst.counted,
            clustered_by=estimate.clustered_by,
        )

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """The judges beside each other."""
        del figures
        title = "how often what was shown first wins"
        return (Chart("intervals", "judges", title, "judge", "p_first", "votes", marks=(_EVEN,)),)

    def _without_a_place(self) -> int:
        return self.counts["rows"] - self.counts["left_out"] - self.counts["identical"] - len(self.votes)

    def _name(self, judge: Judge) -> str:
        match judge.key:
            case None:
                return "all judges"
            case 0:
                return "(not named)"
            case key:
                return self.names[key]

    def _figures(self, worst: Judge, judges: list[Judge], verdicts: list[Verdict]) -> dict[str, Any]:
        """The worst judge, then those with the most votes."""
        order = sorted(zip(judges, verdicts, strict=True), key=lambda one: (one[0] is not worst, -one[0].votes))
        shown = order[:_SHOWN]
        both = [(judge, judge.orders) for judge, _ in shown if judge.orders.pairs]
        figures: dict[str, Any] = {
            "judges_tested": sum(judge.key is not None for judge in judges),
            "judges": [
                {
                    "judge": self._name(judge),
                    "verdict": verdict.value,
                    "votes": judge.votes,
                    "from": "both orders" if judge.balanced else "single votes",
                    "p_first": judge.estimate.share,
                    "interval": list(judge.estimate.interval),
                    "q": judge.q,
                    "share_first": judge.share_first,
                }
                for judge, verdict in shown
            ],
        }
        if both:
            figures["both_orders"] = [{"judge": self._name(judge), **orders.figures()} for judge, orders in both]
        return figures


def _worst(judges: list[Judge], verdicts: list[Verdict]) -> tuple[Judge, Verdict]:
    """The judge on whom the verdict rests; of equal ones the furthest from even."""
    everyone = max(judge.votes for judge in judges)

    def rank(one: tuple[Judge, Verdict]) -> tuple[int, float]:
        judge, verdict = one
        small = judge.votes < _PART * everyone and verdict is Verdict.UNDERPOWERED
        return -1 if small else _RANK.index(verdict), abs(judge.estimate.share - _EVEN)

    return max(zip(judges, verdicts, strict=True), key=rank)


def _with_texts(*keys: np.ndarray[Any, np.dtype[np.uint64]]) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """The pair's key, told apart by its two responses: a name shared by different texts is not one pair."""
    pair, one, other = keys
    mixed: np.ndarray[Any, np.dtype[np.uint64]] = pair ^ (one + other)
    return mixed


def _verdict(judge: Judge, values: Mapping[str, Any]) -> Verdict:
    """The band rule, in which the alarm of one among several judges must outlast their number."""
    verdict = band(judge.estimate, values["warn"], values["fail"])
    alarm = verdict in {Verdict.WARN, Verdict.FAIL}
    return Verdict.UNDERPOWERED if alarm and judge.among_others and judge.q > _RATE else verdict


def _brief(verdict: Verdict, judge: Judge, name: str, values: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    winner = "first" if judge.estimate.share > _EVEN else "second"
    many = figures["judges_tested"]
    who = f"{name}, the furthest of {many:,} judges" if many > 1 and judge.key is not None else name
    match verdict:
        case Verdict.PASS:
            return f"within {values['warn']:.0%} of even ({who})"
        case Verdict.FAIL | Verdict.WARN:
            return f"the {winner} place wins ({who})"
        case _:
            return f"{too_few(judge.estimate, figures['n_to_settle'], judge.counted)} ({who})"


def _reason(verdict: Verdict, judge: Judge, name: str, values: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """What the verdict rests on, in a sentence."""
    low, high = judge.estimate.interval
    seen = f"the response shown first wins in {judge.estimate.share:.1%} [{low:.1%}, {high:.1%}]"
    unit = "pairs seen in both orders" if judge.balanced else "votes that are no tie"
    of_all = "" if judge.key is None else f", {judge.votes / figures['votes_with_a_place']:.0%} of the votes"
    seen += f" of {judge.estimate.n:,} {unit} ({name}{of_all})"
    if judge.estimate.these_annotators_only:
        seen += "; the interval is for these annotators only"
    winner = "first" if judge.estimate.share > _EVEN else "second"
    match verdict:
        case Verdict.PASS:
            return f"{seen}, within {values['warn']:.0%} of even"
        case Verdict.FAIL:
            return f"the {winner} place wins: {seen}, all of it over {values['fail']:.0%} from even"
        case Verdict.WARN:
            return f"the {winner} place wins by more than chance: {seen}, reaching over {values['warn']:.0%} from even"
        case _:
            return f"{seen}; to tell takes {what_it_takes(judge.estimate, figures['n_to_settle'], judge.counted)}"
