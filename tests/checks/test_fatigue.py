"""Whether agreement falls along a sitting: what is found, and what is not claimed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from prefaudit.checks.fatigue import Fatigue
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Finding, Verdict

ALARM = {Verdict.WARN, Verdict.FAIL}
MINUTE = 60_000_000


def sitting_votes(
    people: int, items: int, start: float, end: float, seed: int = 0, *, same_order: bool = False
) -> dict[str, list[Any]]:
    """Everybody judges every item in one sitting, right with a chance that goes from `start` to `end`."""
    rng = np.random.default_rng(seed)
    columns: dict[str, list[Any]] = {name: [] for name in ("item", "right", "annotator", "timestamp", "seconds")}
    for person in range(people):
        order = np.arange(items) if same_order else rng.permutation(items)
        columns["item"] += order.tolist()
        columns["right"] += (rng.random(items) < np.linspace(start, end, items)).tolist()
        columns["annotator"] += [f"person {person}"] * items
        columns["timestamp"] += [MINUTE * at for at in range(items)]
        columns["seconds"] += np.linspace(60, 20, items).tolist()
    return columns


def found(columns: dict[str, list[Any]]) -> Finding:
    texts = list(zip(columns["item"], columns["right"], strict=True))
    rest: dict[str, Any] = {name: values for name, values in columns.items() if name not in {"item", "right"}}
    check = Fatigue()
    check.update(
        PairBatch.from_lists(
            [f"prompt {item}" for item, _ in texts],
            ["good" if right else "bad" for _, right in texts],
            ["bad" if right else "good" for _, right in texts],
            **rest,
        )
    )
    return check.result()


def test_a_fall_is_found_and_measured() -> None:
    finding = found(sitting_votes(9, 200, 1.0, 0.7))
    # The majority of eight is nearly always right, so the fall shows almost whole: nine tenths of 30 points.
    assert finding.estimate == pytest.approx(-0.27, abs=0.05)
    assert finding.verdict is Verdict.FAIL
    assert finding.figures["errors"] == "CR2"
    quarters = finding.figures["quarters"]
    assert [row["votes"] for row in quarters] == pytest.approx([450] * 4, abs=60)
    assert quarters[0]["share_agreeing"] > quarters[3]["share_agreeing"] + 0.1
    assert all(row["interval"][0] < row["share_agreeing"] < row["interval"][1] for row in quarters)
    assert quarters[0]["median_seconds"] > quarters[3]["median_seconds"]


def test_few_annotators_are_judged_by_permutation() -> None:
    finding = found(sitting_votes(3, 300, 1.0, 0.6))
    assert finding.figures["errors"] == "permutation"
    assert finding.verdict in ALARM
    assert "these annotators" in finding.reason


def test_a_rise_is_no_alarm() -> None:
    finding = found(sitting_votes(9, 200, 0.7, 1.0))
    assert finding.estimate is not None
    assert finding.estimate > 0.1
    assert finding.verdict is Verdict.PASS


def test_an_order_shared_by_all_is_not_measurable() -> None:
    finding = found(sitting_votes(9, 50, 1.0, 0.5, same_order=True))
    assert finding.verdict is Verdict.NOT_MEASURABLE
    assert finding.figures["shared_order"] == pytest.approx(1, abs=0.01)


def test_tied_times_are_not_measurable() -> None:
    columns = sitting_votes(9, 50, 1.0, 0.5)
    columns["timestamp"] = [time // (5 * MINUTE) for time in columns["timestamp"]]
    finding = found(columns)
    assert finding.verdict is Verdict.NOT_MEASURABLE
    assert "tied" in finding.reason


def test_without_times_it_is_order_drift() -> None:
    columns = sitting_votes(9, 200, 1.0, 0.7)
    del columns["timestamp"]
    finding = found(columns)
    assert finding.verdict is Verdict.FAIL
    assert "order drift" in finding.reason


def test_without_annotators_or_second_votes_it_is_not_measurable() -> None:
    columns = sitting_votes(2, 30, 1.0, 1.0)
    alone = {name: values[:30] for name, values in columns.items()}
    assert found(alone).verdict is Verdict.NOT_MEASURABLE
    del columns["annotator"]
    finding = found(columns)
    assert (finding.verdict, finding.reason) == (Verdict.NOT_MEASURABLE, "no row names its annotator")


def test_a_pause_ends_a_sitting_unless_the_session_is_named() -> None:
    columns = sitting_votes(6, 40, 1.0, 1.0)
    columns["timestamp"] = [time + (31 * MINUTE if time >= 20 * MINUTE else 0) for time in columns["timestamp"]]
    assert found(columns).figures["sittings"] == 12
    columns["session"] = ["one"] * len(columns["item"])
    assert found(columns).figures["sittings"] == 6


def test_short_sittings_are_left_out() -> None:
    assert found(sitting_votes(6, 9, 1.0, 1.0)).figures["sittings"] == 0


def alarms(people: int, items: int, end: float, sets: int) -> int:
    return sum(found(sitting_votes(people, items, 0.85, end, seed)).verdict in ALARM for seed in range(sets))


@pytest.mark.parametrize("people", [4, 12])
def test_without_fatigue_there_is_no_alarm(people: int) -> None:
    # At most 2%, and 2 standard errors of 100 sets.
    assert alarms(people, 300, 0.85, 100) <= 4


def test_fatigue_is_found() -> None:
    assert alarms(12, 300, 0.65, 50) >= 49
