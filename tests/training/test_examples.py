"""The examples run, and say what they should."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import prefaudit

pytest.importorskip("torch", reason="prefaudit[torch] is not installed")

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLES / "train_reward_model.py"), run_name="example")


@pytest.mark.slow
def test_the_model_learns_more_than_chance(example: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    found = example["main"](["--rows", "2500", "--epochs", "6", "--max-length", "128"])
    shown = capsys.readouterr().out
    assert found.interval[0] > 0.5
    assert "0 of " in shown.split("leakage: ")[1]
    assert "held-out accuracy:" in shown
    assert "so: it beats chance" in shown


@pytest.mark.parametrize(("right", "n"), [(0, 10), (7, 10), (500, 1000), (999.5, 1000)])
def test_the_interval_is_wilsons(right: float, n: int, example: dict[str, Any]) -> None:
    from statsmodels.stats.proportion import proportion_confint

    assert example["Accuracy"](right, n).interval == pytest.approx(
        proportion_confint(right, n, method="wilson"), abs=1e-4
    )


def test_what_is_said_is_no_more_than_the_intervals_say(example: dict[str, Any]) -> None:
    accuracy, verdict = example["Accuracy"], example["verdict"]
    assert verdict(accuracy(52, 100), accuracy(50, 100)) == "it cannot be told from guessing"
    assert "beats the length" in verdict(accuracy(800, 1000), accuracy(600, 1000))
    assert "alone does better" in verdict(accuracy(600, 1000), accuracy(800, 1000))
    assert "cannot be told from the length" in verdict(accuracy(600, 1000), accuracy(610, 1000))


def test_a_draw_is_half_a_pair(example: dict[str, Any]) -> None:
    assert example["ordered"](np.array([1.0, -1.0, 0.0, 2.0])).right == 2.5


def test_the_baseline_sees_the_pairs_that_the_model_sees(example: dict[str, Any]) -> None:
    longer = {"prompt": "p", "chosen": "two words", "rejected": "one"}
    rows = [{**longer, "tie": at % 3 == 0} for at in range(30)]
    data = prefaudit.load(rows)
    found = example["by_length"](data, data)
    assert (found.right, found.n) == (20, 20)


@pytest.mark.slow
def test_the_notebook_runs_from_top_to_bottom(capsys: pytest.CaptureFixture[str]) -> None:
    names = runpy.run_path(str(EXAMPLES / "tutorial.py"))
    shown = capsys.readouterr().out
    assert names["dataset"][0]["chosen_input_ids"].shape == (256,)
    assert "length-bias" in shown
    assert "padding: " in shown
    assert len(names["sides"]["train"]) + len(names["sides"]["test"]) == len(names["filtered"].data)
