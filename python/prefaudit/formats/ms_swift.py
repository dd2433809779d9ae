"""ms-swift: a conversation that ends with the preferred answer, and the other answer beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.messages import checked_messages, is_messages, shared_prompt
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import checked_text
from prefaudit.sources.base import is_null

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample

_OTHERS = ("rejected_response", "rejected_messages")


class MsSwift(RowFormat):
    """`messages` that end with the chosen answer, and `rejected_response` as text or `rejected_messages`.

    The layout for DPO in the documentation of ms-swift (custom datasets). `rejected_response` is the other answer to
    what comes before the last message; `rejected_messages` is a whole conversation of its own, and the prompt then is
    what both begin with.
    """

    name: ClassVar[str] = "ms-swift"
    needs: ClassVar[tuple[str, ...]] = ("messages",)
    reads: ClassVar[tuple[str, ...]] = _OTHERS

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Messages, and the other answer in one of the two ways."""
        other = sample.holds_text(_OTHERS[0]) or any(map(is_messages, sample.values(_OTHERS[1])))
        return other and any(map(is_messages, sample.values("messages")))

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        chosen = checked_messages(row.get("messages"), "messages")
        if not is_null(row.get("rejected_messages")):
            rejected = checked_messages(row["rejected_messages"], "rejected_messages")
        else:
            answer = checked_text(row.get("rejected_response"), "rejected_response")
            rejected = [*chosen[:-1], {"role": "assistant", "content": answer}]
        return [shared_prompt(chosen, rejected).columns()]
