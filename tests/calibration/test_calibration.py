"""A part of the calibration (`python -m benches.calibration`): every claim and every clean kind, on fewer sets."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from benches.calibration import coverage, people, whole
from benches.calibration.kinds import kinds
from benches.calibration.page import render
from benches.calibration.running import ALARMS, Kind, Outcome, outcomes
from prefaudit.checks.registry import check_ids
from prefaudit.report.model import Verdict

SETS = 15
#: Takes half a second a set.
SLOW = "1,600 votes each"
PROMISED = [kind for kind in kinds() if kind.role in {"claim", "clean"} and SLOW not in kind.what]
#: Needs a second file, which is compared exactly: see tests/checks.
WITHOUT_DOSES = {"leakage"}


def alarms(kind: Kind, sets: int = SETS) -> int:
    return next(outcomes([kind], sets, processes=1)).alarms


@pytest.mark.parametrize("kind", PROMISED, ids=lambda kind: f"{kind.check}, {kind.role}, {kind.what}")
def test_promises(kind: Kind) -> None:
    found = alarms(kind)
    assert found >= SETS - 1 if kind.role == "claim" else found <= 1


def test_every_check_has_claims_clean_sets_and_more_than_one_dose() -> None:
    roles = {check: Counter(kind.role for kind in kinds() if kind.check == check) for check in check_ids()}
    without = {check for check, count in roles.items() if not (count["claim"] and count["clean"] and count["dose"])}
    assert without <= WITHOUT_DOSES


def test_more_of_a_defect_is_found_more_often() -> None:
    found = [alarms(Kind("length-bias", "dose", "", 600, _LENGTH, (share,)), 40) for share in (0.5, 0.54, 0.58, 0.66)]
    assert found == sorted(found)
    assert (found[0] < 5, found[-1] > 38) == (True, True)


_LENGTH = next(kind.make for kind in PROMISED if kind.check == "length-bias")


def test_sets_are_the_same_every_time() -> None:
    one, other = (people.sittings(np.random.default_rng(3), 20, 60, 0.1, "crowd").records for _ in range(2))
    assert one.equals(other)


def test_small_sets_are_seldom_judged() -> None:
    small = Kind("length-bias", "small", "", 20, _LENGTH, (0.5,))
    found = next(outcomes([small], 60, processes=1)).verdicts
    assert found[Verdict.UNDERPOWERED] >= 54
    assert found[Verdict.PASS] == 0


@pytest.mark.parametrize("one", list(coverage.enumerated()), ids=lambda one: f"{one.interval}, {one.what}")
def test_enumerated_intervals_cover(one: coverage.Coverage) -> None:
    assert one.holds


@pytest.mark.parametrize("case", [case for case in coverage.drawn() if case.sets == coverage.SETS])
def test_intervals_cover(case: coverage.Drawn) -> None:
    rng = np.random.default_rng(4)
    sets = 300
    hits = sum(case.trial(rng, *case.arguments)[0] for _ in range(sets))
    # Three standard errors of a share of 95%.
    assert hits / sets >= 0.912
    assert hits / sets <= 0.988 or case.conservative


def test_a_whole_report_on_clean_data_seldom_alarms() -> None:
    found = next(whole.measured((300,), 12, processes=1))
    assert found.alarmed <= 2
    assert found.verdicts.keys() == set(check_ids())
    measured = {check for check, count in found.verdicts.items() if count[Verdict.NOT_MEASURABLE] == 0}
    assert measured >= set(check_ids()) - {"leakage", "coverage"}


def test_the_page_says_what_was_found() -> None:
    clean, claim = (next(kind for kind in PROMISED if kind.role == role) for role in ("clean", "claim"))
    kept = [Outcome(clean, Counter({Verdict.PASS: 200})), Outcome(claim, Counter({Verdict.WARN: 196, Verdict.PASS: 4}))]
    covered = [coverage.Coverage("Tango", "60 pairs", 0.951, 10_000)]
    reports = [whole.Whole(300, 200, 7, {"identical": Counter({Verdict.WARN: 7, Verdict.PASS: 193})})]
    page = render(kept, covered, reports)
    assert "Every promise is kept." in page
    assert "| 196 of 200 | 1 | 0 of 200 |" in page
    assert "| 300 | 200 | 3.5% | identical 3.5% | - |" in page
    broken = [Outcome(clean, Counter({Verdict.WARN: 5, Verdict.PASS: 195})), kept[1]]
    missed = [coverage.Coverage("Tango", "60 pairs", 0.93, 10_000)]
    page = render(broken, missed, reports)
    assert f"- {clean.check}: {clean.what}\n- Tango: 60 pairs" in page
    assert page.count("**not kept**") == 2
    assert ALARMS == (Verdict.WARN, Verdict.FAIL)
