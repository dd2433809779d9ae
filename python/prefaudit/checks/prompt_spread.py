"""How the pairs of a data set are spread over its prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prefaudit.stats.clusters import ClusteredShares

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from prefaudit.stats.clusters import ShareEstimate


class Spread(NamedTuple):
    """The distinct prompts, in the order of their hashes.

    Attributes:
        clusters: the bucket of each, of 256.
        pairs: how many different pairs it has.
        templates: the hash of how it begins; 0 where it is too short.
        first: the least of its row numbers.
    """

    clusters: NDArray[np.uint8]
    pairs: NDArray[np.int32]
    templates: NDArray[np.uint32]
    first: NDArray[np.uint32]

    @classmethod
    def of(cls, rows: dict[str, NDArray[Any]]) -> Spread:
        """The spread of rows that are sorted by prompt, then by pair."""
        prompt, pair = rows["prompt"], rows["pair"]
        new_prompt = np.append(True, prompt[1:] != prompt[:-1])[: len(prompt)]
        new_pair = new_prompt | np.append(True, pair[1:] != pair[:-1])[: len(pair)]
        starts = np.flatnonzero(new_prompt)
        if not len(starts):
            return cls(np.empty(0, np.uint8), np.empty(0, np.int32), np.empty(0, np.uint32), np.empty(0, np.uint32))
        return cls(
            (prompt[starts] & np.uint64(0xFF)).astype(np.uint8),
            np.add.reduceat(new_pair.astype(np.int32), starts),
            rows["template"][starts],
            np.minimum.reduceat(rows["row"], starts),
        )

    @classmethod
    def joined(cls, parts: Iterable[Spread]) -> Spread:
        """The spread of parts that have no prompt in common, in the order of their prompts."""
        return cls(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    @property
    def usual(self) -> int:
        """The number of pairs that half of the prompts do not exceed."""
        return int(np.sort(self.pairs)[(len(self.pairs) - 1) // 2])

    def beyond(self, most: int) -> NDArray[np.int32]:
        """The pairs of each prompt beyond so many."""
        return np.maximum(self.pairs - most, 0)

    def share_beyond(self, most: int) -> ShareEstimate:
        """The share of pairs beyond `most` of their prompt, clustered by prompt."""
        shares = ClusteredShares(slices=1)
        shares.add_counts(self.beyond(most), self.pairs, self.clusters)
        return shares.estimate()

    def largest(self, most: int, count: int) -> Iterator[tuple[int, int]]:
        """The prompts with the most pairs, if those are over `most`: their first rows, and how many pairs they have."""
        over = np.flatnonzero(self.pairs > most)
        for at in over[np.lexsort((self.first[over], -self.pairs[over]))][:count]:
            yield int(self.first[at]), int(self.pairs[at])

    def largest_template(self) -> tuple[int, int]:
        """The hash of the way in which most prompts begin, and how many do; of equal ones the least hash."""
        templates, counts = np.unique(self.templates[self.templates > 0], return_counts=True)
        if not len(templates):
            return 0, 0
        at = int(np.argmax(counts))
        return int(templates[at]), int(counts[at])
