"""Can a reader who ignores the content tell who wins?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from prefaudit import kernels
from prefaudit.checks.base import Check
from prefaudit.checks.columns import as_mask, combined, comparable, pair_keys, source_keys
from prefaudit.report.model import Chart, Measure, Verdict
from prefaudit.stats.clusters import ShareEstimate
from prefaudit.stats.rules import rows_to_tell
from prefaudit.stats.shortcut import (
    Share,
    accuracy,
    auc,
    clustered_share,
    fit,
    held_out_scores,
    paired_interval,
    scaled,
)
from prefaudit.stats.state import Counts
from prefaudit.stats.table import RowTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding

#: Counts of `kernels.text_features` that are compared as logarithms.
_COUNTED = ("lines", "list_items", "code_marks", "questions", "refusals", "digits", "capitals", "punctuation")
FEATURES = ("words", *_COUNTED, "prompt_overlap")
#: Differences are kept as 16-bit numbers in these steps.
_STEPS = 512
_LEAST_PROMPTS = 200
#: Of more pairs than this, as many are looked at: enough for an interval of a fifth of a percent to either side.
SAMPLE = 1 << 18


class Shortcuts(Check):
    """Can a reader who ignores the content tell who wins?

    What it measures:
        The accuracy, on prompts that it has not seen, of a model that knows of the two responses only how long they
        are, how many lines, list items, code marks, question marks, phrases of refusal, digits, capitals and
        punctuation marks they have, and how much of them the prompt said already.

    Why it matters:
        What can be predicted from the surface is what a reward model learns first, and what a policy then
        exploits: longer answers, more lists, fewer refusals.

    How it is computed:
        Each feature is the difference, chosen minus rejected, of log(1 + count), and of the share of terms that the
        prompt holds. A ridge logistic regression without intercept is fitted to four fifths of the prompts (by hash)
        and orders the pairs of the other fifth; a pair that it cannot order is half right. The interval is Wilson's,
        clustered by prompt. `auc` is the chance that two pairs' scores add up to more than 0; its error is twice that
        of the mean of its parts (how often each pair does so with the others), clustered by prompt. `weights` are of
        differences with a mean square of 1. Beside it stands the accuracy of length alone, and the paired difference.
        Ties, equal responses and transcripts that part early are left out. Of more than 262,144 pairs, so many are
        looked at: those with the lowest hashes of texts and row number, whatever the order they come in.

    Verdict:
        FAIL when the whole interval lies over `fail` (75%), WARN when over `warn` (65%), PASS when it lies below
        `warn`, else UNDERPOWERED; with under 200 prompts always UNDERPOWERED.

    Limits:
        Predictable is not biased: better answers may be longer and have more lists. Signs are counted, not
        understood. A model with more features, or one that reads, would predict more.

    References:
        Gururangan et al. 2018, NAACL, arXiv:1803.02324 (labels told without the premise); Bradley & Terry 1952,
        Biometrika 39:324; Hoeffding 1948, Ann. Math. Stat. 19:293 (U-statistics).
    """

    id = "shortcuts"
    measure = Measure("surface tells", "share")
    advice = "look at what weighs most, tell annotators what must not count, or even out the lengths"
    filter = "balance-length"
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.65, "fail": 0.75}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.rows = RowTable(SAMPLE, key="u8", prompt="u8", **dict.fromkeys(FEATURES, "i2"))

    def update(self, batch: PairBatch) -> None:
        """Keep the differences of the pairs of one batch."""
        keys = pair_keys(batch)
        rows = comparable(batch) & ~as_mask(batch.ties) & (keys.chosen != keys.rejected)
        self.counts.add(pairs=int(rows.sum()), left_out=int((~rows).sum()))
        if rows.any():
            found = _differences(batch)
            place = batch.row.to_numpy().astype(np.uint64), source_keys(batch)
            key = combined(keys.chosen, keys.rejected, *place)
            self.rows.add(key=key[rows], prompt=keys.prompt[rows], **{name: found[name][rows] for name in FEATURES})

    def result(self) -> Finding:
        """How often the surface tells who wins."""
        rows = self.rows.columns()
        prompts = rows["prompt"]
        figures: dict[str, Any] = {
            "compared": self.counts["pairs"],
            "left_out_ties_equal_or_diverged": self.counts["left_out"],
        }
        if not len(prompts):
            reason = "no pair has a preference between two different responses"
            return self._not_measurable(reason, figures, missing="a preference between different responses")
        differences = np.stack([rows[name] for name in FEATURES]).astype(np.float64) / _STEPS
        values = scaled(differences)
        weights = fit(values)
        scores = held_out_scores(values, prompts, weights)
        alone = values[:1]
        ordered, by_length = accuracy(scores), held_out_scores(alone, prompts, fit(alone))
        found = clustered_share(ordered, prompts)
        distinct = len(np.unique(prompts))
        figures |= {"prompts": distinct, "effective_n": found.n_eff, **_auc(scores, prompts)}
        figures |= _length(ordered, by_length, prompts)
        figures["weights"] = _weights(weights, differences)
        verdict = self._verdict(found, distinct)
        reason = self._reason(verdict, found, len(prompts), distinct)
        heaviest = [f"{row['feature']} {row['weight']:+.2f}" for row in figures["weights"][:3]]
        most = ", ".join(heaviest).replace("_", " ")
        counted = self.counted
        unsettled = f"too few prompts or {counted} to tell; " if verdict is Verdict.UNDERPOWERED else ""
        return self._finding(
            verdict,
            found.share,
            found.interval,
            len(prompts),
            reason,
            figures,
            brief=f"{unsettled}what tells most: {most}",
            clustered_by=("prompt",),
        )

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """The weights."""
        del figures
        title = "what more of a feature does for a response's chances (weights)"
        return (Chart("bars", "weights", title, "feature", "weight", unit="number"),)

    def _verdict(self, found: Share, prompts: int) -> Verdict:
        values = self.values()
        low, high = found.interval
        if prompts < _LEAST_PROMPTS:
            return Verdict.UNDERPOWERED
        if low > values["fail"]:
            return Verdict.FAIL
        if low > values["warn"]:
            return Verdict.WARN
        return Verdict.PASS if high <= values["warn"] else Verdict.UNDERPOWERED

    def _reason(self, verdict: Verdict, found: Share, pairs: int, prompts: int) -> str:
        low, high = found.interval
        counted = self.counted
        seen = f"the surface of the responses tells the preferred one in {found.share:.1%} [{low:.1%}, {high:.1%}]"
        if self.counts["pairs"] > SAMPLE:
            seen = f"in a sample of {SAMPLE:,} of {self.counts['pairs']:,} {counted}, {seen}"
        if prompts < _LEAST_PROMPTS:
            return f"{seen} of the {counted}, on {prompts:,} prompts: to tell takes {_LEAST_PROMPTS} prompts"
        if verdict is Verdict.UNDERPOWERED:
            warn = self.values()["warn"]
            estimate = ShareEstimate(found.share, found.interval, 1.0, pairs, found.n_eff, ("prompt",))
            needed = rows_to_tell(estimate, warn)
            told = "" if needed is None else f"; to tell takes about {max(needed, pairs + 1):,} such {counted}"
            return f"{seen} of the {counted}, and {warn:.0%} lies within{told}"
        return f"{seen} of the {counted} on prompts that it has not seen"


def _differences(batch: PairBatch) -> dict[str, NDArray[np.int16]]:
    """The features of each pair, in steps."""
    texts = (batch.texts[name] for name in ("prompt", "chosen", "rejected"))
    sides = kernels.text_features(*texts, threads=batch.threads)
    words = (batch.chosen_words.to_numpy(), batch.rejected_words.to_numpy())
    counted = {name: tuple(side.column(name).to_numpy() for side in sides) for name in _COUNTED}
    found = {name: _in_steps(np.log1p(one) - np.log1p(two)) for name, (one, two) in counted.items()}
    one, two = (
        side.column("prompt_terms").to_numpy() / np.maximum(side.column("terms").to_numpy(), 1) for side in sides
    )
    return {
        **found,
        "words": _in_steps(np.log1p(words[0]) - np.log1p(words[1])),
        "prompt_overlap": _in_steps(one - two),
    }


def _in_steps(values: NDArray[np.float64]) -> NDArray[np.int16]:
    steps: NDArray[np.int16] = np.clip(np.rint(values * _STEPS), -32767, 32767).astype(np.int16)
    return steps


def _auc(scores: NDArray[np.float64], prompts: NDArray[np.uint64]) -> dict[str, Any]:
    found = auc(scores, prompts)
    return {"auc": found.area, "auc_error": found.error, "auc_interval": list(found.interval)}


def _length(ordered: NDArray[np.float64], scores: NDArray[np.float64], prompts: NDArray[np.uint64]) -> dict[str, Any]:
    """What the scores by length alone tell, and what all features tell beyond that."""
    alone = accuracy(scores)
    gain, interval = paired_interval(ordered, alone, prompts)
    length = clustered_share(alone, prompts)
    area = auc(scores, prompts).area
    rows = [
        {"from": "length alone", "accuracy": length.share, "interval": list(length.interval), "auc": area},
        {"from": "what the others add", "accuracy": gain, "interval": list(interval), "auc": None},
    ]
    return {"beside": rows}


def _weights(weights: NDArray[np.float64], differences: NDArray[np.float64]) -> list[dict[str, Any]]:
    """The features by the weight that a fit to all pairs gives them, and how often each differs.

    Rounded to what is the same on every machine: further digits depend on how its libraries add up.
    """
    rows = [
        {
            "feature": name,
            "weight": round(float(weights[at]), 6),
            "share_differing": float((differences[at] != 0).mean()),
        }
        for at, name in enumerate(FEATURES)
    ]
    return sorted(rows, key=lambda row: -abs(float(row["weight"])))
