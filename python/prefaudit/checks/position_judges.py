"""Votes by place, judge by judge: single ones, and both orders of a pair side by side."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prefaudit.checks.columns import clusters
from prefaudit.stats.clusters import ClusteredShares, ShareEstimate
from prefaudit.stats.intervals import t_quantile
from prefaudit.stats.multiplicity import adjusted
from prefaudit.stats.paired import clustered_difference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.stats.table import Columns

_EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Orders:
    """Pairs that a judge saw in both orders, by what came of them.

    Attributes:
        pairs: all of them.
        first_both: the first won both times (FF).
        second_both: the second won both times (SS).
        consistent: the same response won both times.
        one_tie: a tie in one order only.
        both_ties: a tie in both.
    """

    pairs: int
    first_both: int
    second_both: int
    consistent: int
    one_tie: int
    both_ties: int

    def figures(self) -> dict[str, Any]:
        """One row of the table, with the pairs in which the order changed the vote."""
        return {**asdict(self), "inconsistent": self.first_both + self.second_both + self.one_tie}


@dataclass(frozen=True, slots=True)
class Judge:
    """What one judge's votes, or everybody's, say.

    Attributes:
        key: the judge's hash, 0 if not named, None for all together.
        votes: with a place, ties included.
        share_first: won by the first, of all decided votes.
        balanced: whether the estimate comes from both orders.
        estimate: P(first wins).
        orders: the pairs seen in both orders.
        q: the p-value, adjusted for the number of judges.
        among_others: whether this is one of several judges, not everybody.
    """

    key: int | None
    votes: int
    share_first: float
    balanced: bool
    estimate: ShareEstimate
    orders: Orders
    q: float = 1.0
    among_others: bool = False

    @property
    def counted(self) -> str:
        """What the estimate rests on."""
        return "pairs" if self.balanced else "votes"


def judges_of(votes: Columns, least: int) -> list[Judge]:
    """Every judge with at least `least` decided votes, and all together where they are several."""
    starts = np.flatnonzero(np.diff(votes["judge"], prepend=votes["judge"][:1] + np.uint64(1)))
    ends = np.append(starts[1:], len(votes["judge"]))
    decided = np.add.reduceat((votes["won"] != 0).astype(np.int64), starts)
    judges = [
        _judge(int(votes["judge"][start]), {name: column[start:end] for name, column in votes.items()})
        for start, end, count in zip(starts, ends, decided, strict=True)
        if count >= least and len(starts) > 1
    ]
    q = adjusted([judge.estimate.p for judge in judges])
    judges = [replace(judge, q=float(value), among_others=True) for judge, value in zip(judges, q, strict=True)]
    if decided.sum():
        everybody = _judge(None if len(starts) > 1 else int(votes["judge"][0]), votes)
        judges.append(replace(everybody, q=everybody.estimate.p))
    return judges


def _judge(key: int | None, votes: Columns) -> Judge:
    """One judge's votes, in the order of the table: by judge, pair."""
    decided = votes["won"] != 0
    pairs = _Pairs(votes)
    balanced = 2 * int(decided[pairs.vote_in_both].sum()) > int(decided.sum()) and bool(pairs.decided.any())
    estimate = _both_orders(pairs) if balanced else _single(votes, pooled=key is None)
    share = float((votes["won"] > 0).sum() / decided.sum())
    return Judge(key, len(decided), share, balanced, estimate, pairs.orders(), estimate.p)


class _Pairs:
    """The pairs that a judge saw in both orders: the side that won in each, 1 for the first, 0 for a tie."""

    def __init__(self, votes: Columns) -> None:
        new = np.ones(len(votes["pair"]), dtype=bool)
        new[1:] = (votes["pair"][1:] != votes["pair"][:-1]) | (votes["judge"][1:] != votes["judge"][:-1])
        pair = np.cumsum(new) - 1
        cells = 2 * pair + votes["low_first"]
        size = 2 * (int(pair[-1]) + 1)
        seen = np.bincount(cells, minlength=size).reshape(-1, 2)
        # More than one vote in one order counts once, for the side that won more of them.
        won = np.bincount(cells, weights=votes["won"], minlength=size).reshape(-1, 2)
        both: NDArray[np.bool_] = seen.min(axis=1) > 0
        self.vote_in_both: NDArray[np.bool_] = both[pair]
        self.prompt = votes["prompt"][new][both]
        self.sides: NDArray[np.int64] = np.sign(won[both]).astype(np.int64)

    @property
    def decided(self) -> NDArray[np.bool_]:
        """The pairs without a tie."""
        mask: NDArray[np.bool_] = (self.sides != 0).all(axis=1)
        return mask

    def orders(self) -> Orders:
        ties, total = (self.sides == 0).sum(axis=1), self.sides.sum(axis=1)
        return Orders(
            pairs=len(self.sides),
            first_both=int((total == 2).sum()),  # noqa: PLR2004 - both sides are 1
            second_both=int((total == -2).sum()),  # noqa: PLR2004
            consistent=int(((ties == 0) & (total == 0)).sum()),
            one_tie=int((ties == 1).sum()),
            both_ties=int((ties == 2).sum()),  # noqa: PLR2004
        )


def _both_orders(pairs: _Pairs) -> ShareEstimate:
    """P(first wins) from the pairs decided in both orders."""
    changes = pairs.sides[pairs.decided].sum(axis=1) // 2
    buckets = clusters(pairs.prompt[pairs.decided]).prompt
    found = clustered_difference(changes, buckets, t_quantile)
    low, high = found.interval
    interval = (_EVEN + low / 2, _EVEN + high / 2)
    # As many single votes as would know the share as well: a fourth of one over its variance.
    n_eff = min(float(len(changes)), 1 / found.variance) if found.variance else float(len(changes))
    return ShareEstimate(_EVEN + found.difference / 2, interval, found.p, len(changes), n_eff, ("prompt",))


def _single(votes: Columns, *, pooled: bool) -> ShareEstimate:
    """P(first wins) from single votes, with rows of a prompt, and in the pool of a judge, as dependent."""
    decided = votes["won"] != 0
    won, judge = votes["won"][decided] > 0, votes["judge"][decided]
    people = judge if pooled and judge.all() else None
    shares = ClusteredShares(slices=1)
    shares.add(won, np.zeros(len(won), dtype=np.int64), clusters(votes["prompt"][decided], people))
    return shares.estimate()
