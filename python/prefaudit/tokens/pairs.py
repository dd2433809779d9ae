"""Pairs of texts to pairs of ids; the prompt that both share is tokenized once, where that changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.errors import ConfigError
from prefaudit.tokens.encoder import Encoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prefaudit.pairs import PairBatch

Side: TypeAlias = Literal["left", "right"]
#: Pairs on which cutting is tried out against tokenizing the whole before it is relied on.
_TRIAL = 64


class TokenPairs(NamedTuple):
    """The ids of some pairs: before they are cut to a length, with special tokens not counted in."""

    chosen: list[list[int]]
    rejected: list[list[int]]


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
    return pc.binary_join_element_wise(first, second, "")


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
        self._tried = not self.encoder.cuts

    @property
    def room(self) -> int:
        """Tokens of a text that stay beside the special ones."""
        return self.max_length - len(self.encoder.before) - len(self.encoder.after)

    def encode(self, prompts: Sequence[str], chosen: Sequence[str], rejected: Sequence[str]) -> TokenPairs:
        """The ids of prompt + chosen and prompt + rejected, all of them."""
        if not self._tried:
            self._try_out(prompts[:_TRIAL], chosen[:_TRIAL], rejected[:_TRIAL])
        cut = [self._can_cut(*texts) for texts in zip(prompts, chosen, rejected, strict=True)]
        shared = [prompt for prompt, yes in zip(prompts, cut, strict=True) if yes]
        whole = [
            (side if yes else prompt + side)
            for sides in (chosen, rejected)
            for prompt, side, yes in zip(prompts, sides, cut, strict=True)
        ]
        # One call: the threads of the tokenizer have something to do until all is done.
        ids = self.encoder.encode([*shared, *whole])
        heads, tails = iter(ids[: len(shared)]), ids[len(shared) :]
        starts = [next(heads) if yes else [] for yes in cut]
        n = len(cut)
        return TokenPairs(
            [start + tail for start, tail in zip(starts, tails[:n], strict=True)],
            [start + tail for start, tail in zip(starts, tails[n:], strict=True)],
        )

    def finish(self, ids: list[int]) -> list[int]:
        """The ids cut to the length, between the special tokens."""
        if len(ids) > self.room:
            ids = ids[: self.room] if self.truncation_side == "right" else ids[-self.room :]
        return [*self.encoder.before, *ids, *self.encoder.after]

    def _can_cut(self, prompt: str, chosen: str, rejected: str) -> bool:
        cuts = self.encoder.cuts
        return bool(prompt) and not prompt[-1].isspace() and chosen[:1] in cuts and rejected[:1] in cuts

    def _try_out(self, prompts: Sequence[str], chosen: Sequence[str], rejected: Sequence[str]) -> None:
        """Cut the first pairs, and never again if that changed an id."""
        self._tried = True
        found = self.encode(prompts, chosen, rejected)
        for sides, ids in ((chosen, found.chosen), (rejected, found.rejected)):
            if ids != self.encoder.encode([prompt + side for prompt, side in zip(prompts, sides, strict=True)]):
                self.encoder.cuts = frozenset()
