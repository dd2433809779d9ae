"""A reader of the surface: nothing where there is nothing, something where it was planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize
from scipy.stats import mannwhitneyu

import prefaudit
from prefaudit.checks.shortcuts import FEATURES
from prefaudit.report.model import Finding, Verdict
from prefaudit.stats import shortcut

RNG = np.random.default_rng(11)
WORDS = np.array("alpha beta gamma delta epsilon zeta eta theta iota kappa".split())


def text(n: int) -> str:
    return " ".join(RNG.choice(WORDS, n))


def found(rows: list[dict[str, Any]]) -> Finding:
    return prefaudit.audit(rows, checks=["shortcuts"])["shortcuts"]


def pairs(n: int, list_share: float = 0.5, longer_share: float = 0.5) -> list[dict[str, Any]]:
    """Pairs of which one response is a list, the other longer; the shares say how often those are preferred."""
    rows = []
    for at in range(n):
        marked = "\n".join(f"- {text(3)}" for _ in range(3))
        plain = text(12)
        if RNG.random() < 0.5:
            sides = (marked, plain) if RNG.random() < list_share else (plain, marked)
        else:
            sides = (text(20), text(8)) if RNG.random() < longer_share else (text(8), text(20))
        rows.append({"prompt": f"question {at}", "chosen": sides[0], "rejected": sides[1]})
    return rows


def test_no_alarm_where_there_is_nothing() -> None:
    verdicts = [found(pairs(1500)).verdict for _ in range(12)]
    assert set(verdicts) == {Verdict.PASS}


@pytest.mark.parametrize(
    ("shares", "verdict"), [((0.95, 0.95), Verdict.FAIL), ((0.72, 0.72), Verdict.WARN), ((0.55, 0.55), Verdict.PASS)]
)
def test_what_is_planted_is_found(shares: tuple[float, float], verdict: Verdict) -> None:
    finding = found(pairs(4000, *shares))
    assert finding.verdict is verdict
    assert finding.estimate == pytest.approx(np.mean(shares), abs=0.03)


def test_the_planted_feature_has_the_weight() -> None:
    finding = found(pairs(3000, list_share=0.95))
    heaviest = [row["feature"] for row in finding.figures["weights"][:3]]
    assert {"list_items", "lines"} & set(heaviest)
    assert {row["feature"] for row in finding.figures["weights"]} == set(FEATURES)
    alone, added = finding.figures["beside"]
    assert alone["accuracy"] < 0.6
    assert added["interval"][0] > 0.1


def test_small_data_are_underpowered() -> None:
    finding = found(pairs(150, 1.0, 1.0))
    assert (finding.verdict, "200" in finding.reason) == (Verdict.UNDERPOWERED, True)


def test_repeated_prompts_are_one_fold_and_one_cluster() -> None:
    rows = [{**row, "prompt": f"question {at % 100}"} for at, row in enumerate(pairs(3000, 0.9, 0.9))]
    assert found(rows).verdict is Verdict.UNDERPOWERED


def test_nothing_to_learn_from() -> None:
    assert found([{"prompt": "p", "chosen": "a", "rejected": "a"}]).verdict is Verdict.NOT_MEASURABLE


def test_weights_are_those_of_a_general_optimizer() -> None:
    values = shortcut.scaled((RNG.normal(0.2, 1, (400, 4)) * [1, 2, 0.5, 9]).T)

    def loss(weights: Any) -> float:
        return float(np.logaddexp(0, -weights @ values).mean() + 0.5e-3 * weights @ weights)

    best = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-9}).x
    assert shortcut.fit(values) == pytest.approx(best, abs=1e-5)


def test_weights_without_a_ridge_are_those_of_statsmodels() -> None:
    values = shortcut.scaled(RNG.normal(0.1, 1, (5000, 3)).T)
    both = np.concatenate([values.T, -values.T])
    labels = np.repeat([1, 0], 5000)
    expected = sm.Logit(labels, both).fit(disp=0).params
    assert shortcut.fit(values) == pytest.approx(expected, abs=0.01)  # the ridge is weak


def test_auc_is_that_of_the_pairs_and_their_mirror_images() -> None:
    scores = np.round(RNG.normal(0.3, 1, 300), 1)  # with draws
    expected = mannwhitneyu(scores, -scores).statistic / len(scores) ** 2
    assert shortcut.auc_parts(scores).mean() == pytest.approx(expected)


def test_the_error_is_statsmodels_clustered_one() -> None:
    prompts = np.repeat(np.arange(200), 15).astype(np.uint64)  # of one size: then there is nothing to adjust
    values = RNG.random(3000) + prompts / 400
    groups = (prompts & np.uint64(0xFF)).astype(int)
    fitted = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": True}
    )
    clusters = len(np.unique(groups))
    _, (low, high) = shortcut.paired_interval(values, np.zeros(3000), prompts)
    from scipy.stats import t

    assert (high - low) / 2 == pytest.approx(t.ppf(0.975, clusters - 1) * fitted.bse[0], rel=1e-3)
