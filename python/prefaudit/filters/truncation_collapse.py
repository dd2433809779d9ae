"""Pairs that are the same once the tokenizer has cut them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.checks.truncation_collapse import TruncationCollapse as CollapseCheck
from prefaudit.checks.truncation_collapse import cut_pairs
from prefaudit.config import Settings
from prefaudit.errors import ConfigError
from prefaudit.filters.base import Dropped, Filter, one_of, positive
from prefaudit.tokens import Encoder, PairEncoder, open_tokenizer

if TYPE_CHECKING:
    from prefaudit.checks.base import Check
    from prefaudit.pairs import PairBatch


@dataclass
class TruncationCollapse(Filter):
    """Drops pairs whose two texts differ, but have the same tokens once they are cut.

    Args:
        tokenizer: its name or folder; in Python the tokenizer itself, too.
        max_length: tokens that stay of a text.
        side: the end that is cut off.
    """

    id: ClassVar[str] = "truncation-collapse"
    check: ClassVar[str | None] = "truncation-collapse"

    tokenizer: Any = None
    max_length: int = 512
    side: str = "right"

    def __post_init__(self) -> None:
        if not self.tokenizer:
            msg = "truncation-collapse takes a tokenizer, as in truncation-collapse:gpt2,max_length=512"
            raise ConfigError(msg)
        positive("truncation-collapse:max_length", self.max_length)
        one_of("truncation-collapse:side", self.side, ("right", "left"))

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs that collapse; the figure is how many tokens the longer text had."""
        cut = cut_pairs(self._encoder, batch)
        reason = f"the same once cut to {self.max_length:,} tokens on the {self.side}"
        return [Dropped.of(reason, cut.same[self.side], cut.longest)]

    def judge(self) -> Check:
        """The check with this tokenizer, length and side."""
        check = CollapseCheck(Settings.of_arguments({"truncation_collapse_max_length": self.max_length}))
        check.use(self.tokenizer, self.side)
        return check

    @cached_property
    def _encoder(self) -> PairEncoder:
        return PairEncoder(Encoder(open_tokenizer(self.tokenizer)), self.max_length)
