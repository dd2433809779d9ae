"""Many words in few texts: to begin with a text takes a tokenizer longer than most words do."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from prefaudit.tokens.ragged import Ragged

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

    def encode(self, words: Sequence[str], encode: Encode) -> Ragged:
        """The ids of each word, of which many are handed to the tokenizer at a time."""
        groups = [words[at : at + _WORDS] for at in range(0, len(words), _WORDS)]
        texts = [self.text.join(group) for group in groups]
        found: list[Ragged] = []
        for group, text, ids in zip(groups, texts, encode(texts), strict=True):
            parts = self.split(ids)
            clean = len(parts) == len(group) and text.count(self.text) == len(group) - 1
            # A word that holds the separator itself, or a token that the tokenizer finds across it.
            found.append(parts if clean else Ragged.of_lists(encode(group)))
        return Ragged.of_parts(found)

    def split(self, ids: Sequence[int]) -> Ragged:
        """The ids between those of the separator."""
        whole = np.array(ids, dtype=np.int32)
        between = whole == self.id
        ends = np.append(np.flatnonzero(between), len(whole))
        # In front of the part that ends there stand as many separators as parts.
        return Ragged(whole[~between], np.concatenate([[0], ends - np.arange(len(ends))]))


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
    return next((one for one in tried if one.split(encode([one.text.join(_PROBES)])[0]).to_lists() == alone), None)
