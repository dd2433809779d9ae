"""Are the two texts the same after the tokenizer cuts them?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from prefaudit.checks.base import Check
from prefaudit.checks.examples import TopExamples
from prefaudit.report.model import Chart, Measure
from prefaudit.stats.intervals import clopper_pearson
from prefaudit.stats.rules import census
from prefaudit.stats.state import Counts
from prefaudit.tokens import Encoder, PairEncoder, open_tokenizer, pair_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding
    from prefaudit.tokens.ragged import Side

_SIDES: tuple[Side, ...] = ("right", "left")


class TruncationCollapse(Check):
    """Are the two texts the same after the tokenizer cuts them?

    What it measures:
        The share of pairs whose chosen and rejected text differ, but have the same token ids once both are cut
        to `max_length` tokens.

    Why it matters:
        In transcripts the two texts begin with the same dialog and differ at the end, which is what is cut. The
        model then sees one text twice and is told that it is better than itself.

    How it is computed:
        The texts are tokenized as `prefaudit.torch.RewardModelDataset` does it: transcripts as they stand, else the
        prompt, a blank line and the response. Each word is tokenized once, where that gives the same ids. The
        table has both ways of cutting: "right" loses the end of a text, "left" its beginning. The estimate is for
        the tokenizer's own side, right where it says nothing. `lose_half` counts the pairs of which less than half
        of the tokens that come after the common beginning is left.

    Verdict:
        WARN when more than `warn` (none) of the pairs collapse, FAIL when more than `fail` (1%) do. Every row is
        read, so the share is a fact; its interval (Clopper-Pearson) is about future data, and decides only with
        `sampled`. NOT MEASURABLE without a tokenizer: `--tokenizer NAME` or `audit(tokenizer=...)`.

    Limits:
        A chat template or a separator of your own moves the cut by a few tokens. A pair that keeps one
        differing token has not collapsed, and may teach nothing all the same: see `lose_half`.

    References:
        Clopper & Pearson 1934, Biometrika 26:404.
    """

    id = "truncation-collapse"
    measure = Measure("same once cut", "share")
    advice = "train with truncation_side='left' or a larger max_length, or leave them out"
    defaults: ClassVar[Mapping[str, Value]] = {
        "warn": 0.0,
        "fail": 0.01,
        "max_length": 512,
        "tokenizer": "",
        "sampled": False,
    }

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.right = TopExamples()
        self.left = TopExamples()
        name = str(self.settings["tokenizer"].value)
        self._encoder = Encoder(open_tokenizer(name)) if name else None
        if name:
            self.filter = f"truncation-collapse:{name},max_length={self.values()['max_length']}"  # type: ignore[misc]
        self._side = "right"

    def use(self, tokenizer: Any, side: str | None = None) -> None:
        """Tokenize with this one; the verdict is on the side that is cut, by default the tokenizer's own."""
        found = open_tokenizer(tokenizer)
        self._encoder = Encoder(found)
        self._side = side or str(getattr(found, "truncation_side", "right"))

    def update(self, batch: PairBatch) -> None:
        """Tokenize the pairs of one batch, and cut them."""
        if self._encoder is None or not len(batch):
            return
        encoder = PairEncoder(self._encoder, self.values()["max_length"])
        cut = cut_pairs(encoder, batch)
        self.counts.add(
            pairs=len(batch),
            truncated=int(cut.truncated.sum()),
            texts_truncated=int(cut.texts_truncated.sum()),
            **{f"same_{side}": int(cut.same[side].sum()) for side in _SIDES},
            **{f"lose_half_{side}": int(cut.lose_half[side].sum()) for side in _SIDES},
        )

        def note(at: int) -> str:
            return f"{cut.longest[at]:,} tokens, cut to {encoder.max_length:,}"

        for side, examples in (("right", self.right), ("left", self.left)):
            examples.add(batch, cut.longest, cut.same[side], note)

    def result(self) -> Finding:
        """The share of pairs that are the same once they are cut."""
        n = self.counts["pairs"]
        if n == 0:
            reason = "there is no tokenizer: --tokenizer NAME, or audit(tokenizer=...)"
            return self._not_measurable(reason, {}, missing="a tokenizer (--tokenizer NAME)")
        same = self.counts[f"same_{self._side}"]
        interval = clopper_pearson(same, n)
        values = self.values()
        verdict = census(same, n, interval, values["warn"], values["fail"], sampled=values["sampled"])
        length, counted = self.values()["max_length"], self.counted
        reason = (
            f"{same:,} of {n:,} {counted} ({same / n:.2%}) are the same once they are cut to {length:,} tokens"
            f" on the {self._side}"
        )
        figures = {
            "max_length": length,
            "pairs_with_a_text_cut": self.counts["truncated"],
            "share_with_a_text_cut": self.counts["truncated"] / n,
            "share_of_texts_cut": self.counts["texts_truncated"] / (2 * n),
            "cut_on": [self._row(side) for side in _SIDES],
        }
        examples = self.right if self._side == "right" else self.left
        brief = f"{same:,} {counted} at {length:,} tokens, cut on the {self._side}"
        return self._finding(verdict, same / n, interval, n, reason, figures, examples, brief=brief)

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """Both ways of cutting."""
        del figures
        return (
            Chart("bars", "cut_on", "how many are the same, by the side cut", "side", "share_same", "same", table=True),
        )

    def _row(self, side: str) -> dict[str, Any]:
        n = self.counts["pairs"]
        same, half = self.counts[f"same_{side}"], self.counts[f"lose_half_{side}"]
        return {
            "side": side,
            "same": same,
            "share_same": same / n,
            "lose_half": half,
            "share_lose_half": half / n,
        }


class Cut(NamedTuple):
    """What becomes of the pairs of a batch when they are cut, by the side that is cut off."""

    longest: NDArray[np.int64]
    truncated: NDArray[np.bool_]
    texts_truncated: NDArray[np.int64]
    same: Mapping[str, NDArray[np.bool_]]
    lose_half: Mapping[str, NDArray[np.bool_]]


def cut_pairs(encoder: PairEncoder, batch: PairBatch) -> Cut:
    """Tokenize the pairs of a batch and see what is left of the difference."""
    found = encoder.encode(*pair_texts(batch))
    one, two = found
    room, special = encoder.room, encoder.max_length - encoder.room
    lengths = np.stack([one.lengths, two.lengths])
    long = lengths > room
    truncated: NDArray[np.bool_] = np.asarray(long.any(axis=0))
    differ = truncated & ~one.same(two)
    shared = one.shared(two)
    after = lengths - shared
    left: dict[str, NDArray[np.int64]] = {
        "right": np.maximum(0, np.minimum(lengths, room) - shared),
        "left": np.minimum(after, room),
    }
    same: dict[str, NDArray[np.bool_]] = {
        side: differ & one.cut(room, side).same(two.cut(room, side)) for side in _SIDES
    }
    half: dict[str, NDArray[np.bool_]] = {
        side: differ & (left[side].sum(axis=0) * 2 < after.sum(axis=0)) for side in _SIDES
    }
    return Cut(lengths.max(axis=0) + special, truncated, long.sum(axis=0), same, half)
