"""Pairs that are there already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prefaudit.checks.columns import prompt_text_keys
from prefaudit.checks.duplicates import repeat_keys
from prefaudit.errors import ConfigError
from prefaudit.filters.base import Dropped, Filter, one_of
from prefaudit.filters.seen import Seen
from prefaudit.filters.votes import Votes, vote_pairs

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch


@dataclass
class Duplicates(Filter):
    """Drops repeated pairs, or repeated prompts.

    Args:
        what: "pair": the same prompt and the same two responses, judged by the same annotator at the same time, as the
            check counts them; "prompt": the same prompt, byte for byte.
        keep: "first" keeps the first of each. "majority" (of pairs only) takes all votes on the same two responses
            together, and keeps the first of those that agree with most; none of them where there is no majority.
    """

    id: ClassVar[str] = "duplicates"
    check: ClassVar[str | None] = "duplicates"

    what: str = "pair"
    keep: str = "first"
    _seen: Seen = field(default_factory=Seen, init=False, repr=False, compare=False)
    _votes: Votes = field(default_factory=Votes, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        one_of("duplicates:what", self.what, ("pair", "prompt"))
        one_of("duplicates:keep", self.keep, ("first", "majority"))
        if (self.what, self.keep) == ("prompt", "majority"):
            msg = "duplicates: pairs with one prompt have no majority; keep=first keeps the first of them"
            raise ConfigError(msg)

    @property
    def observes(self) -> bool:  # type: ignore[override]  # it depends on the settings
        """Whether votes are to be counted first."""
        return self.keep == "majority"

    def observe(self, batch: PairBatch) -> None:
        """Count the votes."""
        self._votes.add(batch)

    def settle(self) -> None:
        """All votes are counted."""
        self._votes.settle()

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Repeats, or votes that are not of the majority and its repeats."""
        every = np.ones(len(batch), dtype=np.bool_)
        if self.what == "prompt":
            prompts = prompt_text_keys(batch)
            return [Dropped.of("this prompt came before", self._seen.repeated(prompts, prompts > 0))]
        if self.keep == "first":
            return [Dropped.of("this pair came before", self._seen.repeated(repeat_keys(batch), every))]
        votes = self._votes.of(batch)
        outvoted, open_ = votes.opposed > votes.agreeing, (votes.opposed == votes.agreeing) & (votes.opposed > 0)
        left = ~outvoted & ~open_
        return [
            Dropped.of("outvoted by others on this pair", outvoted, votes.opposed),
            Dropped.of("as many votes for either response", open_, votes.opposed),
            Dropped.of("this pair came before", self._seen.repeated(vote_pairs(batch), left)),
        ]
