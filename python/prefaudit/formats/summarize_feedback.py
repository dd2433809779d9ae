"""OpenAI's feedback on summaries: two summaries of a post or an article, and which one a worker chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.identity import pair_identity
from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.values import (
    UnusableRow,
    checked_list,
    checked_object,
    checked_text,
    optional_number,
    optional_text,
    side,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample

_TWO = 2


class SummarizeFeedback(RowFormat):
    """`info` about a post or an article, two `summaries`, `choice` (0 or 1) and `worker`.

    Layout of the folder `comparisons` in the README of github.com/openai/summarize-from-feedback (64,832 comparisons of
    posts; of articles in later batches). The prompt is the title, an empty line, and the post or article. Several
    workers can have judged a pair: their votes share `pair_id`. `strength` is the worker's `extra.confidence`, as
    written. The domain is the subreddit, or the site of an article. There is no record of a tie. The ratings of single
    summaries in `axis_evals` are no pairs.
    """

    name: ClassVar[str] = "summarize-feedback"
    needs: ClassVar[tuple[str, ...]] = ("info", "summaries", "choice")
    reads: ClassVar[tuple[str, ...]] = ("worker", "split", "extra")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Objects in `info`, lists in `summaries`."""
        return sample.kind("info") == "an object" and sample.kind("summaries") == "a list"

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One vote."""
        info = checked_object(row.get("info"), "info")
        prompt = _prompt(info)
        one, other = _summaries(row.get("summaries"))
        pair = judged(one, other, -1.0 if side(row, "choice") else 1.0)
        extra = {} if row.get("extra") is None else checked_object(row["extra"], "extra")
        return [
            pair
            | {
                "prompt": prompt,
                "prompt_id": optional_text(info, "id"),
                "pair_id": pair_identity(prompt, one, other),
                "annotator": optional_text(row, "worker"),
                "strength": optional_number(extra, "confidence"),
                "domain": optional_text(info, "subreddit") or optional_text(info, "site"),
                "split": optional_text(row, "split"),
            }
        ]


def _prompt(info: Mapping[str, Any]) -> str:
    body = next((info[name] for name in ("post", "article") if info.get(name) is not None), None)
    return "\n\n".join(filter(None, (optional_text(info, "title"), checked_text(body, "post"))))


def _summaries(value: Any) -> tuple[str, str]:
    items = checked_list(value, "summaries")
    if len(items) != _TWO:
        raise UnusableRow("'summaries' holds another number than two", f"column 'summaries': {len(items)}")
    one, other = (checked_text(checked_object(item, "summaries").get("text"), "text") for item in items)
    return one, other
