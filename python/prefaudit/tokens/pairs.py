"""Pairs of texts to pairs of ids; each word is tokenized once, where that changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.errors import ConfigError
from prefaudit.tokens.encoder import Encoder
from prefaudit.tokens.ragged import Ragged, Side

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch

#: Pairs that are tokenized both ways before words are relied on.
_TRIAL = 32


class TokenPairs(NamedTuple):
    """The ids of some pairs."""

    chosen: Ragged
    rejected: Ragged


def pair_texts(batch: PairBatch, separator: str = "\n\n") -> tuple[pa.StringArray, pa.StringArray, pa.StringArray]:
    """What is tokenized: what both texts begin with, and how each goes on.

    Put together they are the transcripts where the source prints them; else the prompt, `separator` (unless the prompt
    is empty) and the response.
    """
    if batch.has_transcripts:
        sides = [_joined(batch.prompt, side) for side in (batch.chosen, batch.rejected)]
        whole = pc.and_(pc.equal(sides[0], batch.chosen_full), pc.equal(sides[1], batch.rejected_full))
        prompt = pc.if_else(whole, batch.prompt, "")
        chosen, rejected = (
            pc.if_else(whole, short, full)
            for short, full in ((batch.chosen, batch.chosen_full), (batch.rejected, batch.rejected_full))
        )
        return prompt, chosen, rejected
    between = pc.if_else(pc.equal(pc.binary_length(batch.prompt), 0), "", separator)
    return batch.prompt, _joined(between, batch.chosen), _joined(between, batch.rejected)


def _joined(first: pa.StringArray, second: pa.StringArray) -> pa.StringArray:
    return pc.binary_join_element_wise(first, second, pa.scalar("", first.type))


@dataclass
class PairEncoder:
    """Tokenizes pairs, and cuts them to a length.

    Args:
        encoder: the tokenizer.
        max_length: tokens of one text, special ones included.
        truncation_side: the end at which a text is cut: "left" keeps the response, "right" the prompt.
    """

    encoder: Encoder
    max_length: int
    truncation_side: Side = "right"

    def __post_init__(self) -> None:
        if self.truncation_side not in {"left", "right"}:
            msg = f"truncation_side is 'left' or 'right', not {self.truncation_side!r}"
            raise ConfigError(msg)
        if self.room < 1:
            msg = f"max_length is {self.max_length}, which leaves no room for a token of the text"
            raise ConfigError(msg)
        self._tried = False

    @property
    def room(self) -> int:
        """Tokens of a text that stay beside the special ones."""
        return self.max_length - len(self.encoder.before) - len(self.encoder.after)

    def encode(self, prompts: pa.Array, chosen: pa.Array, rejected: pa.Array, threads: int | None = None) -> TokenPairs:
        """The ids of prompt + chosen and prompt + rejected, all of them, without special tokens."""
        if not self._tried:
            self._try_out(*(column.slice(0, _TRIAL) for column in (prompts, chosen, rejected)))
        if self.encoder.words is None:
            return self._whole(prompts, chosen, rejected)
        return TokenPairs(*map(Ragged.of_arrow, self.encoder.words.pairs(prompts, chosen, rejected, threads)))

    def finish(self, ids: TokenPairs) -> TokenPairs:
        """The ids cut to the length, between the special tokens."""
        encoder = self.encoder
        return TokenPairs(
            *(side.cut(self.room, self.truncation_side).between(encoder.before, encoder.after) for side in ids)
        )

    def _whole(self, prompts: pa.Array, chosen: pa.Array, rejected: pa.Array) -> TokenPairs:
        # One call for both sides: the threads of the tokenizer have something to do until all is done.
        texts = [text for side in (chosen, rejected) for text in _joined(prompts, side).to_pylist()]
        ids = self.encoder.encode(texts)
        return TokenPairs(Ragged.of_lists(ids[: len(prompts)]), Ragged.of_lists(ids[len(prompts) :]))

    def _try_out(self, prompts: pa.Array, chosen: pa.Array, rejected: pa.Array) -> None:
        """Tokenize the first pairs by their words and as a whole: never again by words if an id differs."""
        self._tried = True
        if self.encoder.words is None:
            return
        found, whole = self.encode(prompts, chosen, rejected), self._whole(prompts, chosen, rejected)
        if not all(one.same(other).all() for one, other in zip(found, whole, strict=True)):
            self.encoder.words = None
