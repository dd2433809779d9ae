"""What a label says of two responses, in the words that people write: the first, the second, or neither."""

from __future__ import annotations

import json
import re
from typing import Any

#: Words for the first response, for the second, and for neither; numbers mean too many things to be among them.
_WORDS = {
    1: ("a", "model_a", "response_a", "answer_a", "output_a", "completion_a", "left", "first", "option_a"),
    -1: ("b", "model_b", "response_b", "answer_b", "output_b", "completion_b", "right", "second", "option_b"),
    0: ("tie", "tied", "draw", "equal", "same", "both", "neither", "none", "both good", "both bad", "bothbad",
        "tie (bothbad)", "tie (inconsistent)", "no preference", "about the same"),
}  # fmt: skip
_SIDES = {word: side for side, words in _WORDS.items() for word in words}
#: What judges write beside single words: A is slightly better; A>>B, A=B.
_BETTER = re.compile(r"(?:(?:the )?(?:model|response|answer|output|assistant) )?([ab]) is (?:[a-z]+ )?better")
_ORDER = re.compile(r"([ab]) ?(>+|<+|=+) ?([ab])")


def word(value: Any) -> str | None:
    """A label as it is compared: in lower case, a whole number without decimals; None where it says nothing.

    Label Studio writes `{"selected": "left"}`, to CSV as text.
    """
    if isinstance(value, str) and value.startswith("{"):
        value = _read(value)
    if isinstance(value, dict):
        value = value.get("selected")
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().lower() or None


def _read(written: str) -> Any:
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return written


def side(found: str) -> int | None:
    """1 for the first response, -1 for the second, 0 for neither; None for a word that does not say.

    Brackets around a word, as judging models are asked to write them, are nothing.

    Example:
        >>> side("model_a"), side("both_bad"), side("1")
        (1, 0, None)
        >>> side("[[b]]"), side("a-is-clearly-better"), side("b>>a"), side("a=b")
        (-1, 1, -1, 0)
    """
    if found == "[[c]]":  # the tie of MT-bench's judges, beside [[A]] and [[B]]
        return 0
    plain = found.strip("[] ")
    if plain in _SIDES:
        return _SIDES[plain]
    plain = re.sub(r"[_ -]+", " ", plain)
    if better := _BETTER.fullmatch(plain):
        return _SIDES[better[1]]
    order = _ORDER.fullmatch(plain)
    if order and order[1] != order[3]:
        return {">": 1, "<": -1, "=": 0}[order[2][0]] * _SIDES[order[1]]
    return _SIDES.get(plain)
