"""LMSYS arena human preference, 55k: battles whose turns are JSON lists written as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.battles import battle
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import UnusableRow, checked_list, checked_text, side, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.formats.messages import Message
    from prefaudit.sources.base import Sample

_WINNERS = ("winner_model_a", "winner_model_b", "winner_tie")


class Arena55k(RowFormat):
    r"""`prompt`, `response_a`, `response_b` as JSON lists of turns, and three columns of which one is 1.

    Layout of the data set card of `lmsys/lmsys-arena-human-preference-55k` (over 55,000 battles), also that of
    a competition on Kaggle. A turn that was left unanswered is `null` in the list, and half of a surrogate pair
    (`"\\ud83d"`) is no Unicode: such rows are skipped. With several turns the two conversations part at the first
    answer, and the row is marked as diverged. The card does not say which answer was shown first.
    """

    name: ClassVar[str] = "arena-55k"
    needs: ClassVar[tuple[str, ...]] = ("prompt", "response_a", "response_b", *_WINNERS)

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Text, or lists where a reader has already parsed it; the columns are the data set's own."""
        return all(sample.kind(name) in {"text", "a list"} for name in ("prompt", "response_a", "response_b"))

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        a_wins, b_wins, tie = (side(row, name) for name in _WINNERS)
        if a_wins + b_wins + tie != 1:
            raise UnusableRow("not exactly one of the winner columns is 1", f"a {a_wins}, b {b_wins}, tie {tie}")
        prompts = _turns(row, "prompt")
        a, b = (_conversation(prompts, _turns(row, name), name) for name in ("response_a", "response_b"))
        return [battle(a, b, a_wins - b_wins)]


def _turns(row: Mapping[str, Any], name: str) -> list[str]:
    value: Any = row.get(name)
    if not isinstance(value, list | tuple):
        written = text(row, name)
        try:
            value = json.loads(written)
        except (ValueError, RecursionError):
            raise UnusableRow(f"'{name}' is not a JSON list", f"column '{name}': it cannot be parsed") from None
    turns = checked_list(value, name)
    if not turns:
        raise UnusableRow(f"'{name}' holds no turns", f"column '{name}': an empty list")
    return [checked_text(turn, name) for turn in turns]


def _conversation(prompts: list[str], answers: list[str], name: str) -> list[Message]:
    if len(prompts) != len(answers):
        raise UnusableRow(
            f"'prompt' and '{name}' differ in their number of turns", f"{len(prompts)} and {len(answers)}"
        )
    return [
        {"role": role, "content": said}
        for turn in zip(prompts, answers, strict=True)
        for role, said in zip(("user", "assistant"), turn, strict=True)
    ]
