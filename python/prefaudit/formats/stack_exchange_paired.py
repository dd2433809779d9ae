"""Stack Exchange, paired: two answers to a question, the one with more votes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import checked_text, optional_text, text, timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample


class StackExchangePaired(RowFormat):
    """`question`, `response_j` (the better one) and `response_k`.

    Layout of the data set card of `lvwerra/stack-exchange-paired` (31 million pairs); smaller copies have only these
    three columns. `qid` is the prompt's identity, `date` the day of the question, and the domain is the site that the
    first address in `metadata` leads to. Questions and answers hold HTML and code, which stay as they are. Which answer
    had more votes is known, how many it had is not.
    """

    name: ClassVar[str] = "stack-exchange-paired"
    needs: ClassVar[tuple[str, ...]] = ("question", "response_j", "response_k")
    reads: ClassVar[tuple[str, ...]] = ("qid", "date", "metadata")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Text in all three columns, which are the data set's own."""
        return all(sample.holds_text(name) for name in cls.needs)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        return [
            {
                "prompt": text(row, "question"),
                "chosen": text(row, "response_j"),
                "rejected": text(row, "response_k"),
                "prompt_id": optional_text(row, "qid"),
                "timestamp": timestamp(row, "date"),
                "domain": site(row.get("metadata")),
            }
        ]


def site(metadata: Any) -> str | None:
    """The host of the first address, None where there is no address."""
    first = metadata[0] if isinstance(metadata, list | tuple) and metadata else None
    if not isinstance(first, str):
        return None
    try:
        return urlsplit(checked_text(first, "metadata")).hostname
    except ValueError:
        return None
