"""Arena human preference, 100k: battles of the Chatbot Arena with what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.battles import SIDES, battle, conversations, winner
from prefaudit.formats.messages import is_messages
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import optional_text, timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample


class Arena100k(RowFormat):
    """`conversation_a` and `conversation_b` as messages, `winner`, `judge_hash`, `tstamp`.

    Layout of the data set card of `lmarena-ai/arena-human-preference-100k` (some 100,000 battles). Read as `arena-33k`,
    but for the judge, who is `judge_hash`, and for the position, which this card does not speak of. `domain` is the
    language; `is_code`, `is_refusal`, `dedup_tag` and `category_tag` are not read.
    """

    name: ClassVar[str] = "arena-100k"
    needs: ClassVar[tuple[str, ...]] = (*SIDES, "winner", "judge_hash")
    reads: ClassVar[tuple[str, ...]] = ("tstamp", "language")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Messages on both sides; the columns are the data set's own."""
        return sample.holds_text("winner") and all(any(map(is_messages, sample.values(name))) for name in SIDES)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        pair = battle(*conversations(row), winner(row))
        return [
            pair
            | {
                "annotator": optional_text(row, "judge_hash"),
                "timestamp": timestamp(row, "tstamp"),
                "domain": optional_text(row, "language"),
            }
        ]
