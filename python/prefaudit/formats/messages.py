r"""Conversations: lists of messages, what two of them share, and how they are written as text.

Read are `{role, content}` (OpenAI, TRL) and `{from, value}` (ShareGPT), the content as text or as a list of parts
`{type: "text", text}` or `{type: "text", value}`; a call of tools is content too. A whole conversation may stand as
text in a cell, as CSV has to write it: as JSON, or as Python writes a list. Everything here is in whole messages: no
text is ever cut.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from itertools import takewhile
from reprlib import repr as short
from typing import TYPE_CHECKING, Any, TypeAlias

from prefaudit.formats.values import UnusableRow, checked_text
from prefaudit.sources.base import is_null, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

#: One message: its `role` (user, assistant, system or tool) and its `content`.
Message: TypeAlias = dict[str, str]

#: The names that roles go by.
_ROLES = {
    "user": "user", "human": "user", "prompter": "user",
    "assistant": "assistant", "gpt": "assistant", "chatgpt": "assistant", "model": "assistant", "bot": "assistant",
    "function_call": "assistant",
    "system": "system", "developer": "system",
    "tool": "tool", "function": "tool", "observation": "tool", "ipython": "tool",
}  # fmt: skip
_WRITTEN_BY_PYTHON = re.compile(r"\[?\s*\{\s*['\"]")
#: Inside texts Python escapes line feeds, so that these stand between two objects.
_BETWEEN = re.compile(r"\}\s*\n\s*\{")
#: How a role is written at the head of a turn.
_NAMES = {"user": "Human", "assistant": "Assistant", "system": "System", "tool": "Tool"}


def checked_messages(value: Any, name: str) -> list[Message]:
    """`value`, found in the column `name`, as messages of role and content.

    Raises:
        UnusableRow: if it is anything else, or holds no message.
    """
    if is_null(value):
        raise UnusableRow(f"'{name}' is null or missing", f"column '{name}': null or missing")
    value = unwritten(value)
    if not isinstance(value, list | tuple):
        raise UnusableRow(f"'{name}' is {kind_of(value)}, not a list of messages", f"column '{name}': {short(value)}")
    if not value:
        raise UnusableRow(f"'{name}' holds no messages", f"column '{name}': an empty list")
    return [checked_message(item, name) for item in value]


def checked_message(value: Any, name: str) -> Message:
    """One message, as `checked_messages`."""
    value = unwritten(value)
    if not isinstance(value, dict):
        raise UnusableRow(
            f"'{name}' holds {kind_of(value)} where a message belongs", f"column '{name}': {short(value)}"
        )
    said = value.get("role") if is_null(value.get("from")) else value["from"]
    role = _ROLES.get(said.strip().lower()) if isinstance(said, str) else None
    if role is None:
        raise UnusableRow(f"'{name}' holds a message of unknown role", f"column '{name}': role {short(said)}")
    content = value.get("value") if is_null(value.get("content")) else value["content"]
    calls = _calls(value)
    if calls and is_null(content):
        return {"role": role, "content": checked_text(calls, name)}
    said_too = [checked_text(calls, name)] if calls else []
    return {"role": role, "content": "\n".join([_content(content, name), *said_too])}


def is_messages(value: Any) -> bool:
    """Whether `value` looks like a list of messages: what layouts are told by."""
    value = unwritten(value)
    return isinstance(value, list | tuple) and bool(value) and all(is_message(item) for item in value)


def is_message(value: Any) -> bool:
    """Whether `value` looks like a message."""
    value = unwritten(value)
    return isinstance(value, dict) and ({"role", "content"} <= value.keys() or {"from", "value"} <= value.keys())


def unwritten(value: Any) -> Any:
    """`value`, or the list or object that it is the text of: in JSON, or as Python or NumPy write it.

    pandas writes cells with lists to CSV in the last two ways; NumPy puts line feeds where Python has commas.
    """
    if not isinstance(value, str) or value.lstrip()[:1] not in {"[", "{"}:
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = _of_python(value.strip())
    return found if isinstance(found, list | dict) else value


def _of_python(written: str) -> Any:
    if not _WRITTEN_BY_PYTHON.match(written):
        return None
    try:
        return ast.literal_eval(_BETWEEN.sub("}, {", written))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def render(messages: Sequence[Message]) -> str:
    r"""Messages as one text, for auditing.

    A single message of the user is its text and nothing else. Otherwise every message is "\n\nHuman: ",
    "\n\nAssistant: ", "\n\nSystem: " or "\n\nTool: " and its text, which is Anthropic's notation. No turn is
    opened at the end.
    """
    if len(messages) == 1 and messages[0]["role"] == "user":
        return messages[0]["content"]
    return "".join(f"\n\n{_NAMES[message['role']]}: {message['content']}" for message in messages)


@dataclass(frozen=True)
class Cut:
    """Two conversations, cut where they part.

    Args:
        prompt: the messages before the answers.
        chosen: what the first conversation goes on with: a message of the assistant, or several that end in one.
        rejected: what the second one goes on with.
        diverged: whether more than one message is left on a side, so that these are not two answers to one prompt.
    """

    prompt: list[Message]
    chosen: list[Message]
    rejected: list[Message]
    diverged: bool

    def columns(self) -> dict[str, Any]:
        """The columns of the record: an answer of one message is its text."""
        return {
            "prompt": render(self.prompt),
            "prompt_messages": self.prompt,
            "chosen": _answer(self.chosen),
            "rejected": _answer(self.rejected),
            "diverged": self.diverged,
        }


def shared_prompt(chosen: Sequence[Message], rejected: Sequence[Message]) -> Cut:
    """Cut after the messages that both begin with.

    Usually one last message of the assistant is left on each side. Where the two are equal throughout, their last
    message is the answer of both. Where they part before the last message, they are `diverged`: kept, and marked,
    as transcripts of HH-RLHF are.

    Raises:
        UnusableRow: if one ends where the other goes on, if they share not even the first message (answers that
            stand alone may), or if a side does not end with a message of the assistant.
    """
    shared = sum(1 for _ in takewhile(lambda two: two[0] == two[1], zip(chosen, rejected, strict=False)))
    if shared == len(chosen) == len(rejected):
        shared -= 1
    elif shared == min(len(chosen), len(rejected)):
        raise UnusableRow("one conversation is the beginning of the other", f"both begin with {shared} messages")
    left = list(chosen[shared:]), list(rejected[shared:])
    diverged = any(len(side) > 1 for side in left)
    if diverged and not shared:
        raise UnusableRow("the two conversations share no message", "the first messages differ")
    for side in left:
        if side[-1]["role"] != "assistant":
            raise UnusableRow("a conversation does not end with the assistant", f"it ends with the {side[-1]['role']}")
    return Cut(list(chosen[:shared]), *left, diverged)


def _answer(messages: list[Message]) -> str:
    return messages[0]["content"] if len(messages) == 1 else render(messages)


def _calls(message: dict[str, Any]) -> str | None:
    """The tools that a message calls, as JSON: two answers that call differently are two answers."""
    for name in ("tool_calls", "function_call"):
        if not is_null(message.get(name)) and message[name]:
            return json.dumps(message[name], ensure_ascii=False, default=str)
    return None


def _content(value: Any, name: str) -> str:
    if is_null(value):
        raise UnusableRow(f"'{name}' holds a message without text", f"column '{name}': content null or missing")
    if isinstance(value, list | tuple):
        return "".join(_part(part, name) for part in value)
    return checked_text(value, name)


def _part(part: Any, name: str) -> str:
    if isinstance(part, str):
        return checked_text(part, name)
    if not isinstance(part, dict) or part.get("type", "text") != "text":
        raise UnusableRow(f"'{name}' holds a part of a message that is not text", f"column '{name}': {short(part)}")
    found = part.get("value") if is_null(part.get("text")) else part["text"]
    return _content(None if isinstance(found, list | tuple) else found, name)
