"""Contradictions, against plain Python and on real votes."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prefaudit
from prefaudit.checks.contradictions import Contradictions
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Finding, Verdict

if TYPE_CHECKING:
    from pathlib import Path

votes = st.fixed_dictionaries(
    {
        "prompt": st.sampled_from(["", "p", "q"]),
        "chosen": st.sampled_from("abcd"),
        "rejected": st.sampled_from("abcd"),
        "annotator": st.sampled_from([None, "Ann", "Bob"]),
        "tie": st.sampled_from([False, False, True]),
        "diverged": st.sampled_from([False, False, True]),
    }
)


def found(rows: list[dict[str, Any]]) -> Finding:
    check = Contradictions()
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    check.update(PairBatch.from_lists(**columns))
    return check.result()


def table(finding: Finding) -> dict[str, tuple[int, float | None]]:
    return {row["what"]: (row["of"], row["share"]) for row in finding.figures["contradictions"]}


def vote(prompt: str, chosen: str, rejected: str, annotator: str | None = None) -> dict[str, Any]:
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected, "annotator": annotator}


@given(st.lists(votes, min_size=1, max_size=24))
def test_every_share_is_that_of_enumeration(rows: list[dict[str, Any]]) -> None:
    kept = [
        row
        for row in rows
        if row["prompt"] and not row["tie"] and not row["diverged"] and row["chosen"] != row["rejected"]
    ]
    opposed = {True: [0, 0], False: [0, 0]}
    for one, two in combinations(kept, 2):
        same = {one["chosen"], one["rejected"]} == {two["chosen"], two["rejected"]}
        if same and one["prompt"] == two["prompt"] and one["annotator"] == two["annotator"]:
            opposed[one["annotator"] is not None][0] += one["chosen"] != two["chosen"]
            opposed[one["annotator"] is not None][1] += 1
    net: Counter[tuple[str, str, str]] = Counter()
    for row in kept:
        net[row["prompt"], row["chosen"], row["rejected"]] += 1
        net[row["prompt"], row["rejected"], row["chosen"]] -= 1
    beaten = defaultdict(set)
    for (prompt, winner, loser), margin in net.items():
        if margin > 0:
            beaten[prompt, winner].add(loser)
    complete = cyclic = 0
    for prompt in "pq":
        for three in combinations("abcd", 3):
            wins = [len(beaten[prompt, one] & set(three)) for one in three]
            complete += sum(wins) == 3
            cyclic += wins == [1, 1, 1]
    expected = {
        "self-contradiction": opposed[True],
        "opposing labels": opposed[False],
        "cyclic triads": [cyclic, complete],
    }
    finding = found(rows)
    assert table(finding) == {what: (of, share / of if of else None) for what, (share, of) in expected.items()}
    assert (finding.verdict is Verdict.NOT_MEASURABLE) == (not any(of for _, of in expected.values()))


@pytest.mark.parametrize(
    ("every", "verdict"), [(0, Verdict.PASS), (200, Verdict.PASS), (20, Verdict.WARN), (5, Verdict.FAIL)]
)
def test_planted_contradictions(every: int, verdict: Verdict) -> None:
    rows = []
    for number in range(2000):
        flipped = every and number % every == 0
        won, lost = "ba" if flipped else "ab"
        rows += [vote(f"p{number}", "a", "b", "Ann"), vote(f"p{number}", won, lost, "Ann")]
    finding = found(rows)
    assert (finding.verdict, finding.n) == (verdict, 2000)
    assert finding.estimate == (1 / every if every else 0)


def test_few_repeats_are_underpowered_and_say_how_many_it_takes() -> None:
    finding = found([vote(f"p{number}", "a", "b") for number in range(20) for _ in range(2)])
    assert finding.verdict is Verdict.UNDERPOWERED
    assert "to tell takes about 515" in finding.reason


def test_an_example_names_the_first_row() -> None:
    rows = [vote("p", "a", "b", "Ann"), vote("q", "a", "b", "Ann"), vote("q", "b", "a", "Ann")]
    assert [(one.row, one.note) for one in found(rows).examples] == [(1, "judged 1 to 1 by one annotator")]


def test_pandalm_has_one_cyclic_triad(data_dir: Path) -> None:
    check = Contradictions()
    for batch in prefaudit.load(data_dir / "pandalm" / "testset-v1.json").batches():
        check.update(batch)
    finding = check.result()
    # 300, not the 358 of the models: responses of two models that are equal are one response here.
    assert table(finding)["cyclic triads"] == (300, 1 / 300)
    assert finding.verdict is Verdict.PASS


def cleared(rows: list[dict[str, Any]]) -> tuple[Finding, Finding, int]:
    """What is found, what is found once the filter that it names was run, and how many rows that leaves."""
    before = prefaudit.audit(rows, checks=["contradictions"])["contradictions"]
    assert before.verdict in {Verdict.WARN, Verdict.FAIL}
    left = prefaudit.filter(rows, [before.filter]).data
    after = prefaudit.audit(left, checks=["contradictions"])["contradictions"]
    return before, after, len(left)


def votes_of(*votes: tuple[str, str, str | None]) -> list[dict[str, Any]]:
    return [
        {"prompt": prompt, "chosen": winner, "rejected": "ab".replace(winner, ""), "annotator": who}
        for prompt, winner, who in votes
    ]


def test_the_filter_that_is_named_clears_the_verdict() -> None:
    steady = [(f"p{at}", "a", who) for at in range(600) for who in ("Ann", "Bob", "Ann")]
    torn = [(f"q{at}", winner, who) for at in range(200) for winner, who in (("a", "Ann"), ("b", "Ann"), ("b", "Bob"))]
    before, after, left = cleared(votes_of(*steady, *torn))
    assert (before.filter, after.verdict, left) == ("contradictions", Verdict.PASS, len(steady))
    nameless = [(prompt, winner, None) for prompt, winner, _ in steady + torn]
    before, after, left = cleared(votes_of(*nameless))
    assert (before.filter, after.verdict, left) == ("contradictions", Verdict.PASS, len(steady))


def test_the_filter_that_is_named_clears_circles() -> None:
    texts = ((("a", "b"), ("b", "c"), ("c", "a")), (("a", "b"), ("b", "c"), ("a", "c")))
    rows = [
        {"prompt": f"p{at}", "chosen": winner, "rejected": loser}
        for at in range(400)
        for winner, loser in texts[at % 2]
    ]
    before, after, left = cleared(rows)
    assert "cyclic triads: 50.0%" in before.reason
    assert (after.verdict, left) == (Verdict.PASS, 600)
