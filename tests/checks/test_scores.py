"""Scores against labels, by hand and against plain Python."""

from __future__ import annotations

import math
import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefaudit.checks.scores import Scores
from prefaudit.config import Settings
from prefaudit.errors import ConfigError
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Finding, Verdict

score = st.none() | st.integers(-3, 9) | st.sampled_from([math.nan, math.inf, -0.0, 0.1, 1e308, -1e308])


def found(scores: list[tuple[Any, Any]], *, tie: list[bool] | None = None, **settings: Any) -> Finding:
    check = Scores(Settings.of_arguments(settings))
    n, (chosen, rejected) = len(scores), zip(*scores, strict=True)
    optional: dict[str, Any] = {"score_chosen": chosen, "score_rejected": rejected, "tie": tie or [False] * n}
    check.update(PairBatch.from_lists(["p"] * n, ["a"] * n, ["b"] * n, **optional))
    return check.result()


@given(st.lists(st.tuples(score, score, st.booleans()), min_size=1, max_size=12))
def test_every_count_is_that_of_plain_python(rows: list[tuple[Any, Any, bool]]) -> None:
    finding = found([row[:2] for row in rows], tie=[row[2] for row in rows])
    given = [row for row in rows if None not in row[:2]]
    finite = [row for row in given if all(map(math.isfinite, row[:2]))]
    stated = [(chosen, rejected) for chosen, rejected, tie in finite if not tie]
    assert finding.n == len(stated)
    assert finding.figures["equal_scores"] == sum(chosen == rejected for chosen, rejected in stated)
    assert finding.figures["ties_of_unequal_scores"] == sum(tie and one != two for one, two, tie in finite)
    assert finding.figures["without_two_scores"] == len(rows) - len(given)
    assert finding.figures["not_finite"] == len(given) - len(finite)
    if stated:
        against = sum(chosen < rejected for chosen, rejected in stated)
        assert finding.estimate == against / len(stated)
        assert (finding.verdict is Verdict.PASS) == (against == 0)
    else:
        assert finding.verdict is Verdict.NOT_MEASURABLE


def test_margins_are_those_of_the_statistics_module() -> None:
    scores = [(5, 1), (4, 4), (2, 3), (5, 4), (3, 1)]
    margins = [chosen - rejected for chosen, rejected in scores]
    figures = found(scores).figures
    assert figures["margins"]["mean"] == pytest.approx(statistics.fmean(margins))
    lower, median, upper = statistics.quantiles(margins, n=4, method="inclusive")
    assert [figures["margins"][name] for name in ("lower_quartile", "median", "upper_quartile")] == [
        lower,
        median,
        upper,
    ]
    assert sum(figures["margins_from_lowest_to_highest"]) == 5
    assert (figures["lowest_score"], figures["highest_score"]) == (1, 5)


def test_one_contradiction_warns_and_over_one_in_a_hundred_fails() -> None:
    assert found([(2, 1)] * 1000).verdict is Verdict.PASS
    finding = found([(2, 1)] * 998 + [(1, 9), (1, 3)])
    assert (finding.verdict, finding.estimate) == (Verdict.WARN, 0.002)
    assert [(one.row, one.note) for one in finding.examples] == [
        (998, "chosen has 1, rejected 9"),
        (999, "chosen has 1, rejected 3"),
    ]
    assert found([(2, 1)] * 989 + [(1, 2)] * 11).verdict is Verdict.FAIL


def test_a_missing_column_is_named() -> None:
    check = Scores()
    check.update(PairBatch.from_lists(["p"], ["a"], ["b"], score_chosen=[1.0]))
    finding = check.result()
    assert finding.verdict is Verdict.NOT_MEASURABLE
    assert "score_chosen and score_rejected" in finding.reason


def test_a_scale_is_checked_where_it_is_set() -> None:
    assert found([(11, 5), (3, 0.5)]).figures["out_of_scale"] == 0
    assert found([(11, 5), (3, 0.5)], scores_scale="1..10").figures["out_of_scale"] == 2
    assert found([(-3, 3)], scores_scale="-2..2").figures["out_of_scale"] == 2
    for wrong in ("10", "1-10", "a..b", "3..1"):
        with pytest.raises(ConfigError, match=r"LOW\.\.HIGH"):
            found([(1, 2)], scores_scale=wrong)
