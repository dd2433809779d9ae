"""Do the labels contradict each other?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from prefaudit.checks.base import Check
from prefaudit.checks.columns import annotator_keys, as_mask, combined, comparable, pair_keys
from prefaudit.checks.examples import KEPT, Sources
from prefaudit.report.model import Chart, Example, Measure, Verdict
from prefaudit.stats.clusters import ClusteredShares
from prefaudit.stats.preferences import Dropped, Edges, triads, votes_to_drop
from prefaudit.stats.rules import census, rows_to_tell, what_it_takes
from prefaudit.stats.state import Counts
from prefaudit.stats.table import RowTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding
    from prefaudit.stats.clusters import ShareEstimate

#: Prompts are known by 64 bits of their hash; the responses to one, and annotators, by the first 32 of theirs.
_HALF = np.uint64(32)
_SELF, _OPPOSING, _CYCLIC = "self-contradiction", "opposing labels", "cyclic triads"
_MEANING = {
    _SELF: "one annotator, both ways",
    _OPPOSING: "both ways, by nobody named",
    _CYCLIC: "A beats B, B beats C, C beats A",
}
_WORST_FIRST = (Verdict.FAIL, Verdict.WARN, Verdict.UNDERPOWERED, Verdict.PASS)


class Contradictions(Check):
    """Do the labels contradict each other?

    What it measures:
        Three shares, of what could contradict. *Self-contradiction*: pairs of votes by one annotator on the same
        two responses to a prompt that go opposite ways. *Opposing labels*: the same where no annotator is
        recorded. *Cyclic triads*: threes of responses to a prompt, each compared with each, where A beats B, B
        beats C and C beats A.

    Why it matters:
        A reward model gives each response one score, so of two opposing labels and of a cycle it must get one
        wrong. Where they are frequent the guidelines, the annotators or the labels' order are not consistent.

    How it is computed:
        On the same prompt and the same texts; ties, equal responses, empty prompts and transcripts that part
        early are left out. Votes of different annotators on one pair are a matter for `agreement`. Cycles are
        counted on the winners by net majority of all votes on a pair; a coin would make .25 of the triads
        cyclic. `votes_to_drop` is the least number of net votes without which there is no cycle, exact where
        up to 15 responses hang together in cycles, an upper bound beyond. Intervals are Wilson's, clustered
        by prompt.

    Verdict:
        WARN when the whole interval of the first or second share lies over `warn` (2%) or that of the third
        over `warn_cyclic` (5%), FAIL when it lies over `fail` (10%) or `fail_cyclic` (15%), PASS when all lie
        below the limits of a WARN. Else UNDERPOWERED, with the number it would take. NOT MEASURABLE where no pair
        is judged twice and no three responses are all compared. The estimate is the worst of the three.

    Limits:
        Votes of one annotator in both orders contradict each other where position decides: see
        `position-bias`. Close responses make cycles without anybody being careless.

    References:
        Kendall & Babington Smith 1940, Biometrika 31:324; Eades, Lin & Smyth 1993, Information Processing Letters
        47:319.
    """

    id = "contradictions"
    measure = Measure("contradicting", "share")
    advice = "judge the pairs of the examples anew, or leave out what contradicts itself"
    filter = "contradictions"
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.02, "fail": 0.10, "warn_cyclic": 0.05, "fail_cyclic": 0.15}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.votes = RowTable(prompt="u8", chosen="u4", rejected="u4", annotator="u4", row="u4")
        self.sources = Sources()

    def update(self, batch: PairBatch) -> None:
        """Keep the votes of one batch that have a direction."""
        keys = pair_keys(batch)
        same_prompt, ties, equal = comparable(batch), as_mask(batch.ties), keys.chosen == keys.rejected
        rows = same_prompt & ~ties & ~equal
        annotator = annotator_keys(batch)
        voter = np.zeros(len(batch), dtype=np.uint64) if annotator is None else annotator
        self.counts.add(
            ties=int(ties.sum()), equal_responses=int((equal & ~ties).sum()), left_out=int((~same_prompt).sum())
        )
        self.votes.add(
            prompt=keys.prompt[rows],
            chosen=keys.chosen[rows] >> _HALF,
            rejected=keys.rejected[rows] >> _HALF,
            # 0 stays what it is, nobody; no name may become it.
            annotator=np.where(voter > 0, np.maximum(voter >> _HALF, 1), 0)[rows],
            row=batch.row.to_numpy()[rows] & 0xFFFFFFFF,
        )
        self.sources.note(batch)

    def result(self) -> Finding:
        """The worst of the three shares."""
        found = _Found.of(self.votes)
        values = self.values()
        limits = (values["warn"], values["fail"])
        parts = [
            _Part.of(_SELF, "vote pairs", found.shares[_SELF], *limits),
            _Part.of(_OPPOSING, "vote pairs", found.shares[_OPPOSING], *limits),
            _Part.of(_CYCLIC, "triads", found.shares[_CYCLIC], values["warn_cyclic"], values["fail_cyclic"]),
        ]
        figures = self._figures(parts, found.dropped)
        measured = [part for part in parts if part.estimate.n]
        if not measured:
            reason = "no annotator judged a pair twice, and no three responses to a prompt were all compared"
            missing = "pairs judged twice, or three responses all compared"
            return self._not_measurable(reason, figures, missing=missing)
        worst = min(measured, key=lambda part: (_WORST_FIRST.index(part.verdict), -part.estimate.share / part.warn))
        return self._finding(
            worst.verdict,
            worst.estimate.share,
            worst.estimate.interval,
            worst.estimate.n,
            "; ".join(part.sentence() for part in measured) + _to_drop(found.dropped),
            figures,
            self._examples(found.opposed),
            brief=worst.brief(),
            counted=worst.unit,
            clustered_by=("prompt",),
        )

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """The three shares."""
        del figures
        return (Chart("intervals", "contradictions", "share that contradicts", "what", "share", "of"),)

    def _figures(self, parts: list[_Part], dropped: Dropped) -> dict[str, Any]:
        return {
            "contradictions": [part.row() for part in parts],
            **({"chance_of_a_cyclic_triad": 0.25} if parts[-1].estimate.n else {}),
            "votes_to_drop": dropped.votes,
            "votes_to_drop_is_exact": dropped.exact,
            "ties": self.counts["ties"],
            "equal_responses": self.counts["equal_responses"],
            "left_out_diverged": self.counts["left_out"],
        }

    def _examples(self, opposed: list[_Opposed]) -> Iterator[Example]:
        """The first row of each of the pairs with the most opposing votes of one annotator, or of nobody."""
        for one in sorted(opposed)[:KEPT]:
            who = "one annotator" if one.named else "annotators who are not named"
            note = f"judged {one.more} to {one.fewer} by {who}"
            yield Example(self.sources.name, one.row, float(-one.minus_opposing), note)


def _to_drop(dropped: Dropped) -> str:
    """What it takes to be rid of the cycles, in words."""
    if not dropped.votes:
        return ""
    return f"; without {'' if dropped.exact else 'at most '}{dropped.votes:,} of the votes there would be no cycle"


def _shared(prompts: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which of the prompts, in order, are there more than once."""
    again = np.concatenate([[False], prompts[1:] == prompts[:-1], [False]])
    return again[1:] | again[:-1] if len(prompts) else np.zeros(0, dtype=np.bool_)


class _Opposed(NamedTuple):
    """A pair with opposing votes; the most of them come first, then the first row."""

    minus_opposing: int
    row: int
    more: int
    fewer: int
    named: bool


class _Found:
    """What the votes say, added up over parts of them that share no prompt."""

    def __init__(self) -> None:
        self.shares = {name: ClusteredShares(slices=1) for name in (_SELF, _OPPOSING, _CYCLIC)}
        self.dropped = Dropped(0, exact=True)
        self.opposed: list[_Opposed] = []

    @classmethod
    def of(cls, table: RowTable) -> _Found:
        """What all votes say: those on prompts that have more than one, since a vote alone contradicts nothing."""
        found = cls()
        for part in table.parts():
            shared = _shared(part["prompt"])
            if shared.any():
                found.add({name: values[shared] for name, values in part.items()})
        return found

    def add(self, votes: dict[str, NDArray[Any]]) -> None:
        """Count some votes."""
        pairs, graph = _Pairs.of(votes), _Graph.of(votes)
        self._count(_SELF, pairs.opposed(named=True))
        self._count(_OPPOSING, pairs.opposed(named=False))
        self._count(_CYCLIC, graph.cyclic())
        dropped = votes_to_drop(graph.edges)
        self.dropped = Dropped(self.dropped.votes + dropped.votes, self.dropped.exact and dropped.exact)
        self.opposed += pairs.most_opposed(votes["row"])

    def _count(self, name: str, counted: _Counted) -> None:
        self.shares[name].add_counts(counted.found, counted.of, (counted.prompts & np.uint64(0xFF)).astype(np.uint8))


class _Counted(NamedTuple):
    """What was found of what could be, with the prompt of each count."""

    found: NDArray[np.int64]
    of: NDArray[np.int64]
    prompts: NDArray[np.uint64]


class _Part(NamedTuple):
    """One of the three shares with its verdict."""

    name: str
    unit: str
    estimate: ShareEstimate
    verdict: Verdict
    warn: float

    @classmethod
    def of(cls, name: str, unit: str, shares: ClusteredShares, warn: float, fail: float) -> _Part:
        estimate = shares.estimate()
        # The labels are a sample of those that would be given: the interval decides.
        verdict = census(0, max(estimate.n, 1), estimate.interval, warn, fail, sampled=True)
        return cls(name, unit, estimate, verdict, warn)

    def row(self) -> dict[str, Any]:
        """One row of the table."""
        one = self.estimate
        return {
            "what": self.name,
            "of": one.n,
            "unit": self.unit,
            "share": one.share if one.n else None,
            "interval": list(one.interval) if one.n else None,
            "verdict": self.verdict.value if one.n else Verdict.NOT_MEASURABLE.value,
        }

    def sentence(self) -> str:
        """The share in words; where there are too few, how many there should be."""
        one = self.estimate
        low, high = one.interval
        said = f"{self.name}: {one.share:.1%} [{low:.1%}, {high:.1%}] of {one.n:,} {self.unit}"
        return said if self._takes is None else f"{said} (to tell takes {self._takes})"

    def brief(self) -> str:
        """What the share is of, and how many it takes."""
        told = f"{self.name} ({_MEANING[self.name]})"
        return told if self._takes is None else f"{told}: too few to tell, it takes {self._takes}"

    @property
    def _takes(self) -> str | None:
        if self.verdict is not Verdict.UNDERPOWERED:
            return None
        needed = rows_to_tell(self.estimate, self.warn)
        if needed is None:
            return None
        return what_it_takes(self.estimate, max(needed, self.estimate.n + 1), self.unit)


class _Pairs(NamedTuple):
    """The votes by prompt, pair of responses and annotator: how often which response won."""

    group: NDArray[np.int64]
    first_wins: NDArray[np.int64]
    second_wins: NDArray[np.int64]
    named: NDArray[np.bool_]
    prompts: NDArray[np.uint64]

    @classmethod
    def of(cls, votes: dict[str, NDArray[Any]]) -> _Pairs:
        low, high = np.minimum(votes["chosen"], votes["rejected"]), np.maximum(votes["chosen"], votes["rejected"])
        keys = combined(votes["prompt"], *(part.astype(np.uint64) for part in (low, high, votes["annotator"])))
        _, at, group = np.unique(keys, return_index=True, return_inverse=True)
        first = votes["chosen"] < votes["rejected"]
        wins = [np.bincount(group[won], minlength=len(at)) for won in (first, ~first)]
        return cls(group, wins[0], wins[1], votes["annotator"][at] > 0, votes["prompt"][at])

    def opposed(self, *, named: bool) -> _Counted:
        """For each group with or without a name: pairs of votes that oppose each other, all of them, the prompt."""
        where = self.named == named
        first, second = self.first_wins[where], self.second_wins[where]
        total = first + second
        return _Counted(first * second, total * (total - 1) // 2, self.prompts[where])

    def most_opposed(self, rows: NDArray[np.uint32]) -> Iterator[_Opposed]:
        """Those with the most opposing votes, and the first row of each; `rows` are those of the votes."""
        opposing = self.first_wins * self.second_wins
        first = np.full(len(opposing), np.iinfo(np.int64).max)
        np.minimum.at(first, self.group, rows.astype(np.int64))
        for at in np.lexsort((first, -opposing))[:KEPT]:
            if opposing[at]:
                one, two = sorted((int(self.first_wins[at]), int(self.second_wins[at])), reverse=True)
                yield _Opposed(-int(opposing[at]), int(first[at]), one, two, bool(self.named[at]))


class _Graph(NamedTuple):
    """The responses of all prompts as nodes of one graph, with an edge where a net majority prefers one."""

    edges: Edges
    prompts: NDArray[np.uint64]

    @classmethod
    def of(cls, votes: dict[str, NDArray[Any]]) -> _Graph:
        winner, loser = (combined(votes["prompt"], votes[side].astype(np.uint64)) for side in ("chosen", "rejected"))
        keys, at, ends = np.unique(np.concatenate([winner, loser]), return_index=True, return_inverse=True)
        one, two = np.split(ends, 2)
        low, high = np.minimum(one, two), np.maximum(one, two)
        met, group = np.unique(low * len(keys) + high, return_inverse=True)
        net = np.bincount(group[one < two], minlength=len(met)) - np.bincount(group[one > two], minlength=len(met))
        met, net = met[net != 0], net[net != 0]
        low, high = met // max(len(keys), 1), met % max(len(keys), 1)
        edges = Edges(np.where(net > 0, low, high), np.where(net > 0, high, low), np.abs(net), len(keys))
        return cls(edges, np.concatenate([votes["prompt"]] * 2)[at])

    def cyclic(self) -> _Counted:
        """For each response: cyclic triads, complete ones, the prompt."""
        found = triads(self.edges)
        return _Counted(found.cyclic, found.complete, self.prompts)
