"""A realistic record without any defect, and how often a whole report raises an alarm on it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from benches.calibration.facts import Words
from benches.calibration.labels import ASPECTS
from benches.calibration.made import Items, named, texts
from benches.calibration.people import placed
from benches.calibration.running import ALARMS, dealt
from prefaudit.audit import prepare_checks
from prefaudit.config import Settings
from prefaudit.report.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.random import Generator
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch

SETS = 200
SIZES = (300, 1000, 3000)
PEOPLE = 40
_VOTES = 3  # a pair
_SECOND = 10**6
_PAUSE = 10 * 3600


@dataclass(frozen=True)
class Whole:
    """What reports on sets of one size said.

    Attributes:
        prompts: in each set.
        sets: how many there were.
        alarmed: reports with a WARN or worse.
        verdicts: by check.
    """

    prompts: int
    sets: int
    alarmed: int
    verdicts: dict[str, Counter[Verdict]]


def record(rng: Generator, prompts: int) -> PairBatch:
    """Clean preference data with everything that a source can record.

    A third of the prompts has three responses, all compared with each other, the others have two. Every pair is
    judged by three of forty people of unequal care, in an order of their own, in sittings of some fifty votes, faster
    and faster; sides are dealt at random, quality does not depend on length. Scores follow the label, four aspects
    follow the quality with an error of their own, and one vote in twenty is a tie.
    """
    made, difference = _pairs(rng, prompts)
    at, who, when, seconds = _sittings(rng, len(made.prompt))
    care = rng.uniform(3, 8, PEOPLE)[who]
    a_wins = rng.random(len(at)) < 1 / (1 + np.exp(-care * difference[at]))
    a_first = rng.random(len(at)) < 0.5
    margin = rng.integers(1, 4, len(at)).astype(np.float64)
    low = rng.integers(1, 5, len(at)).astype(np.float64)
    return placed(
        *(made, at, a_first, a_wins == a_first),
        annotator=named("person", who),
        timestamp=when,
        seconds=seconds,
        tie=rng.random(len(at)) < 0.05,
        score_chosen=low + margin,
        score_rejected=low,
        strength=margin,
        aspects=_aspects(rng, np.where(a_wins, 1, -1) * difference[at]),
        domain=pa.array(np.array(["code", "chat", "facts"])[at % 3]),
    )


def _pairs(rng: Generator, prompts: int) -> tuple[Items, NDArray[np.float64]]:
    """Every pair of responses, and how much better the first one is."""
    three = rng.random(prompts) < 1 / 3
    sizes = 2 + three
    first = np.cumsum(sizes) - sizes
    quality = rng.normal(size=int(sizes.sum()))
    one = np.concatenate([first, first[three], first[three] + 1])
    other = np.concatenate([first + 1, first[three] + 2, first[three] + 2])
    prompt = np.concatenate([np.arange(prompts), np.repeat(np.flatnonzero(three)[None], 2, axis=0).ravel()])
    responses = texts(rng, np.exp(rng.normal(3, 0.5, len(quality))).astype(np.int64) + 2)
    asked = texts(rng, rng.integers(5, 20, prompts))
    sides = (responses.take(pa.array(side)) for side in (one, other))
    return Items(asked.take(pa.array(prompt)), *sides), quality[one] - quality[other]


def _sittings(rng: Generator, pairs: int) -> tuple[NDArray[np.int64], ...]:
    """The pair, the annotator, the time and the seconds of each vote."""
    start, step = rng.integers(0, PEOPLE, pairs), rng.integers(1, PEOPLE // _VOTES, pairs)
    who = ((start[:, None] + step[:, None] * np.arange(_VOTES)) % PEOPLE).ravel()
    at = np.repeat(np.arange(pairs), _VOTES)
    order = np.lexsort((rng.random(len(at)), who))
    at, who = at[order], who[order]
    pause = (np.diff(who, prepend=-1) > 0) | (rng.random(len(at)) < 1 / 50)
    begun = np.maximum.accumulate(np.where(pause, np.arange(len(at)), 0))
    seconds = np.exp(rng.normal(3.3, 0.5, len(at))) * (0.6 + 0.6 / (1 + 0.05 * (np.arange(len(at)) - begun)))
    return at, who, np.cumsum(_SECOND * (seconds + _PAUSE * pause)).astype(np.int64), seconds


def _aspects(rng: Generator, lead: NDArray[np.float64]) -> pa.ListArray:
    """Ratings from 1 to 5 by four aspects, each with its own error."""
    shape = (len(lead), len(ASPECTS))
    half = lead[:, None] / 2
    sides = [np.clip(np.rint(3 + sign * half + rng.normal(0, 1, shape)), 1, 5) for sign in (1, -1)]
    columns = [pa.array(np.tile(ASPECTS, len(lead))), *(pa.array(side.ravel()) for side in sides)]
    offsets = pa.array(np.arange(0, lead.size * len(ASPECTS) + 1, len(ASPECTS)), pa.int32())
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(columns, ["name", "chosen", "rejected"]))


def verdicts(task: tuple[int, int]) -> dict[str, Verdict]:
    """What each check says of the set with a number, as `prefaudit.audit` runs them."""
    prompts, seed = task
    batch = record(np.random.default_rng([seed, prompts]), prompts)
    checks = prepare_checks(None, Settings.of_arguments({}), Words())
    for check in checks:
        check.update(batch)
    return {check.id: check.result().verdict for check in checks}


def measured(sizes: tuple[int, ...] = SIZES, sets: int = SETS, *, processes: int | None = None) -> Iterator[Whole]:
    """One size after the other."""
    found = dealt(verdicts, [(size, seed) for size in sizes for seed in range(sets)], processes)
    for size in sizes:
        reports = [next(found) for _ in range(sets)]
        by_check = {check: Counter(report[check] for report in reports) for check in reports[0]}
        alarmed = sum(any(verdict in ALARMS for verdict in report.values()) for report in reports)
        yield Whole(size, sets, alarmed, by_check)
