"""Whole reports on data of many shapes, clean but for what is named: the alarms are those, and no other.

The texts are of words that mean nothing, their lengths are drawn alike for both responses.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

import prefaudit
from prefaudit.report.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from prefaudit.report.model import Report

ROWS = 1200
START = datetime(2024, 3, 1, 9, tzinfo=UTC)
WORDS = [one + two + three for one in "bdfgklmnprst" for two in "aeiou" for three in ("n", "rt", "s", "ck")]
SIGNS = [chr(sign) for sign in range(0x4E00, 0x5200)]
Row = dict[str, Any]


def text(rng: np.random.Generator) -> str:
    words = [WORDS[at] for at in rng.integers(0, len(WORDS), int(rng.lognormal(3, 0.5)) + 3)]
    words[0] = words[0].capitalize()
    return " ".join(words) + (". Is it so?" if rng.random() < 0.1 else ".")


def plain(rng: np.random.Generator, rows: int = ROWS, longer_wins: float = 0.5, a_prompt: int = 1) -> list[Row]:
    made: list[Row] = []
    for row in range(rows):
        short, long = sorted((text(rng), text(rng)), key=lambda one: len(one.split()))
        chosen, rejected = (long, short) if rng.random() < longer_wins else (short, long)
        prompt = f"{text(rng)} ({row})" if row % a_prompt == 0 else made[-1]["prompt"]
        made.append({"prompt": prompt, "chosen": chosen, "rejected": rejected})
    return made


def chinese(rng: np.random.Generator) -> list[Row]:
    def said() -> str:
        return "".join(SIGNS[at] for at in rng.integers(0, len(SIGNS), int(rng.lognormal(4, 0.5)) + 3)) + "。"

    return [{"prompt": said(), "chosen": said(), "rejected": said()} for _ in range(ROWS)]


def chats(rng: np.random.Generator) -> list[Row]:
    """Two turns, as messages; the first answer is a part of the prompt."""
    made = []
    for row in plain(rng):
        said = [("user", row["prompt"]), ("assistant", text(rng)), ("user", text(rng))]
        prompt = [{"role": role, "content": content} for role, content in said]
        made.append({
            side: [*prompt, {"role": "assistant", "content": row[side]}] for side in ("chosen", "rejected")
        })  # fmt: skip
    return made


def scored(rng: np.random.Generator, wrong: float = 0.0) -> list[Row]:
    made = []
    for row in plain(rng):
        low, high = sorted(int(score) for score in rng.integers(1, 11, 2))
        chosen, rejected = (low, high) if rng.random() < wrong else (high, low)
        made.append({**row, "score_chosen": chosen, "score_rejected": rejected})
    return made


def votes(rng: np.random.Generator, rows: int = ROWS, each: int = 3, people: int = 15, **wrong: float) -> list[Row]:
    """Each pair judged by some of the people, each in an order of their own, with the times; a few are ties.

    Args:
        rng: what is random.
        rows: about so many votes.
        each: votes a pair.
        people: of whom these are drawn.
        wrong: `errs`, the share of wrong votes; `flips`, that of labels that were turned round.
    """
    pairs, held = plain(rng, rows // each), [[] for _ in range(people)]  # type: list[Row], list[list[int]]
    for pair in range(len(pairs)):
        for person in rng.permutation(people)[:each]:
            held[person].append(pair)
    made = []
    for person, own in enumerate(held):
        now = START + timedelta(hours=float(rng.uniform(0, 100)))
        for pair in rng.permutation(np.array(own, dtype=np.int64)):
            now += timedelta(seconds=float(rng.lognormal(3.5, 0.6)))
            row = pairs[pair]
            if (rng.random() < wrong.get("errs", 0.05)) != (rng.random() < wrong.get("flips", 0.0)):
                row = {**row, "chosen": row["rejected"], "rejected": row["chosen"]}
            tie = bool(rng.random() < 0.02)
            made.append({**row, "annotator": f"person {person}", "timestamp": now, "tie": tie})
    return made


def in_both_orders(rng: np.random.Generator, takes_first: float = 0.0) -> list[Row]:
    """Two judges who are of one mind see each pair both ways round; one in ten pairs is a tie."""
    made = []
    for row in plain(rng, ROWS // 4):
        tie = bool(rng.random() < 0.1)
        for judge in ("one", "two"):
            for first in ("chosen", "rejected"):
                turned = first == "rejected" and rng.random() < takes_first
                sides = {"chosen": row["rejected"], "rejected": row["chosen"]} if turned else {}
                shown = "chosen" if turned else first
                made.append({**row, **sides, "annotator": judge, "tie": tie, "first_shown": shown})
    return made


def alarms(report: Report) -> dict[str, Verdict]:
    return {one.check: one.verdict for one in report.findings if one.verdict in {Verdict.WARN, Verdict.FAIL}}


def audited(rows: list[Row]) -> Report:
    return prefaudit.audit(pa.Table.from_pylist(rows))


CLEAN: dict[str, Callable[[np.random.Generator], list[Row]]] = {
    "pairs": plain,
    "Chinese": chinese,
    "chats of two turns": chats,
    "five pairs a prompt": lambda rng: plain(rng, a_prompt=5),
    "sorted by prompt": lambda rng: sorted(plain(rng, a_prompt=3), key=lambda row: str(row["prompt"])),
    "scores": scored,
    "a crowd": votes,
    "one annotator": lambda rng: votes(rng, each=1, people=1),
    "two annotators": lambda rng: votes(rng, each=2, people=2),
    "labels flipped: 5%": lambda rng: votes(rng, errs=0.02, flips=0.05),
    "labels flipped: 10%": lambda rng: votes(rng, errs=0.02, flips=0.1),
    "both orders": in_both_orders,
    "all ties": lambda rng: [{**row, "tie": True} for row in votes(rng)],
}


@pytest.mark.parametrize("shape", CLEAN)
def test_clean_data_of_any_shape_raise_no_alarm(shape: str) -> None:
    assert alarms(audited(CLEAN[shape](np.random.default_rng(11)))) == {}


FAIL, WARN = Verdict.FAIL, Verdict.WARN
PLANTED: dict[str, tuple[Callable[[np.random.Generator], list[Row]], dict[str, Verdict]]] = {
    "against length": (lambda rng: plain(rng, longer_wins=0.35), {"length-bias": FAIL}),
    "for length": (lambda rng: plain(rng, longer_wins=0.65), {"length-bias": FAIL}),
    "on few prompts": (lambda rng: plain(rng, longer_wins=0.7, a_prompt=80), {"length-bias": FAIL}),
    "a file twice": (lambda rng: 2 * plain(rng), {"duplicates": FAIL}),
    "scores against the label": (lambda rng: scored(rng, 0.05), {"scores": FAIL}),
    "labels flipped: 20%": (lambda rng: votes(rng, 2 * ROWS, errs=0.02, flips=0.2), {"agreement": WARN}),
    "all alike": (
        lambda rng: [{**row, "rejected": row["chosen"]} for row in plain(rng)],
        {"identical": FAIL, "near-duplicate": FAIL},
    ),
    "the first place wins": (
        lambda rng: in_both_orders(rng, 0.3),
        {"position-bias": FAIL, "contradictions": FAIL},
    ),
    "no prompts": (lambda rng: [{**row, "prompt": ""} for row in plain(rng)], {"structure": FAIL}),
}


@pytest.mark.parametrize("defect", PLANTED)
def test_what_is_wrong_raises_its_alarm_and_no_other(defect: str) -> None:
    make, expected = PLANTED[defect]
    assert alarms(audited(make(np.random.default_rng(11)))) == expected


@pytest.mark.parametrize("rows", [5, 20, 50])
def test_of_little_nothing_is_said_that_would_take_more(rows: int) -> None:
    """By chance 5% of sets so small look biased beyond the band."""
    checks = ["length-bias", "shortcuts", "agreement", "position-bias", "fatigue"]
    found = [
        prefaudit.audit(make(np.random.default_rng(seed), rows), checks=checks)
        for make in (plain, votes)
        for seed in range(10)
    ]
    assert all(finding.verdict is not Verdict.PASS for report in found for finding in report.findings)
    assert sum(bool(alarms(report)) for report in found) <= 3
