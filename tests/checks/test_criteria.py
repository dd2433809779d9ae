"""What aspects explain, against plain Python and planted labels."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prefaudit
from prefaudit.checks.criteria import Criteria
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

rating = st.none() | st.integers(1, 3) | st.just(math.nan)
rows = st.tuples(st.none() | st.dictionaries(st.sampled_from("xyz"), st.tuples(rating, rating)), st.booleans())


def found(rows: Sequence[dict[str, tuple[Any, Any]] | None], tie: list[bool] | None = None) -> Finding:
    aspects = [
        None if row is None else [{"name": name, "chosen": one, "rejected": two} for name, (one, two) in row.items()]
        for row in rows
    ]
    n = len(rows)
    check = Criteria()
    prompts = [str(number) for number in range(n)]
    check.update(PairBatch.from_lists(prompts, ["a"] * n, ["b"] * n, aspects=aspects, tie=tie or [False] * n))
    return check.result()


@given(st.lists(rows, min_size=1, max_size=12))
def test_every_count_is_that_of_plain_python(rows: list[tuple[Any, bool]]) -> None:
    finding = found([row for row, _ in rows], [tie for _, tie in rows])
    labels = [
        {name: (one > two) - (one < two) for name, (one, two) in row.items() if _number(one) and _number(two)}
        for row, tie in rows
        if row and not tie
    ]
    labels = [signs for signs in labels if signs]
    explained = [signs for signs in labels if 1 in signs.values()]
    conflicts = [signs for signs in explained if -1 in signs.values()]
    assert finding.figures["labels"] == len(labels)
    assert finding.figures["share_explained_jointly"] == len(explained) / max(len(labels), 1)
    assert finding.figures["share_in_conflict"] == len(conflicts) / max(len(labels), 1)
    for row in finding.figures.get("aspects", []):
        name = row["aspect"]
        explains = [signs for signs in labels if signs.get(name) == 1]
        assert row["differs"] == sum(signs.get(name, 0) != 0 for signs in labels)
        assert row["explains"] == len(explains)
        assert row["explains_alone"] == sum(list(signs.values()).count(1) == 1 for signs in explains)
        assert row["conflicts"] == sum(signs.get(name, 0) != 0 for signs in conflicts)
        assert row["share_of_explained"] == (len(explains) / len(explained) if explained else None)
    both = np.array([[sum(s.get(i) == 1 == s.get(j) for s in labels) for j in "xyz"] for i in "xyz"])
    effective = np.trace(both) ** 2 / np.trace(both @ both) if both.any() else None
    assert finding.figures["effective_criteria"] == pytest.approx(effective)


def _number(rating: float | None) -> bool:
    return rating is not None and math.isfinite(rating)


def labelled(weights: tuple[int, ...], n: int = 400) -> list[dict[str, tuple[Any, Any]] | None]:
    """Pairs whose label follows the weighted sum of aspects that are rated independently of each other."""
    signs = [signs for signs in product((-1, 0, 1), repeat=len(weights)) if np.dot(signs, weights) > 0]
    return [{f"a{at}": (2 + sign, 2) for at, sign in enumerate(signs[number % len(signs)])} for number in range(n)]


def test_one_aspect_that_decides_warns() -> None:
    finding = found([{"honesty": (3, 1), "style": (one, 2)} for one in (1, 2, 3)] * 100)
    assert (finding.verdict, finding.estimate) == (Verdict.WARN, 1.0)
    assert finding.reason.startswith("honesty alone explains 100.0%")
    assert finding.figures["aspects"][1]["share_of_conflicts_won"] == 0


def test_equal_weights_pass() -> None:
    finding = found(labelled((1, 1, 1)))
    assert finding.verdict is Verdict.PASS
    assert finding.figures["effective_criteria"] > 1.5


def test_aspects_of_labels_of_their_own_count_fully_and_copies_count_once() -> None:
    apart = found([{"x": (2, 1), "y": (1, 1)}, {"x": (1, 1), "y": (2, 1)}] * 10)
    assert apart.figures["effective_criteria"] == 2
    assert found([{"x": (2, 1), "y": (2, 1)}] * 10).figures["effective_criteria"] == 1


def test_few_labels_are_underpowered() -> None:
    finding = found([{"x": (2, 1), "y": (1, 1)}] * 10)
    assert finding.verdict is Verdict.UNDERPOWERED
    assert "such labels" in finding.reason


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([None], "column aspects"),
        ([{"x": (2, 1)}], "only one aspect is rated (x)"),
        ([{"x": (1, 2), "y": (1, 1)}], "no label is explained"),
    ],
)
def test_what_is_missing_is_named(rows: list[Any], said: str) -> None:
    finding = found(rows)
    assert finding.verdict is Verdict.NOT_MEASURABLE
    assert said in finding.reason


def test_without_the_column_it_is_not_measurable() -> None:
    check = Criteria()
    check.update(PairBatch.from_lists(["p"], ["a"], ["b"]))
    assert check.result().verdict is Verdict.NOT_MEASURABLE


def test_labels_that_all_aspects_oppose_are_the_examples() -> None:
    finding = found([{"x": (2, 1), "y": (1, 2)}, {"x": (1, 2), "y": (1, 3)}])
    assert [(one.row, one.note) for one in finding.examples] == [(1, "against the label: x, y")]


def expected(signs: list[dict[str, int]]) -> dict[str, Any]:
    """What the check says, worked out anew: sets of labels, and the participation ratio of eigenvalues."""
    explained = {name: {at for at, row in enumerate(signs) if row[name] > 0} for name in signs[0]}
    against = {name: {at for at, row in enumerate(signs) if row[name] < 0} for name in signs[0]}
    together = set().union(*explained.values())
    torn = together & set().union(*against.values())
    shared = np.array([[len(one & other) for other in explained.values()] for one in explained.values()])
    values = np.linalg.eigvalsh(shared)
    conflicts = {name: (explained[name] | against[name]) & torn for name in explained}
    return {
        "jointly": len(together) / len(signs),
        "in_conflict": len(torn) / len(signs),
        "effective": values.sum() ** 2 / (values**2).sum(),
        "of_explained": {name: len(rows) / len(together) for name, rows in explained.items()},
        "won": {name: len(explained[name] & torn) / len(rows) for name, rows in conflicts.items()},
    }


def agrees(finding: Finding, signs: list[dict[str, int]]) -> None:
    known = expected(signs)
    assert finding.figures["labels"] == len(signs)
    assert finding.figures["share_explained_jointly"] == pytest.approx(known["jointly"])
    assert finding.figures["share_in_conflict"] == pytest.approx(known["in_conflict"])
    assert finding.figures["effective_criteria"] == pytest.approx(known["effective"])
    rows = {row["aspect"]: row for row in finding.figures["aspects"]}
    assert {name: row["share_of_explained"] for name, row in rows.items()} == pytest.approx(known["of_explained"])
    assert {name: row["share_of_conflicts_won"] for name, row in rows.items()} == pytest.approx(known["won"])
    assert finding.estimate == pytest.approx(max(known["of_explained"].values()))


def test_ratings_like_those_of_ultrafeedback() -> None:
    rng = np.random.default_rng(5)
    names = ("instruction_following", "honesty", "truthfulness", "helpfulness")
    rows, signs = [], []
    for number in range(900):
        ratings = rng.integers(1, 6, (2, len(names)))
        total = ratings.sum(axis=1)
        if total[0] == total[1]:
            continue
        better = int(np.argmax(total))
        completions = [
            {
                "response": f"answer {number} {side}",
                "overall_score": float(total[side]) / 4,
                "annotations": {name: {"Rating": str(ratings[side, at])} for at, name in enumerate(names)},
            }
            for side in (0, 1)
        ]
        rows.append({"source": "made", "instruction": f"question {number}", "completions": completions})
        difference = np.sign(ratings[better] - ratings[1 - better])
        signs.append(dict(zip(names, difference.tolist(), strict=True)))
    finding = prefaudit.audit(rows, format="ultrafeedback", checks=["criteria"])["criteria"]
    agrees(finding, signs)
    assert finding.verdict is Verdict.PASS  # four that weigh alike


def test_ratings_like_those_of_helpsteer() -> None:
    rng = np.random.default_rng(6)
    names = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
    rows, signs = [], []
    for number in range(600):
        ratings = rng.integers(0, 5, (2, len(names)))
        rows += [
            {"prompt": f"q {number}", "response": f"a {side}", **dict(zip(names, ratings[side].tolist(), strict=True))}
            for side in (0, 1)
        ]
        difference = np.sign(ratings[0] - ratings[1])
        if difference[0]:  # the more helpful one is the chosen one
            signs.append(dict(zip(names, (difference * difference[0]).tolist(), strict=True)))
    finding = prefaudit.audit(rows, format="helpsteer", checks=["criteria"])["criteria"]
    agrees(finding, signs)
    assert (finding.verdict, finding.estimate) == (Verdict.WARN, 1.0)
    assert finding.reason.endswith("are the labels computed from it?")
