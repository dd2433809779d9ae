"""Does longer win?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from prefaudit.checks.base import Check
from prefaudit.checks.columns import as_mask, cluster_keys, comparable
from prefaudit.checks.examples import TopExamples
from prefaudit.report.model import Chart, Measure, Verdict
from prefaudit.stats.clusters import ClusteredShares, ClusterKeys
from prefaudit.stats.families import Band
from prefaudit.stats.histogram import IntHistogram
from prefaudit.stats.rules import band, rows_to_settle, too_few, what_it_takes
from prefaudit.stats.state import Compound, Counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding
    from prefaudit.stats.clusters import ShareEstimate

#: The slices of the curve: how many times as long the longer response is. Symmetric in chosen and
#: rejected, for slicing by the length of one of them would make a bias out of nothing.
_EDGES = (1.1, 1.25, 1.5, 2.0, 3.0)
_SLICES = ("to 1.1", "1.1-1.25", "1.25-1.5", "1.5-2", "2-3", "over 3")
#: The tutorial remarks on one direction when it is this many times as frequent as the other.
TUTORIAL_FACTOR = 1.5
_EVEN = 0.5


class LengthBias(Check):
    """Does the longer response win?

    What it measures:
        P(chosen longer) among the pairs of unequal length.

    Why it matters:
        Where longer wins for its length, a reward model learns length in place of quality and a policy
        trained on it learns to ramble; where shorter wins, it learns to hold back.

    How it is computed:
        Lengths are words as `len(text.split())` counts them, or characters when over `unspaced` (20%) of
        all letters belong to scripts written without spaces (CJK, Thai, Lao, Khmer). The interval is
        Wilson's; rows with the same prompt or annotator count as dependent. The curve shows the same share by
        how many times as long the longer one is. Beside it stand the tutorial's figures: words of the full
        texts, and its rule that one direction is too frequent when it is over 1.5 times the other.

    Verdict:
        WARN when P(chosen longer) lies over `warn` (.05) from .5 by more than chance, FAIL when its whole
        95% interval lies over `fail` (.10) from .5, PASS when the whole interval is within `warn`. Else
        UNDERPOWERED, with the pairs it would take. Ties have no direction and are left out, as are pairs
        whose transcripts part before the last turn.

    Limits:
        It does not say why: longer answers may be chosen because they are better. `shortcuts` says how far
        length alone predicts the label, and the curve whether the lead grows with the difference.

    References:
        Singhal et al. 2023, arXiv:2310.03716; Wilson 1927, JASA 22:209; Korn & Graubard 1998, Survey
        Methodology 24:193; Cameron, Gelbach & Miller 2011, JBES 29:238; Schuirmann 1987, J. Pharmacokin.
        Biopharm. 15:657.
    """

    id = "length-bias"
    measure = Measure("P(longer wins)", "share")
    advice = "train with a length penalty, or even it out by leaving pairs out"
    filter = "balance-length"
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.05, "fail": 0.10, "unspaced": 0.20}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.words = _Comparison("words")
        self.characters = _Comparison("characters")
        self.full_words = _Lengths()

    def update(self, batch: PairBatch) -> None:
        """Compare the lengths of the pairs of one batch."""
        same_prompt, ties = comparable(batch), as_mask(batch.ties)
        rows = same_prompt & ~ties
        letters, unspaced = batch.letters()
        self.counts.add(
            letters=letters,
            unspaced=unspaced,
            ties=int(ties.sum()),
            left_out=int((~same_prompt).sum()),
        )
        keys = cluster_keys(batch)
        self.words.add(batch, batch.chosen_words.to_numpy(), batch.rejected_words.to_numpy(), rows, keys)
        self.characters.add(batch, batch.chosen_chars.to_numpy(), batch.rejected_chars.to_numpy(), rows, keys)
        self.full_words.add(batch.chosen_full_words.to_numpy(), batch.rejected_full_words.to_numpy())

    def result(self) -> Finding:
        """P(chosen longer), in the unit that fits the script."""
        responses = self._comparison()
        figures = self._figures(responses)
        estimate = responses.shares.estimate()
        if estimate.n == 0:
            reason = "no pair has a preferred response and two of unequal length"
            return self._not_measurable(reason, figures, missing="a preference between responses of unequal length")
        values = self.values()
        verdict = band(estimate, values["warn"], values["fail"])
        counted = self.counted
        if verdict is Verdict.UNDERPOWERED:
            figures["n_to_settle"] = rows_to_settle(estimate, values["warn"])
        return self._finding(
            verdict,
            estimate.share,
            estimate.interval,
            estimate.n,
            _reason(verdict, estimate, values, figures, counted),
            figures,
            responses.examples(longer_wins=estimate.share >= _EVEN),
            brief=_brief(verdict, estimate, values, figures, counted),
            clustered_by=estimate.clustered_by,
        )

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """The curve over the length ratio."""
        del figures
        title = "how often the longer response wins, by how many times as long it is"
        return (Chart("intervals", "curve", title, "length_ratio", "p_longer", "n", marks=(_EVEN,)),)

    def share(self) -> ShareEstimate | None:
        """P(chosen longer), given unequal lengths."""
        return self._comparison().shares.estimate()

    def band(self) -> Band | None:
        """Around a half."""
        values = self.values()
        return Band(_EVEN, values["warn"], values["fail"])

    def _comparison(self) -> _Comparison:
        """In words, or in characters where words are not told apart by spaces."""
        unspaced = self.counts["unspaced"] > self.values()["unspaced"] * self.counts["letters"]
        return self.characters if unspaced else self.words

    def _figures(self, responses: _Comparison) -> dict[str, Any]:
        estimate = responses.shares.estimate()
        full = self.full_words
        return {
            "unit": responses.unit,
            "lengths": [
                {"texts": f"responses, {responses.unit}", **responses.lengths.figures()},
                {"texts": "full texts, words", **full.figures()},
            ],
            "curve": responses.curve(),
            "effective_n": estimate.n_eff,
            "empty_responses": self.words.lengths.chosen[0] + self.words.lengths.rejected[0],
            "ties": self.counts["ties"],
            "left_out_diverged": self.counts["left_out"],
            "tutorial": {
                "longer": full.longer,
                "shorter": full.shorter,
                "factor": TUTORIAL_FACTOR,
                "verdict": tutorial_balance(full.longer, full.shorter),
                "words": _tutorial_words(full.figures()),
            },
        }


def tutorial_balance(longer: int, shorter: int) -> str:
    """The tutorial's rule on how often the chosen text is the longer or the shorter one.

    Example:
        >>> tutorial_balance(longer=412, shorter=572)
        'balanced'
    """
    if longer > TUTORIAL_FACTOR * shorter:
        return "longer is preferred"
    if shorter > TUTORIAL_FACTOR * longer:
        return "shorter is preferred"
    return "balanced"


def _tutorial_words(lengths: Mapping[str, Any]) -> str:
    longer, shorter, same = (lengths[f"share_{name}"] for name in ("longer", "shorter", "same"))
    verdict = tutorial_balance(longer, shorter)
    return (
        f"in the words of the full texts, chosen is longer in {longer:.1%}, shorter in {shorter:.1%}, the same in"
        f" {same:.1%}; one over {TUTORIAL_FACTOR} times the other would be too much: {verdict}"
    )


class _Lengths(Compound):
    """How long the chosen and rejected texts are, and how often which is longer."""

    def __init__(self) -> None:
        self.chosen = IntHistogram()
        self.rejected = IntHistogram()
        self.counts = Counts()

    @property
    def longer(self) -> int:
        """Pairs in which the chosen text is the longer one."""
        return self.counts["longer"]

    @property
    def shorter(self) -> int:
        """Pairs in which the chosen text is the shorter one."""
        return self.counts["shorter"]

    def add(self, chosen: NDArray[np.int64], rejected: NDArray[np.int64]) -> None:
        """Count the lengths of some pairs."""
        self.chosen.add(chosen)
        self.rejected.add(rejected)
        self.counts.add(
            pairs=len(chosen), longer=int((chosen > rejected).sum()), shorter=int((chosen < rejected).sum())
        )

    def figures(self) -> dict[str, Any]:
        """One row of the table of lengths."""
        pairs = self.counts["pairs"]
        n = max(pairs, 1)
        return {
            "n": pairs,
            "mean_chosen": self.chosen.mean(),
            "mean_rejected": self.rejected.mean(),
            "median_chosen": self.chosen.median(),
            "median_rejected": self.rejected.median(),
            "share_longer": self.longer / n,
            "share_shorter": self.shorter / n,
            "share_same": (pairs - self.longer - self.shorter) / n,
        }


class _Comparison(Compound):
    """The lengths of the responses in one unit, and how often the longer one is chosen."""

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.lengths = _Lengths()
        self.shares = ClusteredShares(slices=len(_SLICES))
        self.longer_wins = TopExamples()
        self.shorter_wins = TopExamples()

    def add(
        self,
        batch: PairBatch,
        chosen: NDArray[np.int64],
        rejected: NDArray[np.int64],
        rows: NDArray[np.bool_],
        keys: ClusterKeys,
    ) -> None:
        """Count the pairs where the mask is true."""
        self.lengths.add(chosen[rows], rejected[rows])
        unequal = rows & (chosen != rejected)
        self.shares.add((chosen > rejected)[unequal], _slice(chosen[unequal], rejected[unequal]), keys[unequal])

        def note(at: int) -> str:
            return f"{self.unit}: chosen {chosen[at]:,}, rejected {rejected[at]:,}"

        self.longer_wins.add(batch, chosen - rejected, rows & (chosen > rejected), note)
        self.shorter_wins.add(batch, rejected - chosen, rows & (chosen < rejected), note)

    def examples(self, *, longer_wins: bool) -> TopExamples:
        """The pairs that differ most in the direction that wins."""
        return self.longer_wins if longer_wins else self.shorter_wins

    def curve(self) -> list[dict[str, Any]]:
        """The share by how many times as long the longer response is."""
        estimates = [(name, self.shares.estimate(at)) for at, name in enumerate(_SLICES)]
        return [
            {"length_ratio": name, "n": one.n, "p_longer": one.share, "interval": list(one.interval)}
            for name, one in estimates
            if one.n
        ]


def _slice(chosen: NDArray[np.int64], rejected: NDArray[np.int64]) -> NDArray[np.int64]:
    """The slice of each pair; against an empty response any other is over 3 times as long."""
    longer, shorter = np.maximum(chosen, rejected), np.minimum(chosen, rejected)
    ratio = np.divide(longer, shorter, out=np.full(len(longer), np.inf), where=shorter > 0)
    slices: NDArray[np.int64] = np.searchsorted(_EDGES, ratio, side="left")
    return slices


def _brief(
    verdict: Verdict, estimate: ShareEstimate, values: Mapping[str, float], figures: Mapping[str, Any], counted: str
) -> str:
    winner = "longer" if estimate.share > _EVEN else "shorter"
    match verdict:
        case Verdict.PASS:
            return f"within {values['warn']:.0%} of even"
        case Verdict.FAIL:
            return f"{winner} wins: all of the interval is over {values['fail']:.0%} from even"
        case Verdict.WARN:
            return f"{winner} wins by more than chance, reaching over {values['warn']:.0%} from even"
        case _:
            return too_few(estimate, figures["n_to_settle"], counted)


def _reason(
    verdict: Verdict, estimate: ShareEstimate, values: Mapping[str, float], figures: Mapping[str, Any], counted: str
) -> str:
    """What the verdict rests on, in a sentence."""
    low, high = estimate.interval
    seen = f"the longer response is chosen in {estimate.share:.1%} [{low:.1%}, {high:.1%}] of the {counted}"
    seen += f"{' on pairs' if counted == 'votes' else ''} of unequal length"
    if estimate.these_annotators_only:
        seen += " (the interval is for these annotators only: they are too few, or some rows name none)"
    winner = "longer" if estimate.share > _EVEN else "shorter"
    match verdict:
        case Verdict.PASS:
            return f"{seen}, within {values['warn']:.0%} of even"
        case Verdict.FAIL:
            return f"{winner} wins: {seen}, all of it over {values['fail']:.0%} from even"
        case Verdict.WARN:
            return f"{winner} wins by more than chance: {seen}, reaching over {values['warn']:.0%} from even"
        case _:
            return f"{seen}; to tell takes {what_it_takes(estimate, figures['n_to_settle'], counted)}"
