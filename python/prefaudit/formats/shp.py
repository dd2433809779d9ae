"""Stanford Human Preferences: two comments to one Reddit post, and which of them has more votes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.options import Option
from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.values import UnusableRow, number, optional_number, optional_text, text, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.accounting import Accounting
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample


class Shp(RowFormat):
    """`history`, `human_ref_A` and `human_ref_B`, and `labels`: 1 where A is preferred.

    Layout of the data set card of `stanfordnlp/SHP` (385,563 pairs from 18 subreddits). `score_A` and `score_B` are
    votes, `domain` is the subreddit. A comment that was there earlier had longer to collect votes, which is why the
    times are kept: `timestamp` is that of the later comment. Commonly used are the pairs with a score ratio of at
    least 2, and at most 5 pairs of a post.
    """

    name: ClassVar[str] = "shp"
    needs: ClassVar[tuple[str, ...]] = ("history", "human_ref_A", "human_ref_B", "labels")
    reads: ClassVar[tuple[str, ...]] = (
        "post_id", "domain", "c_root_id_A", "c_root_id_B", "score_A", "score_B", "score_ratio",
        "created_at_utc_A", "created_at_utc_B",
    )  # fmt: skip
    options: ClassVar[Mapping[str, Option]] = {
        "min_score_ratio": Option(None, "leave out pairs with a lower score_ratio", kind=float),
        "max_per_prompt": Option(None, "take the first so many pairs of a post", kind=int),
    }

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """The columns are the data set's own."""
        return sample.holds_text("human_ref_A")

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """The pairs that the options let through."""
        self._taken: Counter[str] = Counter()  # each pass counts anew
        yield from super().pairs(batches, accounting, threads=threads)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        self._select(row)
        preference = 1.0 if number(row, "labels") == 1 else -1.0
        scores = optional_number(row, "score_A"), optional_number(row, "score_B")
        pair = judged(text(row, "human_ref_A"), text(row, "human_ref_B"), preference, scores=scores)
        times = [moment for name in ("created_at_utc_A", "created_at_utc_B") if (moment := timestamp(row, name))]
        post, roots = optional_text(row, "post_id"), [optional_text(row, f"c_root_id_{side}") for side in "AB"]
        return [
            pair
            | {
                "prompt": text(row, "history"),
                "prompt_id": post,
                "pair_id": "/".join(sorted(filter(None, roots))) or None,
                "timestamp": max(times, default=None),
                "strength": optional_number(row, "score_ratio"),
                "domain": optional_text(row, "domain"),
            }
        ]

    def _select(self, row: Mapping[str, Any]) -> None:
        least, most = self.chosen["min_score_ratio"], self.chosen["max_per_prompt"]
        if least is not None and (ratio := number(row, "score_ratio")) < least:
            raise UnusableRow("the score ratio is below min_score_ratio", f"{ratio:g} < {least:g}")
        if most is not None:
            post = text(row, "post_id")
            self._taken[post] += 1
            if self._taken[post] > most:
                raise UnusableRow("more pairs of the post than max_per_prompt", f"post {post}")
