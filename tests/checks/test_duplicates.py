"""Repeats, against counting in plain Python and against the real data."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

import prefaudit
from prefaudit.checks.duplicates import Duplicates
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Finding, Verdict

if TYPE_CHECKING:
    from pathlib import Path

rows = st.tuples(
    st.sampled_from(["", "p", "q"]),
    st.sampled_from("ab"),
    st.sampled_from("abc"),
    st.sampled_from([None, "Ann", "Bob"]),
    st.sampled_from([None, "chosen", "rejected"]),
)


def found(prompt: list[str], chosen: list[str], rejected: list[str], **columns: Any) -> Finding:
    check = Duplicates()
    check.update(PairBatch.from_lists(prompt, chosen, rejected, **columns))
    return check.result()


def table(finding: Finding) -> dict[str, dict[str, Any]]:
    return {row["what"]: row for row in finding.figures["repeats"]}


@given(st.lists(rows, min_size=1, max_size=20))
def test_every_figure_is_that_of_counting_texts(rows: list[tuple[Any, ...]]) -> None:
    prompt, chosen, rejected, annotator, shown = map(list, zip(*rows, strict=True))
    # With the same two texts it cannot be told which of them was shown first.
    shown = [None if one == two else side for one, two, side in zip(chosen, rejected, shown, strict=True)]
    finding = found(prompt, chosen, rejected, annotator=annotator, first_shown=shown)
    pairs = Counter(
        (text, *sorted([one, two]), who, {"chosen": one, "rejected": two, None: None}[first])
        for text, one, two, who, first in zip(prompt, chosen, rejected, annotator, shown, strict=True)
    )
    for what, groups in {
        "pair": pairs,
        "prompt": Counter(text for text in prompt if text),
        "response": Counter(chosen + rejected),
    }.items():
        row = table(finding)[what]
        assert (row["number"], row["distinct"]) == (groups.total(), len(groups))
        assert row["repeats"] == groups.total() - len(groups)
        assert row["share_in_groups"] == sum(n for n in groups.values() if n > 1) / max(groups.total(), 1)
        assert row["largest_group"] == max(groups.values(), default=0)
    assert finding.estimate == (pairs.total() - len(pairs)) / len(rows)
    sizes = sorted((n for n in pairs.values() if n > 1), reverse=True)[:5]
    assert [example.value for example in finding.examples] == sizes


def test_over_one_in_a_hundred_warns_and_over_one_in_twenty_fails() -> None:
    def repeated(times: int) -> Finding:
        prompts = [str(max(number, times)) for number in range(1000)]
        return found(prompts, ["a"] * 1000, ["b"] * 1000)

    assert [repeated(times).verdict for times in (10, 11, 50, 51)] == [
        Verdict.PASS,
        Verdict.WARN,
        Verdict.WARN,
        Verdict.FAIL,
    ]
    finding = repeated(11)
    assert (finding.estimate, finding.examples[0].row, finding.examples[0].value) == (0.011, 0, 12)


def test_an_id_of_the_prompt_does_not_hide_that_it_repeats() -> None:
    finding = found(["p", "p"], ["a", "a"], ["b", "b"], prompt_id=["1", "2"])
    assert (table(finding)["pair"]["repeats"], table(finding)["prompt"]["repeats"]) == (1, 1)


def test_hh_repeats_two_prompts_and_no_pair(hh_file: Path) -> None:
    check = Duplicates()
    for batch in prefaudit.load(hh_file).batches():
        check.update(batch)
    assert {what: row["repeats"] for what, row in table(check.result()).items()} == {
        "pair": 0,
        "prompt": 2,
        "response": 59,
    }
    assert check.result().verdict is Verdict.PASS


def test_unnamed_votes_on_a_pair_that_the_source_names_are_no_repeats() -> None:
    texts = [["p"] * 2, ["a"] * 2, ["b"] * 2]
    assert table(found(*texts))["pair"]["repeats"] == 1
    assert table(found(*texts, pair_id=["1", "1"]))["pair"]["repeats"] == 0
    assert table(found(*texts, pair_id=["1", "1"], annotator=["Ann", "Ann"]))["pair"]["repeats"] == 1


def test_a_second_vote_at_another_time_is_no_repeat() -> None:
    texts = [["p"] * 3, ["a"] * 3, ["b"] * 3]
    times = [datetime(2024, 3, day, tzinfo=UTC) for day in (1, 2, 2)]
    assert table(found(*texts, annotator=["Ann"] * 3, timestamp=times))["pair"]["repeats"] == 1
    assert table(found(*texts, annotator=["Ann"] * 3, timestamp=[None, *times[:2]]))["pair"]["repeats"] == 0
    assert table(found(*texts, annotator=["Ann"] * 3, timestamp=[None] * 3))["pair"]["repeats"] == 2
