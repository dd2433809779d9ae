"""Chatbot Arena conversations: 33,000 battles of two models, each judged by the user who held them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.battles import SIDES, battle, conversations, winner
from prefaudit.formats.messages import is_messages
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import optional_text, timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample


class Arena33k(RowFormat):
    """`conversation_a` and `conversation_b` as messages, `winner`, `judge`, `tstamp`.

    Layout of the data set card of `lmsys/chatbot_arena_conversations` (33,000 battles). `winner` is `model_a`,
    `model_b`, `tie` or `tie (bothbad)`; both kinds of ties are ties. Model A is shown at the left, which is kept as
    `first_shown`. `domain` is the language. The vote is about the whole conversation: where there are several
    turns, the two part at the first answer, and such rows are marked as diverged.
    """

    name: ClassVar[str] = "arena-33k"
    needs: ClassVar[tuple[str, ...]] = (*SIDES, "winner", "judge", "tstamp")
    reads: ClassVar[tuple[str, ...]] = ("language",)

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Messages on both sides; the columns are the data set's own."""
        return sample.holds_text("winner") and all(any(map(is_messages, sample.values(name))) for name in SIDES)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        pair = battle(*conversations(row), winner(row), shown="a")
        return [
            pair
            | {
                "annotator": optional_text(row, "judge"),
                "timestamp": timestamp(row, "tstamp"),
                "domain": optional_text(row, "language"),
            }
        ]
