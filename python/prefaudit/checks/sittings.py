"""Votes in the order in which each annotator gave them, cut into sittings, held against the others' majority."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prefaudit.stats.clusters import BUCKETS, ClusteredShares, ClusterKeys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.stats.table import Columns

_GAP = 30 * 60 * 10**6  # microseconds
_LEAST = 10
_TIED = 0.1
#: Standard errors beyond which it is not by chance that late pairs differ from early ones: it is in one of 80.
_CERTAIN = 2.5
#: Seconds that are not known, among tenths of a second.
UNKNOWN_TENTHS = 0xFFFF
_CATEGORIES = 3


class Sittings:
    """The votes of sittings long enough, with a majority to be held against; one entry a vote in each array.

    Attributes:
        annotator: numbers from 0.
        sitting: numbers, sorted.
        position: from 0 (first) to 1 (last vote of the sitting).
        agrees: with the majority of the other annotators.
        by_time: whether times were known, so that the order is that of time and not of rows.
        all_tied: whether sittings were left out for their tied times, and none is left.
        shared_order: the mean correlation of positions of two annotators' votes on one pair.
        partly_shared: whether that is more than chance.
        first_votes: of each pair so many votes are looked at, the first ones; 0 stands for all of them.
        behind: the position less the mean of the other votes on the pair; NaN where there is none.
    """

    def __init__(self, columns: Columns) -> None:
        self.by_time = bool(columns["timed"].any())
        rows = columns["timed"] == self.by_time
        columns = {name: column[rows] for name, column in columns.items()}
        sitting = self._cut(columns)
        sizes = np.bincount(sitting)
        long = sizes[sitting] >= _LEAST
        tied = _tied(columns["when"], sitting) if self.by_time else np.zeros(len(sizes), dtype=bool)
        self.left_out_tied = int((tied & (sizes >= _LEAST)).sum())
        usable = long & ~tied[sitting]
        self.all_tied = bool(self.left_out_tied) and not usable.any()
        position = _positions(sitting, sizes)
        self.first_votes = _usual_votes(columns["pair"][usable], position[usable])
        if self.first_votes:
            first = _first(columns, self.first_votes)
            columns = {name: column[first] for name, column in columns.items()}
            sitting, position, usable = sitting[first], position[first], usable[first]
        self.shared_order, self.partly_shared = _shared_order(columns["pair"][usable], position[usable])
        behind = np.full(len(position), np.nan)
        behind[usable] = _behind(columns["pair"][usable], position[usable])
        held, agrees = _against_majority(columns)
        rows = usable & held
        self.position, self.agrees, self.behind = position[rows], agrees[rows], behind[rows]
        self.sitting = sitting[rows]
        self.annotator = np.unique(columns["annotator"][rows], return_inverse=True)[1].reshape(-1)
        self.tenths = columns["tenths"][rows]
        self.sittings = len(np.unique(self.sitting))

    def _cut(self, columns: Columns) -> NDArray[np.int64]:
        """The sitting of each vote; the votes are sorted by annotator, session and time."""
        new = np.zeros(len(columns["when"]), dtype=bool)
        for name in ("annotator", "session"):
            new[1:] |= columns[name][1:] != columns[name][:-1]
        if self.by_time:
            # A named session is one sitting however long its pauses are.
            new[1:] |= (np.diff(columns["when"]) >= _GAP) & (columns["session"][1:] == 0)
        return np.cumsum(new)

    def figures(self) -> dict[str, Any]:
        """Counts, and the table quarter by quarter."""
        figures: dict[str, Any] = {
            "by_time": self.by_time,
            "annotators": len(np.unique(self.annotator)),
            "sittings": self.sittings,
            "left_out_sittings_with_tied_times": self.left_out_tied,
            "shared_order": self.shared_order,
            "first_votes_of_each_pair": self.first_votes,
        }
        if len(self.agrees):
            figures["quarters"] = [self._quarter(at) for at in range(4)]
        return figures

    def _quarter(self, at: int) -> dict[str, Any]:
        rows = np.minimum((4 * self.position).astype(np.int64), 3) == at
        known = self.tenths[rows & (self.tenths != UNKNOWN_TENTHS)]
        shares = ClusteredShares(slices=1)
        people = (self.annotator[rows] % BUCKETS).astype(np.uint8)
        shares.add(self.agrees[rows], np.zeros(len(people), dtype=np.int64), ClusterKeys(people))
        found = shares.estimate()
        return {
            "quarter": at + 1,
            "votes": found.n,
            "share_agreeing": found.share if found.n else None,
            "interval": list(found.interval) if found.n else None,
            "median_seconds": float(np.median(known)) / 10 if len(known) else None,
        }


def _positions(sitting: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """The middle of each vote's place in its sitting, as a share of the sitting."""
    starts = np.cumsum(sizes) - sizes
    positions: NDArray[np.float64] = (np.arange(len(sitting)) - starts[sitting] + 0.5) / sizes[sitting]
    return positions


def _tied(when: NDArray[np.int64], sitting: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which sittings have over 10% of votes at the time of another one."""
    sizes = np.bincount(sitting)
    same = np.zeros(len(when), dtype=bool)
    alike = (when[1:] == when[:-1]) & (sitting[1:] == sitting[:-1])
    same[1:] |= alike
    same[:-1] |= alike
    tied: NDArray[np.bool_] = np.bincount(sitting, weights=same, minlength=len(sizes)) > _TIED * sizes
    return tied


def _shared_order(pair: NDArray[np.uint64], position: NDArray[np.float64]) -> tuple[float, bool]:
    """The mean product of the standardized positions of two votes on one pair, 0 where no pair has two.

    And whether it is over 2.5 standard errors, those of a mean of products of independent positions: by chance it is
    in one of 160.
    """
    _, item = np.unique(pair, return_inverse=True)
    standard = (position - 0.5) * np.sqrt(12)
    votes = np.bincount(item)
    products = np.bincount(item, weights=standard) ** 2 - np.bincount(item, weights=standard**2)
    couples = int((votes * (votes - 1)).sum()) // 2
    shared = float(products.sum()) / (2 * couples) if couples else 0.0
    return shared, shared * np.sqrt(couples) > _CERTAIN


def _usual_votes(pair: NDArray[np.uint64], position: NDArray[np.float64]) -> int:
    """How many votes nine pairs in ten have, if late votes are on pairs with more of them than early ones; else 0.

    So it is where further votes are bought on the pairs on which the first ones differ: then late votes agree less
    because their pairs are those, though nobody tires. More means by more than 2.5 standard errors.
    """
    _, item, votes = np.unique(pair, return_inverse=True, return_counts=True)
    several = votes[votes > 1]
    products = (position - 0.5) * (votes[item] - votes[item].mean()) if len(item) else np.zeros(0)
    if not len(several) or products.sum() <= _CERTAIN * np.sqrt((products**2).sum()):
        return 0
    return int(np.sort(several)[len(several) // 10])


def _first(columns: Columns, size: int) -> NDArray[np.bool_]:
    """The first so many votes on each pair."""
    order = np.lexsort((columns["annotator"], columns["when"], columns["pair"]))
    ordered = columns["pair"][order]
    first = np.zeros(len(order), dtype=bool)
    first[order] = np.arange(len(order)) - np.searchsorted(ordered, ordered) < size
    return first


def _behind(pair: NDArray[np.uint64], position: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much each vote comes later in its sitting than the other votes on its pair do in theirs."""
    _, item = np.unique(pair, return_inverse=True)
    others = np.bincount(item)[item] - 1
    total = np.bincount(item, weights=position)[item] - position
    behind: NDArray[np.float64] = position - np.divide(total, others, out=np.full(len(item), np.nan), where=others > 0)
    return behind


def _against_majority(columns: Columns) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which votes have an untied majority of other annotators' votes, and which agree with it.

    An annotator's own votes on the pair, this one and any other, are no votes of others.
    """
    _, item = np.unique(columns["pair"], return_inverse=True)
    item = item.reshape(-1)
    _, own = np.unique(np.stack([item.astype(np.uint64), columns["annotator"]]), axis=1, return_inverse=True)
    own = own.reshape(-1)
    others = _counts(item, columns["vote"])[item] - _counts(own, columns["vote"])[own]
    most = others.max(axis=1, initial=0)
    held: NDArray[np.bool_] = (most > 0) & ((others == most[:, np.newaxis]).sum(axis=1) == 1)
    agrees: NDArray[np.bool_] = others[np.arange(len(item)), columns["vote"]] == most
    return held, agrees


def _counts(group: NDArray[np.int64], vote: NDArray[np.int8]) -> NDArray[np.int64]:
    """Votes of each group by category."""
    groups = int(group.max()) + 1 if len(group) else 0
    return np.bincount(group * _CATEGORIES + vote, minlength=groups * _CATEGORIES).reshape(groups, _CATEGORIES)
