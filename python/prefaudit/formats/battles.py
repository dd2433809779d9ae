"""What the layouts of the Chatbot Arena and of MT-bench have in common: two models, two conversations, a winner."""

from __future__ import annotations

from reprlib import repr as short
from typing import TYPE_CHECKING, Any

from prefaudit.formats.messages import Message, checked_messages, shared_prompt
from prefaudit.formats.rowwise import Pair, judged
from prefaudit.formats.values import UnusableRow, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The columns in which both sides are told apart.
SIDES = ("conversation_a", "conversation_b")
#: What `winner` can say: above 0 for the first model, 0 for neither.
_WINNERS = {"model_a": 1, "model_b": -1, "tie": 0, "tie (bothbad)": 0, "tie (inconsistent)": 0}


def winner(row: Mapping[str, Any]) -> int:
    """1 where model A has won, -1 where model B has, 0 for every kind of tie.

    Raises:
        UnusableRow: if the column `winner` says anything else.
    """
    found = text(row, "winner")
    if found not in _WINNERS:
        raise UnusableRow("'winner' names neither model nor a tie", f"column 'winner': {short(found)}")
    return _WINNERS[found]


def conversations(row: Mapping[str, Any]) -> tuple[list[Message], list[Message]]:
    """The messages of both sides; errors as `checked_messages`."""
    a, b = (checked_messages(row.get(name), name) for name in SIDES)
    return a, b


def battle(a: Sequence[Message], b: Sequence[Message], preference: int, **beside: Any) -> Pair:
    """The pair of two whole conversations, cut where they part; arguments as for `judged`.

    Raises:
        UnusableRow: as `shared_prompt`.
    """
    cut = shared_prompt(a, b).columns()
    return cut | judged(cut["chosen"], cut["rejected"], preference, **beside)
