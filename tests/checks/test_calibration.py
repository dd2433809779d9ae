"""Proof that the checks work: a defect planted at a known dose is found, clean data raise no alarm.

Detection: at least 196 of 200 sets. False alarms: at most 4 of 200 sets.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pytest

from prefaudit.checks.identical import Identical
from prefaudit.checks.length_bias import LengthBias
from prefaudit.checks.near_duplicate import NearDuplicate
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Verdict
from prefaudit.stats.intervals import clopper_pearson

if TYPE_CHECKING:
    from collections.abc import Callable

    from prefaudit.checks.base import Check

SETS = 200
ALARM = {Verdict.WARN, Verdict.FAIL}
VOCABULARY = np.array(
    [
        "oak",
        "elm",
        "ash",
        "fir",
        "yew",
        "bay",
        "fig",
        "nut",
        "pea",
        "rye",
        "oat",
        "hop",
        "kale",
        "leek",
        "corn",
        "bean",
        "plum",
        "pear",
        "lime",
        "date",
    ]
)


def alarms(check: type[Check], batch: Callable[[np.random.Generator], PairBatch]) -> int:
    """In how many of the sets the check says WARN or worse."""

    def verdict(seed: int) -> Verdict:
        made = check()
        made.update(batch(np.random.default_rng(seed)))
        return made.result().verdict

    return sum(verdict(seed) in ALARM for seed in range(SETS))


def of_lengths(rng: np.random.Generator, rows: int, longer_wins: float, votes: int = 1) -> PairBatch:
    """Pairs whose longer response wins with some chance; `votes` rows share a prompt and its lengths."""
    short = np.repeat(rng.integers(1, 20, rows // votes), votes)
    long = short + np.repeat(rng.integers(1, 20, rows // votes), votes)
    wins = rng.random(len(short)) < longer_wins
    chosen, rejected = np.where(wins, long, short), np.where(wins, short, long)
    prompts = [f"prompt {row // votes}" for row in range(len(short))]
    return PairBatch.from_lists(prompts, ["a " * count for count in chosen], ["a " * count for count in rejected])


def of_texts(rng: np.random.Generator, rows: int, dose: float, *, identical: bool) -> PairBatch:
    """Pairs of unlike texts, of which some are nearly or wholly the same."""
    chosen = [" ".join(words) for words in rng.choice(VOCABULARY, (rows, 12))]
    other = [" ".join(words) for words in rng.choice(VOCABULARY, (rows, 12))]
    planted = rng.random(rows) < dose
    same = chosen if identical else [f"{text}." for text in chosen]
    rejected = [near if bad else unlike for near, bad, unlike in zip(same, planted, other, strict=True)]
    return PairBatch.from_lists([""] * rows, chosen, rejected)


@pytest.mark.parametrize("dose", [0.58, 0.42, 0.65])
def test_length_bias_is_found(dose: float) -> None:
    assert alarms(LengthBias, lambda rng: of_lengths(rng, 2000, dose)) >= 196


@pytest.mark.parametrize("votes", [1, 5])
@pytest.mark.parametrize("share", [0.5, 0.52])
def test_no_length_bias_raises_no_alarm(share: float, votes: int) -> None:
    assert alarms(LengthBias, lambda rng: of_lengths(rng, 2000, share, votes)) <= 4


def test_small_clean_sets_alarm_at_the_level_of_the_test() -> None:
    assert alarms(LengthBias, lambda rng: of_lengths(rng, 200, 0.5)) <= 0.05 * SETS + 2 * (SETS * 0.05 * 0.95) ** 0.5


def test_near_duplicates_are_found() -> None:
    assert alarms(NearDuplicate, lambda rng: of_texts(rng, 1000, 0.025, identical=False)) >= 196


def test_unlike_texts_raise_no_alarm() -> None:
    assert alarms(NearDuplicate, lambda rng: of_texts(rng, 500, 0.0, identical=False)) <= 4
    assert alarms(Identical, lambda rng: of_texts(rng, 500, 0.0, identical=True)) <= 4


def test_identical_pairs_are_found() -> None:
    assert alarms(Identical, lambda rng: of_texts(rng, 1000, 0.005, identical=True)) >= 196


@pytest.mark.parametrize("share", [0.001, 0.01, 0.05, 0.3])
def test_the_interval_of_a_census_covers_at_least_95_percent(share: float) -> None:
    n, covered = 200, 0.0
    for count in range(n + 1):
        low, high = clopper_pearson(count, n)
        covered += (low <= share <= high) * comb(n, count) * share**count * (1 - share) ** (n - count)
    assert covered >= 0.95
