"""TRL: `chosen` and `rejected` as messages, the prompt beside them or at their head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.messages import Message, checked_message, checked_messages, is_messages, shared_prompt
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import checked_text, optional_number
from prefaudit.sources.base import is_null

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample


class Trl(RowFormat):
    """`chosen` and `rejected` as messages, `prompt` as messages, as text, or at the head of both sides.

    The conversational preference type of the page "Dataset formats and types" in TRL's documentation. An explicit
    prompt comes before both sides, unless both repeat it. What the two sides share after that, by whole messages,
    belongs to the prompt as well. `score_chosen` and `score_rejected` are carried where they are there, and equal
    ones are a tie; `margin` is the strength. Sides of text are read when the format is asked for by name; otherwise
    such rows are `generic`. Unpaired rows (`completion` and `label`) are not preferences and are not read.
    """

    name: ClassVar[str] = "trl"
    needs: ClassVar[tuple[str, ...]] = ("chosen", "rejected")
    reads: ClassVar[tuple[str, ...]] = ("prompt", "score_chosen", "score_rejected", "margin")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Messages on both sides, and a prompt: in its own column, or as the first message."""
        sides = [[value for value in sample.values(name) if is_messages(value)] for name in ("chosen", "rejected")]
        if not all(sides):
            return False
        return "prompt" in sample.columns or any(len(value) > 1 for values in sides for value in values)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        prompt = _prompt(row.get("prompt"))
        sides = [_messages(row.get(name), name, "assistant") for name in ("chosen", "rejected")]
        if not all(_repeats(side, prompt) for side in sides):
            sides = [prompt + side for side in sides]
        better, worse = (optional_number(row, name) for name in ("score_chosen", "score_rejected"))
        tie = None if better is None or worse is None else better == worse
        found = {"score_chosen": better, "score_rejected": worse, "tie": tie}
        return [shared_prompt(*sides).columns() | found | {"strength": optional_number(row, "margin")}]


def _prompt(value: Any) -> list[Message]:
    no_prompt = is_null(value) or (isinstance(value, str | list | tuple) and not value)
    return [] if no_prompt else _messages(value, "prompt", "user")


def _messages(value: Any, name: str, role: str) -> list[Message]:
    """Messages as they are; one message, or text as if it were said by `role`, as a list of one."""
    if isinstance(value, list | tuple):
        return checked_messages(value, name)
    if isinstance(value, dict):
        return [checked_message(value, name)]
    return [{"role": role, "content": checked_text(value, name)}]


def _repeats(side: list[Message], prompt: list[Message]) -> bool:
    """Whether `side` has the prompt in it: at its head, after a system message too."""
    begin = 1 if side[0]["role"] == "system" and prompt[:1] != side[:1] else 0
    return side[begin : begin + len(prompt)] == prompt
