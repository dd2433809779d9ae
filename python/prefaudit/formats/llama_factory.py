"""LLaMA-Factory: one answer a side, and the prompt as a conversation (ShareGPT) or an instruction (Alpaca)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.messages import Message, checked_message, checked_messages, is_message, is_messages, render
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import UnusableRow, checked_list, checked_text, optional_text, text
from prefaudit.sources.base import is_null

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample

_CONVERSATIONS = ("conversations", "messages")
_TURN = 2


class LlamaFactory(RowFormat):
    """`conversations` or `instruction` and `input`; `chosen` and `rejected` as one message or as text.

    The preference layouts of LLaMA-Factory's `data/README.md`. ShareGPT: `conversations` as `{from, value}`, or
    `messages` as `{role, content}`, and on each side a message of the same kind; some data sets write text there.
    Alpaca: the prompt is `instruction`, and `input` in the next line where there is any; `history` holds earlier
    turns, each a list of an instruction and an answer. `system` comes first in both.
    """

    name: ClassVar[str] = "llama-factory"
    needs: ClassVar[tuple[str, ...]] = ("chosen", "rejected")
    reads: ClassVar[tuple[str, ...]] = (*_CONVERSATIONS, "instruction", "input", "history", "system")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """One answer a side, and one of the two prompts; rows with a column `prompt` are others."""
        if "prompt" in sample.columns:
            return False
        texts = sample.holds_text("chosen") and sample.holds_text("rejected")
        answers = texts or all(any(map(is_message, sample.values(name))) for name in ("chosen", "rejected"))
        talk = any(is_messages(value) for name in _CONVERSATIONS for value in sample.values(name))
        return answers and (talk or (texts and sample.holds_text("instruction")))

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        messages = [*system_message(row), *_conversation(row)]
        sides = {name: _answer(row.get(name), name) for name in ("chosen", "rejected")}
        return [{"prompt": render(messages), "prompt_messages": messages, **sides}]


def system_message(row: Mapping[str, Any]) -> list[Message]:
    """The message in `system`, if there is any."""
    found = optional_text(row, "system")
    return [] if found is None else [{"role": "system", "content": found}]


def _conversation(row: Mapping[str, Any]) -> list[Message]:
    for name in _CONVERSATIONS:
        if not is_null(row.get(name)):
            return checked_messages(row[name], name)
    parts = text(row, "instruction"), optional_text(row, "input")
    return [*earlier_turns(row), {"role": "user", "content": "\n".join(filter(None, parts))}]


def earlier_turns(row: Mapping[str, Any]) -> list[Message]:
    """The turns in `history`, each a list of a question and an answer."""
    turns = [] if is_null(row.get("history")) else checked_list(row["history"], "history")
    messages: list[Message] = []
    for turn in turns:
        texts = checked_list(turn, "history")
        if len(texts) != _TURN:
            raise UnusableRow(
                "'history' holds a turn that is not a question and an answer", f"column 'history': {len(texts)} texts"
            )
        for role, said in zip(("user", "assistant"), texts, strict=True):
            messages.append({"role": role, "content": checked_text(said, "history")})
    return messages


def _answer(value: Any, name: str) -> str:
    if not is_message(value):
        return checked_text(value, name)
    message = checked_message(value, name)
    if message["role"] != "assistant":
        raise UnusableRow("an answer is not said by the assistant", f"column '{name}': said by the {message['role']}")
    return message["content"]
