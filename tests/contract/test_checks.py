"""What every check promises: any split of the rows, merged in any order, gives the same report to the bit."""

from __future__ import annotations

import inspect
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prefaudit.checks.registry import check_classes, check_ids
from prefaudit.pairs import PairBatch
from prefaudit.report.json import as_json
from prefaudit.report.model import Finding, Report, Verdict
from prefaudit.stats import table

if TYPE_CHECKING:
    from prefaudit.checks.base import Check

CHECKS = check_classes()
#: Checks whose estimate is no share: it can be below 0.
SIGNED = {"agreement", "fatigue"}
HEADINGS = ("What it measures", "Why it matters", "How it is computed", "Verdict", "Limits", "References")

texts = st.text(alphabet="aA b.\u0301\u00e1\u4e2d\n\ufffd\u00c3\u00a9", max_size=12)
ratings = st.none() | st.integers(0, 2)
aspect = st.fixed_dictionaries({"name": st.sampled_from("xyz"), "chosen": ratings, "rejected": ratings})
pairs = st.fixed_dictionaries(
    {
        "prompt": st.sampled_from(["", "p", "q", "r"]),
        "chosen": texts,
        "rejected": texts,
        "tie": st.booleans(),
        "diverged": st.sampled_from([False, False, False, True]),
        "annotator": st.sampled_from([None, *"abcdefghijklmnop"]),
        "score_chosen": st.sampled_from([None, 1.0, 2.0, -0.0, float("nan")]),
        "score_rejected": st.sampled_from([None, 0.0, 1.0, 1.5]),
        "first_shown": st.sampled_from([None, "chosen", "rejected"]),
        "pair_id": st.sampled_from([None, None, "1", "2"]),
        "domain": st.sampled_from([None, "code", "prose"]),
        "aspects": st.none() | st.lists(aspect, max_size=3),
        "session": st.sampled_from([None, "s", "t"]),
        "timestamp": st.sampled_from([None, *(60_000_000 * minute for minute in range(40))]),
        "seconds": st.sampled_from([None, 0.0, 2.5, 1e9]),
        "row": st.integers(0, 5),
    }
)


def batch_of(rows: list[dict[str, Any]]) -> PairBatch:
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    full: dict[str, Any] = {
        f"{name}_full": [row["prompt"] + row[name] for row in rows] for name in ("chosen", "rejected")
    }
    return PairBatch.from_lists(**columns, **full)


def seen(check: type[Check], rows: list[dict[str, Any]]) -> Check:
    made = check()
    if rows:
        made.update(batch_of(rows))
    return made


def shown(finding: Finding) -> str:
    return as_json(Report({}, {}, (finding,)))


def test_there_are_checks() -> None:
    assert {"identical", "near-duplicate", "length-bias"} <= set(check_ids())
    assert [check.id for check in CHECKS] == check_ids()


@pytest.mark.parametrize("check", CHECKS)
@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(pairs, min_size=1, max_size=24), cuts=st.lists(st.integers(0, 24), max_size=4), random=st.randoms()
)
def test_any_split_merged_in_any_order(
    check: type[Check], rows: list[dict[str, Any]], cuts: list[int], random: Any
) -> None:
    whole = seen(check, rows)
    shuffled = random.sample(rows, len(rows))
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    parts = [seen(check, shuffled[start:end]) for start, end in pairwise(edges)]
    random.shuffle(parts)
    merged = check()
    for part in parts:
        merged.merge(part)
    assert merged.to_state() == whole.to_state()
    assert shown(merged.result()) == shown(whole.result())


@pytest.mark.parametrize("check", CHECKS)
@settings(deadline=None, max_examples=30)
@given(rows=st.lists(pairs, max_size=12), more=st.lists(pairs, max_size=6))
def test_a_state_survives_json_and_goes_on(
    check: type[Check], rows: list[dict[str, Any]], more: list[dict[str, Any]]
) -> None:
    before = seen(check, rows)
    after = check.from_state(json.loads(json.dumps(before.to_state(), allow_nan=False)))
    assert after.to_state() == before.to_state()
    for one in (before, after):
        one.merge(seen(check, more))
    assert shown(after.result()) == shown(before.result())


@pytest.mark.parametrize("check", CHECKS)
def test_no_rows_are_not_measurable(check: type[Check]) -> None:
    finding = check().result()
    assert finding.verdict is Verdict.NOT_MEASURABLE
    assert (finding.estimate, finding.interval, finding.n, finding.examples) == (None, None, 0, ())
    assert finding.reason


@pytest.mark.parametrize("check", CHECKS)
@settings(deadline=None, max_examples=30)
@given(rows=st.lists(pairs, min_size=1, max_size=12))
def test_a_finding_is_complete(check: type[Check], rows: list[dict[str, Any]]) -> None:
    finding = seen(check, rows).result()
    assert finding.check == check.id
    assert finding.reason
    assert set(finding.figures["settings"]) == set(check.defaults)
    if finding.verdict is not Verdict.NOT_MEASURABLE:
        assert finding.estimate is not None
        assert finding.interval is not None
        least = -1 if check.id in SIGNED else 0
        assert least <= finding.interval[0] <= finding.estimate <= finding.interval[1] <= 1
        assert finding.n > 0


@pytest.mark.parametrize("check", CHECKS)
def test_the_docstring_explains(check: type[Check]) -> None:
    text = inspect.getdoc(check) or ""
    assert check.question().endswith("?")
    for heading in HEADINGS:
        assert f"\n{heading}:\n" in text


@pytest.mark.parametrize("check", CHECKS)
@settings(deadline=None, max_examples=30)
@given(rows=st.lists(pairs, min_size=1, max_size=24), at=st.integers(0, 24), held=st.integers(1, 12))
def test_rows_that_wait_on_the_disk_and_parts_make_no_difference(
    check: type[Check], rows: list[dict[str, Any]], at: int, held: int
) -> None:
    expected = shown(seen(check, rows).result())
    with mock.patch.multiple(table, _HELD=held, _SMALL=1):
        split = seen(check, rows[:at])
        split.merge(seen(check, rows[at:]))
        assert shown(split.result()) == expected
