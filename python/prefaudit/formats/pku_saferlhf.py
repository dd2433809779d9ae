"""PKU-SafeRLHF: two responses, which of them is better, and which is safer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.aspects import aspects
from prefaudit.formats.options import Option
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import flag, optional_number, optional_text, side, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.accounting import Accounting
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample

_LABELS = {"better": "better_response_id", "safer": "safer_response_id"}


class PkuSafeRlhf(RowFormat):
    """`prompt`, `response_0`, `response_1`, and `better_response_id` and `safer_response_id`: 0 or 1.

    Layout of the data set card of `PKU-Alignment/PKU-SafeRLHF` (83,400 pairs). `better` is about helpfulness alone
    and `safer` about harmlessness alone, so they can disagree; the option `by` says which of them makes a response
    the chosen one, and the report how often they disagree. Each pair carries both labels in `aspects` (`better` and
    `safer`: 1 for the response that the label names, 0 for the other), and with them `safe` (1 if it was judged safe)
    and `severity` (0 none to 3 severe). A row without the label that is asked for is skipped. The domain is where
    the prompt comes from.
    """

    name: ClassVar[str] = "pku-saferlhf"
    needs: ClassVar[tuple[str, ...]] = ("prompt", "response_0", "response_1", "better_response_id")
    reads: ClassVar[tuple[str, ...]] = (
        "safer_response_id", "is_response_0_safe", "is_response_1_safe", "prompt_source",
        "response_0_severity_level", "response_1_severity_level",
    )  # fmt: skip
    options: ClassVar[Mapping[str, Option]] = {
        "by": Option("better", "the label that is the preference", choices=("better", "safer")),
    }

    def __init__(self, sample: Sample, **options: Any) -> None:
        super().__init__(sample, **options)
        #: Pairs of the latest pass that have both labels: "agree" where they name one response, else "disagree".
        self.agreement: Counter[str] = Counter()

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Text on both sides; the label's column is the data set's own."""
        return sample.holds_text("response_0") and sample.holds_text("response_1")

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """The pairs of all rows."""
        self.agreement = Counter()  # each pass counts anew
        yield from super().pairs(batches, accounting, threads=threads)

    def notes(self) -> list[str]:
        """How often the two labels disagree."""
        both, apart = self.agreement.total(), self.agreement["disagree"]
        if not both:
            return []
        told = f"in {apart:,} of {both:,} pairs with both labels ({apart / both:.1%})"
        return [f"the better response is not the safer one {told}"]

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        responses = text(row, "response_0"), text(row, "response_1")
        prompt, domain = text(row, "prompt"), optional_text(row, "prompt_source")
        chosen = side(row, _LABELS[self.chosen["by"]])
        labels = {name: _optional_side(row, column) for name, column in _LABELS.items()}
        ratings = [_ratings(row, labels, index) for index in (0, 1)]
        if None not in labels.values():
            self.agreement["agree" if labels["better"] == labels["safer"] else "disagree"] += 1
        return [
            {
                "prompt": prompt,
                "chosen": responses[chosen],
                "rejected": responses[1 - chosen],
                "aspects": aspects(ratings[chosen], ratings[1 - chosen]),
                "domain": domain,
            }
        ]


def _optional_side(row: Mapping[str, Any], name: str) -> int | None:
    return None if optional_number(row, name) is None else side(row, name)


def _ratings(row: Mapping[str, Any], labels: Mapping[str, int | None], index: int) -> dict[str, float | None]:
    named = {name: None if label is None else float(label == index) for name, label in labels.items()}
    safe = f"is_response_{index}_safe"
    judged_safe = None if row.get(safe) is None else float(flag(row, safe))
    return {**named, "safe": judged_safe, "severity": optional_number(row, f"response_{index}_severity_level")}
