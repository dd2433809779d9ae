"""Do annotators agree?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.checks.agreement_votes import Votes
from prefaudit.checks.base import Check
from prefaudit.checks.columns import annotator_keys, annotator_names, as_mask, clusters, comparable, pair_keys
from prefaudit.report.model import Chart, Measure, Verdict
from prefaudit.stats.alpha import alpha, alpha_interval, pairwise_agreement
from prefaudit.stats.names import Names
from prefaudit.stats.state import Counts
from prefaudit.stats.table import RowTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding

#: What Krippendorff asks for tentative conclusions; shown for reference, no threshold here.
REFERENCE = 0.667
_Z_95, _Z_POWER = 1.959964, 1.281552
_NEAREST = 0.05  # closer to the threshold than this is not worth telling apart


class Agreement(Check):
    """Do annotators agree?

    What it measures:
        Krippendorff's alpha over the pairs with votes of at least two annotators: 1 is full agreement, 0 what
        chance would give.

    Why it matters:
        Where people who see the same two responses disagree, the label is a coin, and no model can learn it.
        Raw agreement misleads: with two even categories, 63% of agreement is an alpha of .26.

    How it is computed:
        A vote's category is which response won: the one whose hash is lower, the other, or a tie. Any other
        order of the two, such as that of the models, would change alpha. Of an annotator who judged a pair
        more than once the first vote counts; the others are compared with it. A row that names neither
        annotator nor pair is no vote: it may just be a repeated row. The interval is the 95% one of a
        bootstrap over pairs. Beside it: the share of pairs of votes that agree, alpha of the first two votes
        alone (more votes are often bought where people disagree), agreement between votes that saw the same
        order and opposite orders, and for each annotator the agreement with the others and how often the
        longer response (in characters) is preferred, with an interval clustered by prompt.

    Verdict:
        PASS when the whole interval is at least `warn` (.4), WARN when all of it is below, FAIL when all of
        it is below `fail` (.2). Else, or with under `min_pairs` (30) pairs, UNDERPOWERED. Krippendorff's own
        reference of .667 is shown, not asked for. NOT MEASURABLE without two votes on some pair.

    Limits:
        Low agreement can be the question's fault as much as the annotators': where both responses are good,
        people may differ with reason. The interval is about other pairs like these, judged by these people; pairs
        of one prompt count as independent.

    References:
        Krippendorff 2011, Computing Krippendorff's Alpha-Reliability; Cohen 1960, Educ. Psychol. Meas. 20:37;
        Efron & Tibshirani 1993, An Introduction to the Bootstrap; Bai et al. 2022, arXiv:2204.05862.
    """

    id = "agreement"
    measure = Measure("alpha")
    advice = (
        "look at the annotators who differ most from the others; to train, keep the votes of a clear majority"
        " (the filter min-agreement)"
    )
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.4, "fail": 0.2, "min_pairs": 30}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.names = Names()
        self.votes = RowTable(pair="u8", annotator="u8", when="i8", vote="i1", longer="i1", low_first="i1", prompt="u1")

    def update(self, batch: PairBatch) -> None:
        """Note who voted how on which pair."""
        keys, people = pair_keys(batch), annotator_keys(batch)
        annotator = np.zeros(len(batch), np.uint64) if people is None else people
        same_prompt = comparable(batch)
        known = (annotator != 0) | _filled(batch.column("pair_id"), len(batch))
        unlike = keys.chosen != keys.rejected
        rows = same_prompt & known & unlike
        ties = as_mask(batch.ties)
        lengths = batch.chosen_chars.to_numpy() - batch.rejected_chars.to_numpy()
        # Of a pair name shared by different texts, each two responses are a pair of their own.
        pair = keys.pair ^ (keys.chosen + keys.rejected)
        self.counts.add(
            diverged=int((~same_prompt).sum()),
            identical=int((same_prompt & known & ~unlike).sum()),
            no_vote=int((same_prompt & ~known).sum()),
        )
        self.names.add(*annotator_names(batch))
        self.votes.add(
            pair=pair[rows],
            annotator=annotator[rows],
            when=_when(batch)[rows],
            vote=np.where(ties, 1, np.where(keys.first_won, 0, 2))[rows],
            longer=np.where(ties, 0, np.sign(lengths))[rows],
            low_first=_low_first(batch, keys.first_won)[rows],
            prompt=clusters(keys.prompt[rows]).prompt,
        )

    def result(self) -> Finding:
        """Krippendorff's alpha."""
        votes = Votes(self.votes.columns())
        figures = self._figures(votes)
        pairs = figures["pairs_with_votes"]
        if pairs == 0:
            missing = "second votes on a pair (annotator, pair_id)"
            return self._not_measurable("no pair has votes of two annotators", figures, missing=missing)
        value = alpha(votes.counts)
        if math.isnan(value):
            reason = f"all votes on the {pairs:,} pairs with several are alike in kind"
            return self._not_measurable(reason, figures, missing="votes that differ in kind")
        low, high = alpha_interval(votes.counts)
        interval = (min(low, value), max(high, value))
        settings = self.values()
        verdict = _verdict(interval, pairs, settings)
        if verdict is Verdict.UNDERPOWERED:
            figures["n_to_settle"] = _pairs_to_settle(value, interval, pairs, settings)
        reason = _reason(verdict, value, interval, settings, figures)
        brief = _brief(verdict, figures)
        return self._finding(
            verdict, value, interval, pairs, reason, figures, brief=brief, counted="pairs", clustered_by=("pair",)
        )

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """Alpha on its scale."""
        del figures
        values = self.values()
        marks = (values["fail"], values["warn"], REFERENCE)
        title = "alpha: 0 is chance, 1 is full agreement; marked are the limits and Krippendorff's reference"
        return (Chart("scale", title=title, unit="number", span=(-0.2, 1.0), marks=marks),)

    def _figures(self, votes: Votes) -> dict[str, Any]:
        per_pair = votes.counts.sum(axis=1)
        agreeing, vote_pairs = pairwise_agreement(votes.counts)
        first_two = alpha(votes.first_two())
        again, same = votes.repeats()
        figures: dict[str, Any] = {
            "votes": len(self.votes),
            "pairs_with_votes": int((per_pair > 1).sum()),
            "unanimous": int(((votes.counts.max(axis=1, initial=0) == per_pair) & (per_pair > 1)).sum()),
            "vote_pairs": vote_pairs,
            "share_agreeing": agreeing / vote_pairs if vote_pairs else None,
            "alpha_of_first_two_votes": None if math.isnan(first_two) else first_two,
            "alpha_reference": REFERENCE,
            "repeated_votes": len(again),
            "share_repeated_alike": float(same.mean()) if len(again) else None,
            "rows_that_are_no_vote": self.counts["no_vote"],
            "left_out_identical": self.counts["identical"],
            "left_out_diverged": self.counts["diverged"],
        }
        orders, annotators, kappas = votes.orders(), votes.annotators(self.names), votes.kappas(self.names)
        shown = {"orders": orders, "annotators": annotators, "kappas": kappas}
        return figures | {name: value for name, value in shown.items() if value}


def _filled(names: pa.Array | None, size: int) -> NDArray[np.bool_]:
    """Where there is a name."""
    if names is None:
        return np.zeros(size, dtype=bool)
    return as_mask(pc.fill_null(pc.greater(pc.binary_length(names), 0), False))


def _when(batch: PairBatch) -> NDArray[np.int64]:
    """The time in microseconds, or the row's number where no time is known: only the order counts."""
    rows, times = batch.row, batch.column("timestamp")
    known = rows if times is None else pc.coalesce(times.cast(pa.int64()), rows)
    when: NDArray[np.int64] = known.to_numpy(zero_copy_only=False)
    return when


def _low_first(batch: PairBatch, low_won: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Whether the response of lower hash was shown first; -1 where that is not known."""
    shown = batch.column("first_shown")
    if shown is None:
        return np.full(len(batch), -1, dtype=np.int8)
    chosen, rejected = (as_mask(pc.fill_null(pc.equal(shown, side), False)) for side in ("chosen", "rejected"))
    return np.where(chosen | rejected, low_won == chosen, -1).astype(np.int8)


def _verdict(interval: tuple[float, float], pairs: int, settings: Mapping[str, float]) -> Verdict:
    low, high = interval
    if pairs < settings["min_pairs"]:
        return Verdict.UNDERPOWERED
    if high < settings["warn"]:
        return Verdict.FAIL if high < settings["fail"] else Verdict.WARN
    return Verdict.PASS if low >= settings["warn"] else Verdict.UNDERPOWERED


def _pairs_to_settle(value: float, interval: tuple[float, float], pairs: int, settings: Mapping[str, float]) -> int:
    """How many pairs show with 90% power on which side of `warn` alpha lies, if it lies where it seems to."""
    error = (interval[1] - interval[0]) / (2 * _Z_95)
    distance = max(abs(value - settings["warn"]), _NEAREST)
    return math.ceil(max(settings["min_pairs"], pairs * ((_Z_95 + _Z_POWER) * error / distance) ** 2))


def _brief(verdict: Verdict, figures: Mapping[str, Any]) -> str:
    if verdict is Verdict.UNDERPOWERED:
        return f"too few pairs to tell: it takes about {figures['n_to_settle']:,} with several votes"
    return f"{figures['share_agreeing']:.0%} of the votes agree two by two"


def _reason(
    verdict: Verdict,
    value: float,
    interval: tuple[float, float],
    settings: Mapping[str, float],
    figures: Mapping[str, Any],
) -> str:
    """What the verdict rests on, in a sentence."""
    low, high = interval
    seen = (
        f"alpha is {value:.2f} [{low:.2f}, {high:.2f}] on {figures['pairs_with_votes']:,} pairs with several votes, "
        f"of which {figures['share_agreeing']:.0%} agree two by two"
    )
    match verdict:
        case Verdict.PASS:
            return f"annotators agree: {seen}"
        case Verdict.FAIL:
            return f"annotators hardly agree: {seen}, all of it below {settings['fail']:g}"
        case Verdict.WARN:
            return f"annotators agree little: {seen}, all of it below {settings['warn']:g}"
        case _:
            return f"{seen}; to tell takes about {figures['n_to_settle']:,} such pairs"
