"""What a label says of two responses, in the words that people write: the first, the second, or neither."""

from __future__ import annotations

from typing import Any

#: Words for the first response, for the second, and for neither; numbers mean too many things to be among them.
_WORDS = {
    1: ("a", "model_a", "response_a", "answer_a", "output_a", "completion_a", "left", "first", "option_a"),
    -1: ("b", "model_b", "response_b", "answer_b", "output_b", "completion_b", "right", "second", "option_b"),
    0: ("tie", "tied", "draw", "equal", "same", "both", "neither", "none", "both good", "both bad", "bothbad",
        "tie (bothbad)", "tie (inconsistent)", "no preference", "about the same"),
}  # fmt: skip
_SIDES = {word: side for side, words in _WORDS.items() for word in words}


def word(value: Any) -> str | None:
    """A label as it is compared: in lower case, a whole number without decimals; None where it says nothing."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().lower() or None


def side(found: str) -> int | None:
    """1 for the first response, -1 for the second, 0 for neither; None for a word that does not say.

    Example:
        >>> side("model_a"), side("both_bad"), side("1")
        (1, 0, None)
    """
    return _SIDES.get(found, _SIDES.get(found.replace("_", " ")))
