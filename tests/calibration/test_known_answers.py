"""Data with a known answer, made here row by row and read as a stranger's would be: verdicts come out right.

No alarm where there is nothing, an alarm where there is something, UNDERPOWERED where there is little.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

import prefaudit
from prefaudit.report.model import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ALARM = {Verdict.WARN, Verdict.FAIL}
START = datetime(2024, 3, 1, 9, tzinfo=UTC)
Row = dict[str, Any]


def audited(rows: list[Row], *checks: str) -> dict[str, Finding]:
    report = prefaudit.audit(pa.Table.from_pylist(rows), checks=checks)
    return {check: report[check] for check in checks}


def verdicts(make: Callable[[np.random.Generator], list[Row]], check: str, seeds: int) -> Counter[Verdict]:
    return Counter(audited(make(np.random.default_rng(seed)), check)[check].verdict for seed in range(seeds))


def alarms(found: Counter[Verdict]) -> int:
    return sum(found[verdict] for verdict in ALARM)


def voted(item: int, a_wins: bool, **columns: Any) -> Row:
    """A vote on the two answers of an item."""
    a, b = f"the first answer, number {item}", f"another answer, number {item}"
    return {"prompt": f"question {item}", "chosen": a if a_wins else b, "rejected": b if a_wins else a, **columns}


# Crowd work: times at which assignments were accepted.


def crowd(rng: np.random.Generator, fall: float = 0.0, batch: int = 1, workers: int = 45) -> list[Row]:
    """Workers from careful to guessing, who take what they like for as long as they like; the careless leave soon.

    They get faster. Of a batch of judgments the time of acceptance is that of the batch.
    """
    difficulty = rng.beta(2, 4, 260)
    rows = []
    for worker in range(workers):
        care = rng.uniform(0.0, 1.0)
        items = rng.permutation(260)[: int(20 + 200 * care * rng.random())]
        now = START + timedelta(hours=float(rng.uniform(0, 200)))
        accepted = now
        for place, item in enumerate(items):
            if place % batch == 0:
                accepted = now
            # Who is worn out guesses.
            right = 0.5 + care * (0.48 - 0.4 * difficulty[item]) * (1 - fall * place / len(items))
            row = voted(int(item), bool(rng.random() < right), annotator=f"W{worker}", timestamp=accepted)
            rows.append(row)
            now += timedelta(seconds=float(rng.lognormal(3.5, 0.7) * (1.4 - place / len(items))))
    return rows


def test_a_crowd_that_does_not_tire() -> None:
    found = verdicts(crowd, "fatigue", 30)
    assert alarms(found) <= 1
    assert found[Verdict.NOT_MEASURABLE] == 0


def test_a_crowd_that_tires() -> None:
    assert alarms(verdicts(lambda rng: crowd(rng, 1.0, workers=90), "fatigue", 12)) == 12


def test_times_of_batches_are_no_times_of_votes() -> None:
    finding = audited(crowd(np.random.default_rng(1), 1.0, batch=5), "fatigue")["fatigue"]
    assert (finding.verdict, "tied" in finding.reason) == (Verdict.NOT_MEASURABLE, True)


def test_a_queue_that_gets_harder_is_no_fatigue() -> None:
    """Items are handed out by number, with some disorder, and later ones are harder."""

    def queue(rng: np.random.Generator) -> list[Row]:
        rows = []
        for worker in range(40):
            items = np.argsort(np.arange(150) + rng.normal(0, 80, 150))[:100]
            for place, item in enumerate(items):
                right = bool(rng.random() < 0.95 - 0.35 * item / 150)
                when = START + timedelta(days=worker, seconds=40 * place)
                rows.append(voted(int(item), right, annotator=f"W{worker}", timestamp=when))
        return rows

    found = verdicts(queue, "fatigue", 12)
    assert alarms(found) == 0
    assert found[Verdict.NOT_MEASURABLE] >= 10


def test_few_votes_of_a_crowd_are_underpowered() -> None:
    found = verdicts(lambda rng: crowd(rng, workers=8), "fatigue", 20)
    assert found[Verdict.UNDERPOWERED] + found[Verdict.NOT_MEASURABLE] >= 17


# Experiments with the order of two responses.


def both_orders(rng: np.random.Generator, pairs: int, lean: float, judges: Iterable[str] = ("judge",)) -> list[Row]:
    """Every pair in both orders; judges are right in 7 of 10, and take the first without looking at times."""
    rows = []
    for judge in judges:
        for item in range(pairs):
            for a_first in (True, False):
                a_wins = a_first if rng.random() < lean else bool(rng.random() < 0.7)
                shown = "chosen" if a_first == a_wins else "rejected"
                rows.append(voted(item, a_wins, annotator=judge, first_shown=shown))
    return rows


def test_judges_who_are_only_unsure_have_no_position_bias() -> None:
    found = verdicts(lambda rng: both_orders(rng, 500, 0.0, ("one", "two", "three")), "position-bias", 20)
    assert alarms(found) == 0


def test_a_judge_who_takes_the_first_is_named() -> None:
    def judged(rng: np.random.Generator) -> list[Row]:
        return both_orders(rng, 400, 0.0, ("fair",)) + both_orders(rng, 400, 0.3, ("leaning",))

    assert alarms(verdicts(judged, "position-bias", 12)) == 12
    assert "leaning" in audited(judged(np.random.default_rng(0)), "position-bias")["position-bias"].reason


def ab_test(rng: np.random.Generator, votes: int, first_wins: float) -> list[Row]:
    """One vote a pair, in an order dealt at random; `a` is the better one in 6 of 10."""
    rows = []
    for item in range(votes):
        a_first = bool(rng.random() < 0.5)
        a_wins = bool(rng.random() < 0.6 + (first_wins - 0.5) * (1 if a_first else -1))
        rows.append(voted(item, a_wins, first_shown="chosen" if a_first == a_wins else "rejected"))
    return rows


@pytest.mark.parametrize(("first_wins", "alarmed"), [(0.5, 0), (0.51, 0), (0.6, 10), (0.39, 10)])
def test_a_test_of_a_against_b_in_random_order(first_wins: float, alarmed: int) -> None:
    assert alarms(verdicts(lambda rng: ab_test(rng, 2500, first_wins), "position-bias", 10)) == alarmed


# Labels that were flipped.


def labelled(rng: np.random.Generator, flips: float) -> list[Row]:
    """Three people on 250 pairs, and one of them twice; then a share of all labels is flipped."""
    rows = []
    for item in range(250):
        truth = bool(rng.random() < 0.5)
        for person in ("ann", "bob", "cy", "ann"):
            right = rng.random() < 0.97
            a_wins = bool(truth == right) != bool(rng.random() < flips)
            rows.append(voted(item, a_wins, annotator=person))
    return rows


FLIPS = (0.0, 0.1, 0.25, 0.4)


def test_flipped_labels_lower_agreement_and_raise_contradictions() -> None:
    found = [audited(labelled(np.random.default_rng(5), flips), "agreement", "contradictions") for flips in FLIPS]
    alphas = [one["agreement"].estimate for one in found]
    contradicting = [one["contradictions"].estimate for one in found]
    assert alphas == sorted(alphas, key=lambda value: -(value or 0))
    assert contradicting == sorted(contradicting, key=lambda value: value or 0)
    # A label is right with q = .97 (1 - f) + .03 f; alpha is (2 q - 1)^2, contradictions are 2 q (1 - q).
    for flips, alpha, share in zip(FLIPS, alphas, contradicting, strict=True):
        right = 0.97 * (1 - flips) + 0.03 * flips
        assert alpha == pytest.approx((2 * right - 1) ** 2, abs=0.08)
        assert share == pytest.approx(2 * right * (1 - right), abs=0.09)
    assert [one["agreement"].verdict for one in found] == [Verdict.PASS, Verdict.PASS, Verdict.WARN, Verdict.FAIL]
    assert [one["contradictions"].verdict for one in found][1:] == [Verdict.FAIL] * 3


# Lengths.


def by_length(rng: np.random.Generator, longer_wins: float) -> Row:
    short, more = int(rng.integers(1, 40)), int(rng.integers(1, 40))
    sides = ["word " * (short + more), "word " * short]
    chosen, rejected = sides if rng.random() < longer_wins else sides[::-1]
    return {"chosen": chosen, "rejected": rejected}


def lengths(rng: np.random.Generator, rows: int, longer_wins: float) -> list[Row]:
    """A pair a prompt."""
    return [{"prompt": f"question {row}", **by_length(rng, longer_wins)} for row in range(rows)]


def heavy(rng: np.random.Generator, longer_wins: float) -> list[Row]:
    """Prompts of 1 to 60 pairs: in each the longer wins by a chance of its own, over all by `longer_wins`."""
    made: list[Row] = []
    for prompt in range(400):
        chance = rng.beta(5 * longer_wins, 5 * (1 - longer_wins))
        size = min(int(rng.pareto(1.2)) + 1, 60)
        made += [{"prompt": f"question {prompt}", **by_length(rng, chance)} for _ in range(size)]
    return made


@pytest.mark.parametrize(("longer_wins", "verdict"), [(0.3, Verdict.FAIL), (0.5, Verdict.PASS), (0.42, Verdict.WARN)])
def test_sets_for_and_against_length(longer_wins: float, verdict: Verdict) -> None:
    found = verdicts(lambda rng: lengths(rng, 3000, longer_wins), "length-bias", 8)
    assert found == {verdict: 8}


def test_many_pairs_of_few_prompts_are_no_bias() -> None:
    # So few prompts do not settle it; then chance alarms in one of 20.
    found = verdicts(lambda rng: heavy(rng, 0.5), "length-bias", 60)
    assert alarms(found) <= 6
    assert found[Verdict.UNDERPOWERED] >= 40


@pytest.mark.parametrize("rows", [8, 20, 40])
def test_little_data_is_underpowered(rows: int) -> None:
    made = {
        "length-bias": lambda rng: lengths(rng, rows, 0.5),
        "position-bias": lambda rng: ab_test(rng, rows, 0.5),
        "shortcuts": lambda rng: lengths(rng, rows, 0.5),
        "contradictions": lambda rng: [row for row in labelled(rng, 0.0)[: 4 * rows] if row["annotator"] != "cy"][
            :rows
        ],
    }
    for check, make in made.items():
        found = verdicts(make, check, 20)
        assert found[Verdict.PASS] == 0
        assert found[Verdict.UNDERPOWERED] >= 17


def bought_where_they_differ(rng: np.random.Generator) -> list[Row]:
    """Two votes on each pair, in any order; then two more where these differ, which come last in every sitting."""
    difficulty = rng.beta(1.2, 3, 600)
    sittings: list[list[tuple[int, bool]]] = [[] for _ in range(20)]

    def vote(item: int, worker: int) -> bool:
        right = bool(rng.random() < 0.97 - 0.45 * difficulty[item])
        sittings[worker].append((item, right))
        return right

    plan = [(item, int(worker)) for item in range(600) for worker in rng.permutation(20)[:2]]
    first: dict[int, dict[int, bool]] = {}
    for item, worker in (plan[at] for at in rng.permutation(len(plan))):
        first.setdefault(item, {})[worker] = vote(item, worker)
    for item, votes in first.items():
        if len(set(votes.values())) > 1:
            others = [int(worker) for worker in rng.permutation(20) if int(worker) not in votes]
            for worker in others[:2]:
                vote(item, worker)
    return [
        voted(item, right, annotator=f"W{worker}", timestamp=START + timedelta(seconds=40 * place + worker))
        for worker, sitting in enumerate(sittings)
        for place, (item, right) in enumerate(sitting)
    ]


def test_votes_that_were_bought_where_the_first_ones_differ_are_no_fatigue() -> None:
    found = [audited(bought_where_they_differ(np.random.default_rng(seed)), "fatigue")["fatigue"] for seed in range(10)]
    assert not [one for one in found if one.verdict in ALARM]
    assert all("by the first 2 votes on each pair" in one.reason for one in found)
    quarters = found[0].figures["quarters"]
    assert sum(quarter["votes"] for quarter in quarters) <= 2 * 600  # what came later is left out
