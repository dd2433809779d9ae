"""TRL: `chosen` and `rejected` as messages, the prompt beside them or at their head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.carried import BESIDE, Carried
from prefaudit.formats.messages import (
    Message,
    checked_message,
    checked_messages,
    is_message,
    is_messages,
    shared_prompt,
    unwritten,
)
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import checked_text, optional_number
from prefaudit.sources.base import Plain, is_null

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample


class Trl(RowFormat):
    """`chosen` and `rejected` as messages, `prompt` as messages, as text, or at the head of both sides.

    The conversational preference type of the page "Dataset formats and types" in TRL's documentation, and what is
    published much like it (argilla's dpo-mix-7k and distilabel sets, RLHFlow, mlabonne/orpo-dpo-mix-40k). A prompt of
    its own comes before both sides, unless they hold it: whole conversations do, and where they begin with the user
    the prompt is one of their messages or a copy in other words, and is left aside. What the two sides share
    after that, by whole messages, belongs to the prompt as well. Scores (`score_chosen`, `chosen_score`,
    `chosen_rating`, `chosen-rating` or `rating_chosen`, and the same of `rejected`) are carried, and equal ones are a
    tie; `margin` is the strength. So are columns with a name of the record (annotator, timestamp, domain ...).
    Answers of text fit when the prompt is messages; where all is text such rows are `generic`, unless this format is
    asked for. Unpaired rows (`completion` and `label`) are not preferences and are not read.
    """

    name: ClassVar[str] = "trl"
    needs: ClassVar[tuple[str, ...]] = ("chosen", "rejected")
    reads: ClassVar[tuple[str, ...]] = ("prompt", "margin")

    def __init__(self, sample: Sample, **options: Any) -> None:
        super().__init__(sample, **options)
        self._carried = Carried(sample, BESIDE)
        self.left_aside = self._carried.left_aside

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Messages on both sides, and a prompt: in its own column, or as the first message; or only in the prompt."""
        talks = [sample.mostly(name, is_messages) for name in cls.needs]
        if not all(talks):
            texts = all(talk or sample.holds_text(name) for talk, name in zip(talks, cls.needs, strict=True))
            return texts and sample.mostly("prompt", is_messages)
        sides = (unwritten(value) for name in cls.needs for value in sample.values(name))
        return "prompt" in sample.columns or any(isinstance(side, list | tuple) and len(side) > 1 for side in sides)

    @property
    def schema(self) -> Plain:
        """The columns to read, as plain values."""
        return Plain((*super().schema.names, *(field.name for field in self._carried.fields)))

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        prompt = _prompt(row.get("prompt"))
        sides = [_messages(row.get(name), name, "assistant") for name in ("chosen", "rejected")]
        if not all(_holds(side, prompt) for side in sides):
            sides = [prompt + side for side in sides]
        carried = self._carried.values(row)
        better, worse = carried.get("score_chosen"), carried.get("score_rejected")
        if better is not None and worse is not None:
            carried.setdefault("tie", better == worse)
        carried.setdefault("strength", optional_number(row, "margin"))
        return [shared_prompt(*sides).columns() | carried]


def _prompt(value: Any) -> list[Message]:
    no_prompt = is_null(value) or (isinstance(value, str | list | tuple) and not value)
    return [] if no_prompt else _messages(value, "prompt", "user")


def _messages(value: Any, name: str, role: str) -> list[Message]:
    """Messages as they are; one message, or text as if it were said by `role`, as a list of one."""
    found = unwritten(value) if is_messages(value) or is_message(value) else value
    if isinstance(found, list | tuple):
        return checked_messages(found, name)
    if isinstance(found, dict):
        return [checked_message(found, name)]
    return [{"role": role, "content": checked_text(found, name)}]


def _holds(side: list[Message], prompt: list[Message]) -> bool:
    """Whether `side` has the prompt in it: at its head, after a system message too; or begins with another user's."""
    begin = 1 if side[0]["role"] == "system" and prompt[:1] != side[:1] else 0
    whole = side[begin:][:1] and side[begin]["role"] == "user" and prompt and prompt[-1]["role"] == "user"
    return bool(whole) or side[begin : begin + len(prompt)] == prompt
