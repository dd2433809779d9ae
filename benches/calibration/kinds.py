"""The sets on which each check is calibrated: clean ones, doses, small ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benches.calibration import facts, labels, people, topics
from benches.calibration.running import Kind
from prefaudit.checks.structure import DEFECTS, EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prefaudit.pairs import PairBatch

_DOSE, _CLAIM, _CLEAN, _SMALL = "dose", "claim", "clean", "small"


def kinds() -> list[Kind]:
    """All of them, check by check."""
    parts = (_structure, _facts, _length, _position, _fatigue, _agreement, _contradictions, _surface, _coverage)
    return [kind for part in parts for kind in part()]


def _structure() -> Iterator[Kind]:
    yield Kind("structure", _CLEAN, "accents, brackets, HTML, emoji", 2000, facts.malformed, (EMPTY, 0.0))
    for defect in DEFECTS:
        for role, dose in ((_DOSE, 0.002), (_CLAIM, 0.005)):
            yield Kind("structure", role, f"{defect}: {dose:.1%}", 2000, facts.malformed, (defect, dose))


def _shares(
    check: str, clean: str, size: int, make: Callable[..., PairBatch], dose: float, claim: float, **more: Any
) -> Iterator[Kind]:
    yield Kind(check, _CLEAN, clean, size, make, (0.0,), **more)
    yield Kind(check, _DOSE, f"{dose:.1%} of the rows", size, make, (dose,), **more)
    yield Kind(check, _CLAIM, f"{claim:.1%} of the rows", size, make, (claim,), **more)


def _facts() -> Iterator[Kind]:
    yield from _shares("identical", "a tenth equal but for case", 1000, facts.identical, 0.001, 0.005)
    yield from _shares("near-duplicate", "a fifth two thirds alike", 1000, facts.near_duplicate, 0.015, 0.025)
    cut = {"settings": {"truncation_collapse_max_length": 32}, "tokenizer": facts.Words()}
    yield from _shares("truncation-collapse", "long texts, short prompts", 500, facts.collapsing, 0.002, 0.01, **cut)
    yield from _shares("duplicates", "two annotators a pair", 1000, facts.duplicates, 0.015, 0.025)
    yield from _shares("scores", "ties and equal scores", 1000, facts.scores, 0.001, 0.005)


def _length() -> Iterator[Kind]:
    check, make = "length-bias", labels.of_length
    for clusters, what in (
        ("none", ""),
        ("votes", ", five rows a prompt"),
        ("heavy", ", prompts with up to 50 rows"),
        ("annotators", ", twenty annotators who differ"),
    ):
        yield Kind(check, _CLEAN, f"longer wins 50%{what}", 4000, make, (0.5, clusters))
    yield Kind(check, _CLEAN, "longer wins 52%: in the band", 4000, make, (0.52,))
    yield Kind(check, _DOSE, "longer wins 56%", 4000, make, (0.56,))
    yield Kind(check, _CLAIM, "longer wins 58%", 4000, make, (0.58,))
    yield Kind(check, _CLAIM, "longer wins 42%", 4000, make, (0.42,))
    yield Kind(check, _CLAIM, "longer wins 62%, prompts with up to 50 rows", 4000, make, (0.62, "heavy"))
    yield from (Kind(check, _SMALL, "longer wins 50%", size, make, (0.5,)) for size in (20, 50, 200, 500, 1100))
    yield from (Kind(check, _SMALL, "longer wins 65%", size, make, (0.65,)) for size in (50, 200, 500))


def _position() -> Iterator[Kind]:
    check = "position-bias"
    for make, what, size, unit in (
        (people.one_order, "order dealt at random", 4000, "votes"),
        (people.both_orders, "both orders, judges right in 70%", 1500, "pairs"),
    ):
        yield Kind(check, _CLEAN, f"{what}", size, make, (0.0,), unit)
        yield Kind(check, _CLEAN, f"{what}, four judges", size, make, (0.0, 4), unit)
        yield Kind(check, _DOSE, f"{what}; the first place taken blindly in 10%", size, make, (0.1,), unit)
        yield Kind(check, _CLAIM, f"{what}; the first place taken blindly in 20%", size, make, (0.2,), unit)
        yield Kind(check, _CLAIM, f"{what}; one of four judges takes it in 30%", size, make, (0.3, 4), unit)
        yield from (Kind(check, _SMALL, f"{what}", few, make, (0.0,), unit) for few in (20, 50, 200, 500))


def _fatigue() -> Iterator[Kind]:
    check, make, unit = "fatigue", people.sittings, "annotators"
    yield Kind(check, _CLEAN, "300 votes each, right in 85%", 16, make, (300, 0.0), unit)
    yield Kind(check, _CLEAN, "a crowd: unequal skill, chosen items, speeding up", 60, make, (200, 0.0, "crowd"), unit)
    easy = "a crowd that takes easy pairs first"
    yield Kind(check, _CLEAN, easy, 60, make, (200, 0.0, "easy first"), unit)
    yield Kind(check, _CLAIM, f"{easy}, and falls by 25 points", 60, make, (200, 0.25, "easy first"), unit)
    bought = "further votes bought where the first two differ"
    yield Kind(check, _CLEAN, bought, 30, people.bought, (3000,), unit)
    yield Kind(check, _CLEAN, "300 votes each, without times", 16, make, (300, 0.0, "drift"), unit)
    yield Kind(check, _CLEAN, "1,600 votes each, by permutation", 4, make, (1600, 0.0), unit)
    yield Kind(check, _DOSE, "right in 85%, at the end 75%; 300 votes each", 16, make, (300, 0.10), unit)
    yield Kind(check, _CLAIM, "right in 85%, at the end 65%; 300 votes each", 16, make, (300, 0.20), unit)
    yield Kind(check, _CLAIM, "a crowd that falls by 20 points", 60, make, (200, 0.20, "crowd"), unit)
    yield Kind(check, _CLAIM, "right in 85%, at the end 65%; 1,600 votes each", 4, make, (1600, 0.20), unit)
    yield from (Kind(check, _SMALL, "40 votes each, right in 85%", size, make, (40, 0.0), unit) for size in (3, 8, 20))
    yield Kind(check, _SMALL, "a crowd without a fall, some 40 votes each", 20, make, (60, 0.0, "crowd"), unit)


def _agreement() -> Iterator[Kind]:
    check, make = "agreement", people.agreeing
    yield Kind(check, _CLEAN, "three votes each, right in 90%: alpha .64", 300, make, (0.0,))
    yield Kind(check, _CLEAN, "two votes each, right in 90%: alpha .64", 300, make, (0.0, 2))
    yield Kind(check, _DOSE, "a quarter of the votes are coins: alpha .36", 300, make, (0.25,))
    yield Kind(check, _CLAIM, "four votes in ten are coins: alpha .23", 300, make, (0.4,))
    yield Kind(check, _CLAIM, "six votes in ten are coins: alpha .10", 300, make, (0.6,))
    yield from (Kind(check, _SMALL, "alpha .64", size, make, (0.0,)) for size in (10, 30, 60, 100))
    yield from (Kind(check, _SMALL, "alpha .23", size, make, (0.4,)) for size in (30, 60, 100))


def _contradictions() -> Iterator[Kind]:
    check, again, circles = "contradictions", people.again, people.circles
    unit = "prompts of three"
    yield Kind(check, _CLEAN, "1% of an annotator's second votes differ", 1000, again, (0.01,))
    yield Kind(check, _CLEAN, "1% of second labels differ, nobody named", 1000, again, (0.01, "nobody"))
    yield Kind(check, _CLEAN, "3% of the triads cyclic", 500, circles, (0.03,), unit)
    yield Kind(check, _DOSE, "3% of an annotator's second votes differ", 1000, again, (0.03,))
    yield Kind(check, _CLAIM, "5% of an annotator's second votes differ", 1000, again, (0.05,))
    yield Kind(check, _CLAIM, "5% of second labels differ, nobody named", 1000, again, (0.05, "nobody"))
    yield Kind(check, _DOSE, "8% of the triads cyclic", 500, circles, (0.08,), unit)
    yield Kind(check, _CLAIM, "10% of the triads cyclic", 500, circles, (0.10,), unit)
    yield from (Kind(check, _SMALL, "no second vote differs", size, again, (0.0,)) for size in (20, 50, 100, 200))
    yield from (Kind(check, _SMALL, "1% of second votes differ", size, again, (0.01,)) for size in (20, 100, 200))
    yield from (Kind(check, _SMALL, "5% of second votes differ", size, again, (0.05,)) for size in (20, 100, 200))


def _surface() -> Iterator[Kind]:
    check, make = "shortcuts", labels.on_the_surface
    yield Kind(check, _CLEAN, "a list wins 50%", 2000, make, (0.5,))
    yield Kind(check, _CLEAN, "a list wins 62%: below the limit", 2000, make, (0.62,))
    yield Kind(check, _DOSE, "a list wins 68%", 2000, make, (0.68,))
    yield Kind(check, _CLAIM, "a list wins 70%", 2000, make, (0.70,))
    yield from (Kind(check, _SMALL, "a list wins 50%", size, make, (0.5,)) for size in (50, 150, 250, 500))
    check, make, unit = "criteria", labels.of_aspects, "labels"
    yield Kind(check, _CLEAN, "the strongest aspect explains 60%", 1000, make, (0.6,), unit)
    yield Kind(check, _CLEAN, "the strongest aspect explains 85%", 1000, make, (0.85,), unit)
    yield Kind(check, _DOSE, "the strongest aspect explains 92%", 1000, make, (0.92,), unit)
    yield Kind(check, _CLAIM, "the strongest aspect explains 94%", 1000, make, (0.94,), unit)
    for size in (20, 50, 100):
        yield Kind(check, _SMALL, "the strongest aspect explains 60%", size, make, (0.6,), unit)
        yield Kind(check, _SMALL, "the strongest aspect explains 95%", size, make, (0.95,), unit)


def _coverage() -> Iterator[Kind]:
    check, heaped, on_topics = "coverage", topics.heaped, topics.on_topics
    yield Kind(check, _CLEAN, "two pairs a prompt", 1000, heaped, (0.0,))
    yield Kind(check, _CLEAN, "15% of the pairs on five prompts: below the limit", 1000, heaped, (0.15,))
    yield Kind(check, _DOSE, "22% of the pairs on five prompts", 1000, heaped, (0.22,))
    yield Kind(check, _CLAIM, "26% of the pairs on five prompts", 1000, heaped, (0.26,))
    against: dict[str, Any] = {"target": topics.target}
    yield Kind(check, _CLEAN, "a target of the same topics", 1500, on_topics, (0.0,), **against)
    yield Kind(check, _DOSE, "a topic of 10% of the target: 80% of it missing", 1500, on_topics, (0.8,), **against)
    yield Kind(check, _CLAIM, "a topic of 10% of the target: all of it missing", 1500, on_topics, (1.0,), **against)
    yield Kind(check, _DOSE, "50% of nine of twenty topics moved elsewhere", 1500, on_topics, (0.0, 0.5), **against)
    yield Kind(check, _CLAIM, "75% of nine of twenty topics moved elsewhere", 1500, on_topics, (0.0, 0.75), **against)
    for size in (50, 200):
        yield Kind(check, _SMALL, "a target of the same topics", size, on_topics, (0.0,), **against)
