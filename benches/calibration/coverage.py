"""How often the intervals hold what they are about: by enumeration where that is possible, else in many made sets."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from benches.calibration.running import dealt
from prefaudit.checks.columns import clusters
from prefaudit.stats.alpha import alpha_interval
from prefaudit.stats.clusters import ClusteredShares, ShareEstimate
from prefaudit.stats.families import Band, judge_family
from prefaudit.stats.intervals import clopper_pearson, t_quantile
from prefaudit.stats.paired import clustered_difference, tango
from prefaudit.stats.shortcut import accuracy, auc, clustered_share
from prefaudit.stats.slope import permuted_slope, within_slope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.random import Generator
    from numpy.typing import NDArray

    from prefaudit.report.model import Verdict

SETS = 10_000
_CHUNKS = 10
#: What the design asks for.
LEAST, MOST = 0.94, 0.96
_BAND = Band(0.5, 0.05, 0.10)


@dataclass(frozen=True)
class Coverage:
    """How often an interval covers; `sets` is 0 where it was enumerated."""

    interval: str
    what: str
    covered: float
    sets: int
    conservative: str = ""

    @property
    def holds(self) -> bool:
        """Within 94-96%; at least 94% for an interval that is conservative, and says why."""
        error = 0.0 if self.sets == 0 else 2 * math.sqrt(LEAST * (1 - LEAST) / self.sets)
        return LEAST - error <= self.covered and (bool(self.conservative) or self.covered <= MOST + error)


@dataclass(frozen=True)
class Drawn:
    """An interval that is tried on made sets: `trial` says whether it held the truth, or how many of how many did."""

    interval: str
    what: str
    trial: Callable[..., tuple[int, int]]
    arguments: tuple[float, ...] = ()
    conservative: str = ""
    sets: int = SETS


_CAPPED = "the effective n is never over n, which costs where rows are independent"
_EXACT = "exact, so at least 95% whatever the share"
_SELECTED = "of the slices that stand out at most 5% miss (Benjamini & Yekutieli), fewer where their shares differ"


def drawn() -> list[Drawn]:
    """All that are tried on made sets."""
    return [
        Drawn("clustered Wilson", "2,000 rows, a prompt each", _prompts, (2000, 1, 0.5, 0.0), _CAPPED),
        Drawn("clustered Wilson", "400 prompts of 5 rows, correlation .3", _prompts, (400, 5, 0.5, 0.3)),
        Drawn("clustered Wilson", "400 prompts of 5 rows, correlation .3, share .1", _prompts, (400, 5, 0.1, 0.3)),
        Drawn("clustered Wilson", "40 prompts of 20 rows, correlation .1", _prompts, (40, 20, 0.5, 0.1)),
        Drawn("clustered Wilson", "13 prompts of 300 rows, correlation .02", _prompts, (13, 300, 0.5, 0.02)),
        Drawn("clustered Wilson", "400 prompts of Pareto sizes, correlation .2", _skewed, (400,)),
        Drawn("clustered Wilson, two ways", "1,500 rows of 300 prompts and 12 annotators", _two_ways, (12,)),
        Drawn("clustered Wilson, two ways", "1,500 rows of 300 prompts and 40 annotators", _two_ways, (40,)),
        Drawn("Tango, clustered", "400 pairs in both orders, a prompt each", _orders, (400, 1)),
        Drawn("Tango, clustered", "400 pairs in both orders, 4 a prompt", _orders, (100, 4)),
        Drawn("CR2 slope", "8 annotators of 20 to 100 votes", _slope, (8,)),
        Drawn("CR2 slope", "30 annotators of 20 to 100 votes", _slope, (30,)),
        Drawn("permuted slope", "4 annotators of 20 to 100 votes", _permuted, (4,), sets=1000),
        Drawn("bootstrap of alpha", "100 pairs, three votes, alpha .64", _alpha, (100, 3, 0.9)),
        Drawn("bootstrap of alpha", "300 pairs, two votes, alpha .36", _alpha, (300, 2, 0.8)),
        Drawn("pair accuracy", "1,000 pairs of 500 prompts, accuracy .69", _accuracy),
        Drawn("AUC", "1,000 pairs of 500 prompts, AUC .76", _auc),
        Drawn("family of slices", "20 slices of 400 rows, of which 5 are biased", _family, (), _SELECTED, 2000),
    ]


def measured(*, quick: bool = False, processes: int | None = None) -> Iterator[Coverage]:
    """Every interval's coverage, as it is known."""
    yield from enumerated()
    cases = drawn()
    part = 20 if quick else 1
    tasks = [(case, chunk, case.sets // _CHUNKS // part) for case in cases for chunk in range(_CHUNKS)]
    found = dealt(_chunk, tasks, processes)
    for case in cases:
        counts = [next(found) for _ in range(_CHUNKS)]
        hits, of = (sum(count) for count in zip(*counts, strict=True))
        yield Coverage(case.interval, case.what, hits / of, case.sets // part, case.conservative)


def _chunk(task: tuple[Drawn, int, int]) -> tuple[int, int]:
    case, chunk, sets = task
    rng = np.random.default_rng([chunk, 20260103])
    trials = [case.trial(rng, *case.arguments) for _ in range(sets)]
    return sum(hits for hits, _ in trials), sum(of for _, of in trials)


def enumerated() -> Iterator[Coverage]:
    """The intervals whose every outcome can be weighed."""
    for share, n in ((0.005, 1000), (0.01, 200), (0.05, 200), (0.3, 50)):
        covered = math.fsum(
            comb(n, k) * share**k * (1 - share) ** (n - k)
            for k in range(n + 1)
            if _inside(share, clopper_pearson(k, n))
        )
        yield Coverage("Clopper-Pearson", f"share {share:g}, {n:,} rows", covered, 0, _EXACT)
    for n, first, second in ((60, 0.15, 0.15), (60, 0.25, 0.05)):
        covered = math.fsum(
            comb(n, one) * comb(n - one, two) * first**one * second**two * (1 - first - second) ** (n - one - two)
            for one in range(n + 1)
            for two in range(n + 1 - one)
            if _inside(first - second, tango(one, two, n, 1.959964))
        )
        yield Coverage("Tango", f"{n} pairs, FF {first:.0%}, SS {second:.0%}", covered, 0)


def _inside(truth: float, interval: tuple[float, float]) -> bool:
    return interval[0] <= truth <= interval[1]


def _hit(truth: float, interval: tuple[float, float]) -> tuple[int, int]:
    return int(_inside(truth, interval)), 1


def _hashes(rng: Generator, n: int) -> NDArray[np.uint64]:
    return rng.integers(0, 2**63, n).astype(np.uint64)


def _estimate(
    won: NDArray[np.bool_], prompt: NDArray[np.uint64], annotator: NDArray[np.uint64] | None = None
) -> ShareEstimate:
    shares = ClusteredShares(slices=1)
    shares.add(won, np.zeros(len(won), dtype=np.int64), clusters(prompt, annotator))
    return shares.estimate()


def _prompts(rng: Generator, prompts: int, rows: int, share: float, correlation: float) -> tuple[int, int]:
    """Beta-binomial prompts."""
    strength = (1 - correlation) / correlation if correlation else math.inf
    own = rng.beta(share * strength, (1 - share) * strength, prompts) if correlation else np.full(prompts, share)
    won = rng.random((prompts, rows)) < own[:, None]
    return _hit(share, _estimate(won.ravel(), np.repeat(_hashes(rng, prompts), rows)).interval)


def _skewed(rng: Generator, prompts: int) -> tuple[int, int]:
    """A few prompts hold most of the rows."""
    sizes = rng.pareto(1.2, prompts).astype(np.int64) + 1
    sizes = np.minimum(sizes, 10_000)
    won = rng.random(int(sizes.sum())) < np.repeat(rng.beta(2, 2, prompts), sizes)
    return _hit(0.5, _estimate(won, np.repeat(_hashes(rng, prompts), sizes)).interval)


def _two_ways(rng: Generator, people: int) -> tuple[int, int]:
    """A leaning of each prompt and of each annotator, on the scale of the normal distribution."""
    prompt, who = np.repeat(np.arange(300), 5), rng.integers(0, people, 1500)
    latent = rng.normal(0, 0.5, 300)[prompt] + rng.normal(0, 0.4, people)[who] + rng.normal(size=1500)
    return _hit(0.5, _estimate(latent > 0, _hashes(rng, 300)[prompt], _hashes(rng, people)[who]).interval)


def _orders(rng: Generator, prompts: int, pairs: int) -> tuple[int, int]:
    """FF in 20% and SS in 10%, more alike in a prompt."""
    level = np.repeat(rng.normal(0, 0.7, prompts), pairs) if pairs > 1 else np.zeros(prompts)
    latent = ndtr((level + rng.normal(size=len(level))) / math.sqrt(1 + 0.49 * (pairs > 1)))
    changes = np.where(latent < 0.2, 1, np.where(latent > 0.9, -1, 0))
    buckets = clusters(np.repeat(_hashes(rng, prompts), pairs)).prompt
    return _hit(0.1, clustered_difference(changes, buckets, t_quantile).interval)


def _votes(rng: Generator, people: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Positions, whether each vote is right, who voted: unequal skill, a fall of 10 points on average."""
    sizes = rng.integers(20, 101, people)
    who = np.repeat(np.arange(people), sizes)
    x = (np.arange(len(who)) - (np.cumsum(sizes) - sizes)[who] + 0.5) / sizes[who]
    skill = rng.uniform(0.75, 0.95, people)[who]
    return x, (rng.random(len(who)) < skill - 0.1 * x).astype(np.float64), who


def _slope(rng: Generator, people: int) -> tuple[int, int]:
    found = within_slope(*_votes(rng, people))
    return _hit(-0.1, found.interval) if found else (0, 0)


def _permuted(rng: Generator, people: int) -> tuple[int, int]:
    x, y, who = _votes(rng, people)
    found = permuted_slope(x, y, who, who)
    return _hit(-0.1, found.interval) if found else (0, 0)


def _alpha(rng: Generator, pairs: int, votes: int, right: float) -> tuple[int, int]:
    """Two even categories and voters who are right independently: alpha is (2 right - 1)^2."""
    first = (rng.random((pairs, votes)) < right) == (rng.random(pairs) < 0.5)[:, None]
    ones = first.sum(axis=1)
    counts = np.stack([ones, np.zeros_like(ones), votes - ones], axis=1)
    return _hit((2 * right - 1) ** 2, alpha_interval(counts))


def _scores(rng: Generator) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
    """Normal scores with a mean of half a standard deviation, two a prompt with correlation .5."""
    own = np.repeat(rng.normal(0, math.sqrt(0.5), 500), 2)
    return 0.5 + own + rng.normal(0, math.sqrt(0.5), 1000), np.repeat(_hashes(rng, 500), 2)


def _accuracy(rng: Generator) -> tuple[int, int]:
    scores, prompts = _scores(rng)
    return _hit(float(ndtr(0.5)), clustered_share(accuracy(scores), prompts).interval)


def _auc(rng: Generator) -> tuple[int, int]:
    scores, prompts = _scores(rng)
    return _hit(float(ndtr(0.5 * math.sqrt(2))), auc(scores, prompts).interval)


def _family(rng: Generator) -> tuple[int, int]:
    """How many of the slices that stand out lie where their intervals say."""
    shares = np.array([0.5] * 15 + [0.58, 0.62, 0.65, 0.4, 0.36])
    estimates = [_estimate(rng.random(400) < share, _hashes(rng, 400)) for share in shares]
    judged = judge_family(estimates, _BAND)
    out = [(share, one.interval) for share, one in zip(shares, judged, strict=True) if _stands_out(one.verdict)]
    return sum(_inside(share, interval) for share, interval in out), len(out)


def _stands_out(verdict: Verdict) -> bool:
    return verdict.value in {"WARN", "FAIL"}


def number() -> int:
    """How many intervals are tried."""
    return len(drawn()) + len(list(enumerated()))
