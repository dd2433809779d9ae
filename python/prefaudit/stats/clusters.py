"""A share on rows that are not independent: rows of one prompt, or of one annotator, go together.

Rows are hashed by cluster into 256 buckets with integer sums, so the state has a fixed size however many
clusters there are. Between-bucket variance (`stats.between`) gives the effective number of rows for Wilson's interval
with Student's t (Korn & Graubard 1998, Survey Methodology 24:193). Two ways of clustering combine as
V_prompt + V_annotator - V_both, not below the larger one (Cameron, Gelbach & Miller 2011, JBES 29:238).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from prefaudit.stats.between import degrees, variance
from prefaudit.stats.intervals import score_test, t_quantile, wilson
from prefaudit.stats.state import State

BUCKETS = 256
#: With fewer annotators than this a variance between them cannot be estimated.
MIN_ANNOTATORS = 10
#: With fewer degrees of freedom and a larger design effect an interval is wide for want of clusters, not of rows.
FEW_DEGREES, MUCH_CLUSTERED = 30, 2
#: So many degrees of freedom that Student's t is the normal distribution.
MANY_DEGREES = 10**9


@dataclass(frozen=True, slots=True)
class ClusterKeys:
    """The bucket of each row: by prompt, and by annotator and both where the source names annotators."""

    prompt: NDArray[np.uint8]
    annotator: NDArray[np.uint8] | None = None
    both: NDArray[np.uint8] | None = None

    def __getitem__(self, rows: NDArray[np.bool_]) -> ClusterKeys:
        """The keys of the rows where the mask is true."""
        return ClusterKeys(
            self.prompt[rows],
            None if self.annotator is None else self.annotator[rows],
            None if self.both is None else self.both[rows],
        )


@dataclass(frozen=True, slots=True)
class ShareEstimate:
    """A share with what its rows, clustered as they are, say about it."""

    share: float
    interval: tuple[float, float]
    p: float
    n: int
    n_eff: float
    clustered_by: tuple[str, ...]
    these_annotators_only: bool = False  # annotators are named, but too few to say anything about others
    degrees: float = MANY_DEGREES  # of freedom, of the t distribution that the interval rests on

    @property
    def deff(self) -> float:
        """The design effect: how many rows do the work of one independent row."""
        return self.n / self.n_eff if self.n_eff else 1.0

    @property
    def few_clusters(self) -> bool:
        """Whether more rows like these would tell little: it is prompts, or annotators, that are few."""
        return self.degrees < FEW_DEGREES and self.deff > MUCH_CLUSTERED


class ClusteredShares(State):
    """Successes and trials by slice, way of clustering and bucket.

    Args:
        slices: how many slices the rows are told apart by; the whole is their sum.

    Example:
        >>> shares = ClusteredShares(slices=1)
        >>> prompts = np.arange(200, dtype=np.uint8)
        >>> shares.add(np.arange(200) % 4 > 0, np.zeros(200, dtype=np.int64), ClusterKeys(prompts))
        >>> shares.estimate().share
        0.75
    """

    _WAYS = ("prompt", "annotator", "both")

    def __init__(self, slices: int) -> None:
        self._shape = (slices, BUCKETS)
        self._sums = {way: self._zero() for way in self._WAYS}

    def _zero(self) -> NDArray[np.int64]:
        """Successes and trials, by slice and bucket."""
        return np.zeros((2, *self._shape), dtype=np.int64)

    def add(self, success: NDArray[np.bool_], slices: NDArray[np.int64], keys: ClusterKeys) -> None:
        """Count rows: whether each is a success, its slice and its clusters."""
        for way in self._WAYS:
            buckets: NDArray[np.uint8] | None = getattr(keys, way)
            if buckets is not None:
                cells = slices * BUCKETS + buckets
                self._sums[way][0] += self._count(cells[success])
                self._sums[way][1] += self._count(cells)

    def add_counts(self, successes: NDArray[Any], trials: NDArray[Any], prompts: NDArray[np.uint8]) -> None:
        """Count clusters that are summed already, in the first slice: successes and trials of each, and its bucket."""
        for sums, counts in zip(self._sums["prompt"], (successes, trials), strict=True):
            np.add.at(sums[0], prompts, counts)

    def _count(self, cells: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(cells, minlength=self._shape[0] * BUCKETS).reshape(self._shape)

    def share_of(self, whole: ClusteredShares) -> ClusteredShares:
        """The rows counted here as the successes of those counted in `whole`, which they are a part of."""
        part = ClusteredShares(self._shape[0])
        part._sums = {way: np.stack([self._sums[way][1], whole._sums[way][1]]) for way in self._WAYS}
        return part

    def estimate(self, at: int | None = None) -> ShareEstimate:
        """The share in one slice, or in all of them; with no rows it is 0 in (0, 1)."""
        ways = {way: self._slice(way, at) for way in self._WAYS}
        successes, trials = ways["prompt"].sum(axis=1)
        n = int(trials)
        if n == 0:
            return ShareEstimate(0.0, (0.0, 1.0), 1.0, 0, 0.0, ())
        share = int(successes) / n
        clustered_by = self._usable(ways, n)
        clusters = min(int((ways[way][1] > 0).sum()) for way in clustered_by)
        freedom = min(degrees(ways[way][1]) for way in clustered_by)
        n_eff = _effective_rows(share, n, clusters, self._variance(ways, share, clustered_by))
        interval = wilson(share, n_eff, t_quantile(freedom))
        p = score_test(share, n_eff, freedom)
        few = bool(ways["annotator"].any()) and "annotator" not in clustered_by
        return ShareEstimate(share, interval, p, n, n_eff, clustered_by, few, freedom)

    def _slice(self, way: str, at: int | None) -> NDArray[np.int64]:
        sums = self._sums[way]
        return sums.sum(axis=1) if at is None else sums[:, at]

    @staticmethod
    def _usable(ways: dict[str, NDArray[np.int64]], n: int) -> tuple[str, ...]:
        """Annotators count as a way of clustering when all rows name one and there are enough of them."""
        trials = ways["annotator"][1]
        enough = int((trials > 0).sum()) >= MIN_ANNOTATORS and int(trials.sum()) == n
        return ("prompt", "annotator") if enough else ("prompt",)

    @staticmethod
    def _variance(ways: dict[str, NDArray[np.int64]], share: float, clustered_by: tuple[str, ...]) -> float:
        single = [_variance(ways[way], share) for way in clustered_by]
        if len(single) == 1:
            return single[0]
        return max(sum(single) - _variance(ways["both"], share), *single)

    def merge(self, other: Self) -> None:
        """Add the sums of `other`."""
        for way in self._WAYS:
            self._sums[way] += other._sums[way]

    def to_state(self) -> dict[str, list[list[list[int]]]]:
        """The sums of each way of clustering that has rows."""
        return {way: sums.tolist() for way, sums in self._sums.items() if sums.any()}

    def load_state(self, state: dict[str, list[list[list[int]]]]) -> None:
        """Become what `to_state` gave."""
        self._sums = {way: np.array(state[way], dtype=np.int64) if way in state else self._zero() for way in self._WAYS}


def _variance(sums: NDArray[np.int64], share: float) -> float:
    """The variance of a share from the residuals of its buckets; 0 where a single one is filled."""
    successes, trials = sums
    return variance(successes - share * trials, trials)


def _effective_rows(share: float, n: int, clusters: int, variance: float) -> float:
    """How many independent rows would know the share as well.

    Where every row agrees, or all are in one cluster, the residuals are 0 and say nothing about dependence; then no
    more than the number of clusters is claimed.
    """
    if variance == 0:
        return float(min(n, clusters)) if share in {0.0, 1.0} or clusters == 1 else float(n)
    return min(float(n), share * (1 - share) / variance)
