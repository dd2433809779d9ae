"""Names of columns: which two are alike but for a mark of their side, and which may hold a prompt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Names under which data sets keep their prompts.
PROMPT_NAMES = (
    "prompt", "question", "instruction", "query", "input", "context", "history", "post", "problem", "user",
    "user_prompt", "messages", "conversations", "conversation", "dialogue", "dialog", "trajectory",
)  # fmt: skip
#: Marks by which two columns of one kind are told apart; the first of each is that of the first response.
_MARKS = (("a", "b"), ("0", "1"), ("1", "2"), ("j", "k"), ("x", "y"), ("left", "right"), ("first", "second"))


def twins(columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Columns whose names differ only in a mark such as a and b, wherever it stands as a word or at the end.

    Example:
        >>> list(twins(["answer_1", "left text", "answer_2", "right text"]))
        [('answer_1', 'answer_2'), ('left text', 'right text')]
    """
    known = {name.lower(): name for name in reversed(columns)}
    for one in columns:
        others = (known.get(name) for name in _others(one.lower()))
        if other := next((name for name in others if name not in {None, one}), None):
            yield one, other


def _others(name: str) -> Iterator[str]:
    """What the second column would be called if `name` is the first."""
    for mark, other in _MARKS:
        for at in re.finditer(rf"(?<![a-z0-9]){mark}(?![a-z0-9])|{mark}$", name):
            yield name[: at.start()] + other + name[at.end() :]
