"""Where texts can be cut so that the ids of the parts are those of the whole."""

from __future__ import annotations

import json
import string
from itertools import chain, cycle, pairwise, product, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Pre-tokenizers that find the words of a text by looking at it locally.
_LOCAL = {
    "BertPreTokenizer",
    "ByteLevel",
    "CharDelimiterSplit",
    "Digits",
    "Metaspace",
    "Punctuation",
    "Split",
    "Whitespace",
    "WhitespaceSplit",
}
_MARKS = ".,;:!?"
_SIGNS = "".join(sign for sign in string.punctuation if sign not in _MARKS)
#: Letters and digits that are not ASCII, of several scripts.
_WIDE = "\u00e9\u00df\u03a9\u0436\u0627\u0915\u0e01\u4f60\ud55c\u0663\uff12"
_RULES = (
    *((left, right) for right in (" ", "\n") for left in (string.ascii_letters, string.digits, _MARKS, _SIGNS, _WIDE)),
    (string.ascii_letters, _MARKS),
    (string.digits, _MARKS),
)
#: What stands around a cut when it is tried out. Their numbers have no common divisor, so that all come together.
_BEFORE = ("", "x", " ", "\n", "12", "?!", "it's ")
_BEHIND = ("", "a", "It", "7", "(", "'s", "\n", " ", "  b", "\u597d", "\u0301a", "?!")
#: A rule is tried out with each of its characters, and at least so many times.
_LEAST = 2 * len(_BEFORE) * len(_BEHIND)


class Cuts(NamedTuple):
    """Between which characters a text may be cut; see `prefaudit.words.WordIds`."""

    ascii: list[tuple[str, str]]
    wide: str


def safe_cuts(backend: Any) -> Cuts | None:
    """Where a tokenizer of the package tokenizers can be cut; None where that is nowhere, or not even before blanks.

    A tokenizer normalises a text, cuts it into words, and its model looks at each word by itself. So a place where it
    always begins a new word, whatever stands around, is one where the text may be cut. Which places are of this kind
    is found by trying out every character on both sides, amid others.
    """
    if not _looks_at_words(backend):
        return None
    added = [token.content for token in backend.get_added_tokens_decoder().values()]
    rules = [rule for rule in _RULES if not _inside(rule, added) and _holds(backend, *rule)]
    if (string.ascii_letters, " ") not in rules:
        return None
    return Cuts([rule for rule in rules if rule[0] != _WIDE], "".join(right for left, right in rules if left == _WIDE))


def _looks_at_words(backend: Any) -> bool:
    """Whether the tokenizer says of itself that it works on one word after the other, and always in the same way."""
    if backend.pre_tokenizer is None or getattr(backend.model, "dropout", None):
        return False
    try:
        pre = json.loads(backend.pre_tokenizer.__getstate__())
    except Exception:  # noqa: BLE001 - one that is written in Python cannot say what it is
        return False
    added = backend.get_added_tokens_decoder().values()
    # Such a token looks at what follows it, or takes the blanks behind it, which would be in the next part.
    greedy = any(token.rstrip or token.single_word for token in added)
    return not greedy and all(kind in _LOCAL for kind in _kinds(pre))


def _kinds(pre: dict[str, Any]) -> Iterator[str | None]:
    parts = pre.get("pretokenizers")
    return chain.from_iterable(map(_kinds, parts)) if parts is not None else iter([pre.get("type")])


def _inside(rule: tuple[str, str], added: list[str]) -> bool:
    """Whether the rule would cut through one of the tokenizer's own tokens."""
    left, right = rule
    return any(one in left and two in right for token in added for one, two in pairwise(token))


def _holds(backend: Any, left: str, right: str) -> bool:
    """Whether the words of two parts are those of the whole."""
    pairs = list(product(left, right))
    times = -(-_LEAST // len(pairs))
    around = zip(cycle(_BEFORE), cycle(_BEHIND), strict=False)
    for (one, two), (before, behind) in zip(chain.from_iterable(repeat(pairs, times)), around, strict=False):
        parts = before + one, two + behind
        if [word for part in parts for word in _words(backend, part)] != _words(backend, "".join(parts)):
            return False
    return True


def _words(backend: Any, text: str) -> list[str]:
    """What the model is given of a text."""
    normal = text if backend.normalizer is None else backend.normalizer.normalize_str(text)
    return [word for word, _ in backend.pre_tokenizer.pre_tokenize_str(normal)]
