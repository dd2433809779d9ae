"""Votes on the same pairs: who agrees with whom, with themselves, and across the two orders."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from prefaudit.stats.alpha import kappa, pairwise_agreement
from prefaudit.stats.clusters import ClusteredShares, ClusterKeys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.stats.names import Names
    from prefaudit.stats.table import Columns

#: The categories of a vote: the response of lower hash won, a tie, the other one won.
CATEGORIES = 3
#: Annotators in the report: those with the most votes. Kappa is shown for all pairs of the first few.
_SHOWN, _PAIRED = 10, 4
_UNKNOWN = {"share_longer": None, "interval": None}


class Votes:
    """Votes sorted by pair, annotator and time.

    Args:
        columns: `pair`, `annotator` (0 if not named), `when`, `vote` (0 to 2), `longer` (1 if the longer response
            won, -1 if the shorter did, else 0), `low_first` (whether the response of lower hash was shown first,
            -1 if not known), `prompt` (its bucket).
    """

    def __init__(self, columns: Columns) -> None:
        pair, annotator = columns["pair"], columns["annotator"]
        self.columns = columns
        new_pair = _starts(pair)
        self.item: NDArray[np.int64] = np.cumsum(new_pair) - 1
        #: Each annotator's first vote on a pair; of those not named, every vote.
        self.first: NDArray[np.bool_] = new_pair | _starts(annotator) | (annotator == 0)
        self.counts = self._counts(self.first)

    def _counts(self, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The votes of each item by category."""
        items = int(self.item[-1]) + 1 if len(self.item) else 0
        cells = self.item[rows] * CATEGORIES + self.columns["vote"][rows]
        return np.bincount(cells, minlength=items * CATEGORIES).reshape(items, CATEGORIES)

    def first_two(self) -> NDArray[np.int64]:
        """As `counts`, of the two earliest votes on each item."""
        rows = np.flatnonzero(self.first)
        order = rows[np.lexsort((rows, self.columns["when"][rows], self.item[rows]))]
        place = np.arange(len(order)) - np.searchsorted(self.item[order], self.item[order])
        early = np.zeros(len(self.first), dtype=bool)
        early[order[place < 2]] = True  # noqa: PLR2004
        return self._counts(early)

    def repeats(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Votes of an annotator on a pair already judged, by row, and whether each is the same as the first."""
        starts = np.flatnonzero(self.first)
        again = np.flatnonzero(~self.first)
        before = starts[np.searchsorted(starts, again, side="right") - 1]
        same: NDArray[np.bool_] = self.columns["vote"][again] == self.columns["vote"][before]
        return again, same

    def orders(self) -> dict[str, Any] | None:
        """Agreement of different annotators who saw the same order, and opposite ones; None where none is known."""
        shown = self.columns["low_first"]
        seen = [self._counts(shown == side) for side in (0, 1)]
        both = int((seen[0].any(axis=1) & seen[1].any(axis=1)).sum())
        if not both:
            return None
        one, other = (self._counts(self.first & (shown == side)) for side in (0, 1))
        within = [sum(two) for two in zip(pairwise_agreement(one), pairwise_agreement(other), strict=True)]
        across = int((one * other).sum()), int((one.sum(axis=1) * other.sum(axis=1)).sum())
        return {
            "items_in_both_orders": both,
            "vote_pairs_same_order": within[1],
            "share_agreeing_same_order": _share(*within),
            "vote_pairs_opposite_orders": across[1],
            "share_agreeing_opposite_orders": _share(*across),
        }

    def annotators(self, names: Names) -> list[dict[str, Any]]:
        """One row for each of the annotators with the most votes."""
        again, same = self.repeats()
        person = self.columns["annotator"]
        return [
            {
                "annotator": names[int(key)],
                "votes": int((person == key).sum()),
                **self._against_others(self.first & (person == key)),
                "repeats": int((person[again] == key).sum()),
                "repeats_alike": int(same[person[again] == key].sum()),
                **self._length_preference(person == key),
            }
            for key in self._busiest(_SHOWN)
        ]

    def _busiest(self, size: int) -> list[int]:
        keys, votes = np.unique(self.columns["annotator"], return_counts=True)
        order = np.lexsort((keys, -votes))
        return [int(keys[at]) for at in order if keys[at]][:size]

    def _against_others(self, rows: NDArray[np.bool_]) -> dict[str, Any]:
        """How often the others on the same item say the same."""
        items, votes = self.item[rows], self.columns["vote"][rows]
        others = self.counts[items].sum(axis=1) - 1
        agreeing = self.counts[items, votes] - 1
        return {"shared_pairs": int((others > 0).sum()), "share_agreeing": _share(agreeing.sum(), others.sum())}

    def _length_preference(self, rows: NDArray[np.bool_]) -> dict[str, Any]:
        """How often one annotator prefers the longer of two unequal responses, clustered by prompt."""
        decided = rows & (self.columns["longer"] != 0)
        shares, longer = ClusteredShares(slices=1), self.columns["longer"][decided] > 0
        shares.add(longer, np.zeros(len(longer), dtype=np.int64), ClusterKeys(self.columns["prompt"][decided]))
        found = shares.estimate()
        return {"share_longer": found.share, "interval": list(found.interval)} if found.n else _UNKNOWN

    def kappas(self, names: Names) -> list[dict[str, Any]]:
        """Agreement of each two of the annotators with the most votes, over the pairs both judged."""
        rows = []
        for one, other in combinations(self._busiest(_PAIRED), 2):
            table = self._table(one, other)
            if table.any():
                agreeing = _share(np.trace(table), table.sum())
                value = kappa(table)
                rows.append(
                    {
                        "annotator": f"{names[one]}, {names[other]}",
                        "shared_pairs": int(table.sum()),
                        "share_agreeing": agreeing,
                        "kappa": None if np.isnan(value) else value,
                    }
                )
        return rows

    def _table(self, one: int, other: int) -> NDArray[np.int64]:
        rows = [np.flatnonzero(self.first & (self.columns["annotator"] == key)) for key in (one, other)]
        _, at, too = np.intersect1d(self.item[rows[0]], self.item[rows[1]], assume_unique=True, return_indices=True)
        votes = self.columns["vote"].astype(np.int64)
        cells = votes[rows[0][at]] * CATEGORIES + votes[rows[1][too]]
        return np.bincount(cells, minlength=CATEGORIES**2).reshape(CATEGORIES, CATEGORIES)


def _starts(values: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Where a value is another one than before it."""
    new = np.ones(len(values), dtype=bool)
    new[1:] = values[1:] != values[:-1]
    return new


def _share(part: int, whole: int) -> float | None:
    return int(part) / int(whole) if whole else None
