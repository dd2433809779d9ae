"""Are chosen and rejected the same?"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from prefaudit.checks.base import Check
from prefaudit.checks.columns import comparable
from prefaudit.checks.examples import TopExamples
from prefaudit.kernels import Sameness
from prefaudit.report.model import Measure
from prefaudit.stats.intervals import clopper_pearson
from prefaudit.stats.rules import census
from prefaudit.stats.state import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding

#: The kinds of sameness, closest first: the figure's name, and what to say of such a pair.
_KINDS = {
    Sameness.BYTES: ("byte_equal", "byte-equal"),
    Sameness.WHITESPACE: ("equal_but_for_whitespace", "equal but for whitespace and Unicode composition"),
    Sameness.CASE_PUNCTUATION: ("equal_but_for_case_and_punctuation", "equal but for case and punctuation"),
}


class Identical(Check):
    """Are chosen and rejected the same?

    What it measures:
        The share of pairs whose two responses are equal, byte for byte.

    Why it matters:
        A pair that differs in nothing has no preference in it. A reward model can only learn noise from
        it, and a preference loss pushes the same text up and down at once.

    How it is computed:
        Beside the byte-equal pairs it counts those that are equal after NFC normalisation and with runs of
        whitespace taken as one, and those equal but for case and punctuation. Each pair counts once, as the
        closest of the three.

    Verdict:
        WARN when more than `warn` (none) of the pairs are byte-equal, FAIL when more than `fail` (1%) are.
        Every row is read, so the share is a fact; its interval (Clopper-Pearson) is about future data,
        and decides only with `sampled`. Pairs whose transcripts part before the last turn are left out.

    Limits:
        Equal texts may have been judged on something that the rows do not hold, such as an image or a tool's
        output.

    References:
        Unicode Standard Annex 15 (normalisation forms); Clopper & Pearson 1934, Biometrika 26:404.
    """

    id = "identical"
    measure = Measure("byte-equal pairs", "share")
    advice = "leave them out: there is nothing to prefer"
    filter = "identical"
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.0, "fail": 0.01, "sampled": False}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.examples = TopExamples()

    def update(self, batch: PairBatch) -> None:
        """Count the pairs of one batch by how alike they are."""
        rows = comparable(batch)
        kinds = batch.sameness.to_numpy()
        self.counts.add(
            pairs=int(rows.sum()),
            left_out=int((~rows).sum()),
            **{name: int((rows & (kinds == kind)).sum()) for kind, (name, _) in _KINDS.items()},
        )
        closeness = (len(Sameness) - kinds) * (kinds > 0)
        self.examples.add(batch, closeness, rows & (kinds > 0), lambda at: _KINDS[Sameness(int(kinds[at]))][1])

    def result(self) -> Finding:
        """The share of byte-equal pairs."""
        n, equal = self.counts["pairs"], self.counts["byte_equal"]
        figures = {name: self.counts[name] for name, _ in _KINDS.values()} | {
            "left_out_diverged": self.counts["left_out"]
        }
        if n == 0:
            return self._not_measurable("no pair holds two responses to one prompt", figures)
        interval = clopper_pearson(equal, n)
        verdict = census(equal, n, interval, **self.values())
        nearly = self.counts["equal_but_for_whitespace"] + self.counts["equal_but_for_case_and_punctuation"]
        counted = self.counted
        reason = f"{equal:,} of {n:,} {counted} have byte-equal responses; {nearly:,} more differ in form only"
        brief = f"{equal:,} byte-equal, {nearly:,} more differ in form only"
        return self._finding(verdict, equal / n, interval, n, reason, figures, self.examples, brief=brief)
