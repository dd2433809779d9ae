"""Are chosen and rejected nearly the same?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow.compute as pc

from prefaudit.checks.base import Check
from prefaudit.checks.columns import comparable
from prefaudit.checks.examples import TopExamples
from prefaudit.report.model import Chart, Measure
from prefaudit.stats.histogram import RatioHistogram
from prefaudit.stats.intervals import clopper_pearson
from prefaudit.stats.rules import census
from prefaudit.stats.state import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding

HIGH, MEDIUM = 0.9, 0.7
#: The tutorial warns when more than this share of the full texts has a ratio over `HIGH`.
TUTORIAL_SHARE = 0.1


class NearDuplicate(Check):
    """Are chosen and rejected nearly the same?

    What it measures:
        The share of pairs whose two responses have a ratio above 0.9.

    Why it matters:
        Two responses that hardly differ carry little signal about what is preferred. Whole transcripts
        look alike because their prompts are the same, which tells nothing about the responses.

    How it is computed:
        The ratio is `difflib.SequenceMatcher(None, chosen, rejected, autojunk=False).ratio()`, of every
        pair. Beside it stand the same shares with difflib's default (autojunk on: characters frequent in a
        long text start no match) and for the full texts, with the tutorial's rule: too many when over 10%
        of the full texts are above 0.9, autojunk on. What part of the full texts is the shared prompt says
        how much of that figure is no property of the responses.

    Verdict:
        WARN when more than `warn` (1%) of the pairs are above 0.9, FAIL when more than `fail` (5%) are.
        Every row is read, so the share is a fact; its interval (Clopper-Pearson) is about future data,
        and decides only with `sampled`. Pairs whose transcripts part before the last turn are left out.

    Limits:
        A ratio counts characters: two answers that differ in one decisive word, a number or a "not", are near
        duplicates here although their preference may be well founded.

    References:
        Ratcliff & Metzener 1988, Dr. Dobb's Journal 13(7):46; Clopper & Pearson 1934, Biometrika 26:404.
    """

    id = "near-duplicate"
    measure = Measure("ratio above .9", "share")
    advice = "leave them out, or look at what differs: one decisive word can be a reason"
    filter = "near-duplicate:0.9"
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.01, "fail": 0.05, "sampled": False}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.responses = RatioHistogram()
        self.responses_autojunk = RatioHistogram()
        self.full_texts = RatioHistogram()
        self.full_texts_autojunk = RatioHistogram()
        self.examples = TopExamples()

    def update(self, batch: PairBatch) -> None:
        """Count the pairs of one batch by how alike they are."""
        rows = comparable(batch)
        ratios = batch.ratio.to_numpy()
        self.counts.add(left_out=int((~rows).sum()))
        self.responses.add(ratios[rows])
        self.responses_autojunk.add(batch.ratio_autojunk.to_numpy()[rows])
        self.full_texts_autojunk.add(batch.full_ratio.to_numpy())
        if batch.has_transcripts:
            self.full_texts.add(batch.full_ratio_exact.to_numpy())
            full_bytes = _bytes(batch.chosen_full) + _bytes(batch.rejected_full)
            self.counts.add(prompt_bytes=2 * _bytes(batch.prompt), full_bytes=full_bytes)
        self.examples.add(batch, ratios, rows & (ratios > MEDIUM), lambda at: f"ratio {ratios[at]:.3f}")

    def result(self) -> Finding:
        """The share of pairs above 0.9."""
        n, high = self.responses.total, self.responses.count_above(HIGH)
        if n == 0:
            return self._not_measurable("no pair holds two responses to one prompt", self._figures())
        interval = clopper_pearson(high, n)
        verdict = census(high, n, interval, **self.values())
        counted, figures = self.counted, self._figures()
        reason = f"{high:,} of {n:,} {counted} ({high / n:.2%}) have responses with a ratio above {HIGH}"
        brief = f"{high:,} {counted} with responses that are nearly the same"
        return self._finding(verdict, high / n, interval, n, reason, figures, self.examples, brief=brief)

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """How alike the responses are."""
        del figures
        title = "the ratios of the two responses"
        return (Chart("histogram", "histogram", title, span=(0.0, 1.0), marks=(MEDIUM, HIGH), unit="number"),)

    def _figures(self) -> dict[str, Any]:
        shown = [
            ("responses", False, self.responses),
            ("responses", True, self.responses_autojunk),
            ("full texts", False, self.full_texts),
            ("full texts", True, self.full_texts_autojunk),
        ]
        figures: dict[str, Any] = {
            "ratios": [
                {"texts": texts, "autojunk": autojunk, **_shares(ratios)}
                for texts, autojunk, ratios in shown
                if ratios.total
            ],
            "histogram": self.responses.counts,
            "left_out_diverged": self.counts["left_out"],
        }
        if self.counts["full_bytes"]:
            figures["prompt_share_of_full_texts"] = self.counts["prompt_bytes"] / self.counts["full_bytes"]
        return {**figures, "tutorial": self._tutorial(figures.get("prompt_share_of_full_texts"))}

    def _tutorial(self, prompt: float | None) -> dict[str, Any]:
        """The tutorial's figure and the verdict of its rule, on the texts as the source prints them."""
        n, high = self.full_texts_autojunk.total, self.full_texts_autojunk.count_above(HIGH)
        share = high / max(n, 1)
        verdict = "many near-duplicates" if high > TUTORIAL_SHARE * n else "few near-duplicates"
        words = (
            f"of the full texts, with difflib's autojunk, {share:.1%} are above {HIGH}; over"
            f" {TUTORIAL_SHARE:.0%} would be too many: {verdict}"
        )
        if prompt is not None:
            words += f". {prompt:.0%} of those texts is the prompt that both share, which says nothing of the responses"
        return {"share_above_0.9": share, "share_limit": TUTORIAL_SHARE, "verdict": verdict, "words": words}


def _bytes(texts: pa.StringArray) -> int:
    return pc.sum(pc.binary_length(texts)).as_py() or 0


def _shares(ratios: RatioHistogram) -> dict[str, Any]:
    n, high, over_medium = ratios.total, ratios.count_above(HIGH), ratios.count_above(MEDIUM)
    return {
        "n": n,
        "mean": ratios.mean(),
        "share_above_0.9": high / n,
        "share_0.7_to_0.9": (over_medium - high) / n,
        "share_to_0.7": (n - over_medium) / n,
    }
