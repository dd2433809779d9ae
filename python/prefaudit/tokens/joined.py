"""Many words in few texts: to begin with a text takes a tokenizer longer than most words do."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Encode: TypeAlias = Callable[[Sequence[str]], list[list[int]]]

#: Words of one text: so many that to begin with it costs little, so few that all threads have something to do.
_WORDS = 96
#: Words that a separator is tried out with; the last ones are hardly in a vocabulary.
_PROBES = ("a", " a", "it's", "x ", "  b", "\n\n", " ", ".", "?!", " 12", "(", "\u0301a", "\u16e0", "\U000104b0")
#: Tokens that are tried out.
_MOST = 5


class Separator(NamedTuple):
    """One of a tokenizer's own tokens. What stands between two of them it takes as it would take a whole text."""

    text: str
    id: int

    def encode(self, words: Sequence[str], encode: Encode) -> list[list[int]]:
        """The ids of each word, of which many are handed to the tokenizer at a time."""
        groups = [words[at : at + _WORDS] for at in range(0, len(words), _WORDS)]
        texts = [self.text.join(group) for group in groups]
        found: list[list[int]] = []
        for group, text, ids in zip(groups, texts, encode(texts), strict=True):
            parts = self.split(ids)
            clean = len(parts) == len(group) and text.count(self.text) == len(group) - 1
            # A word that holds the separator itself, or a token that the tokenizer finds across it.
            found += parts if clean else encode(group)
        return found

    def split(self, ids: list[int]) -> list[list[int]]:
        """The ids between those of the separator."""
        parts, start = [], 0
        for _ in range(ids.count(self.id)):
            end = ids.index(self.id, start)
            parts.append(ids[start:end])
            start = end + 1
        return [*parts, ids[start:]]


def separator_of(backend: Any, encode: Encode) -> Separator | None:
    """A token of a tokenizer of the package tokenizers that keeps the words on both sides of it apart, if it has one.

    It must not be what the model makes of unknown words, nor take the blanks beside it; and the ids of words must not
    depend on whether a text begins with them. That is tried out.
    """
    tokens = backend.get_added_tokens_decoder().items()
    plain = (
        Separator(token.content, number)
        for number, token in tokens
        if token.special and not (token.normalized or token.lstrip or token.rstrip or token.single_word)
    )
    alone = encode(_PROBES)
    tried = islice(plain, _MOST)
    return next((one for one in tried if one.split(encode([one.text.join(_PROBES)])[0]) == alone), None)
