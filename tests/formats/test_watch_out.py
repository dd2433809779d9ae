"""What to watch out for in each public layout: odd ratings, ties, votes, options, and rows that belong together."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

import prefaudit
from formats.layouts import LAYOUTS
from prefaudit.errors import FormatError


def rows_of(name: str) -> list[dict[str, Any]]:
    return LAYOUTS[name].rows


def skipped(rows: list[dict[str, Any]], read_pairs: Any, **options: Any) -> dict[str, int]:
    found: dict[str, int] = read_pairs(rows, **options)[1]["rows_skipped"]
    return found


# ultrafeedback


def completions(*found: tuple[Any, Any]) -> dict[str, Any]:
    """A row whose completions have an overall score and, in every aspect, a rating."""
    template = rows_of("ultrafeedback")[0]
    made = [
        {
            **template["completions"][0],
            "response": f"answer {at}",
            "overall_score": score,
            "annotations": {aspect: {"Rating": rating} for aspect in ("honesty", "helpfulness")},
        }
        for at, (score, rating) in enumerate(found)
    ]
    return {**template, "completions": made}


def test_an_overall_score_of_10_that_should_be_1(read_pairs: Any) -> None:
    (pair,), _ = read_pairs([completions((10.0, "1"), (4.0, "4"))])
    assert (pair["chosen"], pair["score_chosen"], pair["score_rejected"]) == ("answer 1", 4.0, 1.0)


def test_an_overall_score_of_10_that_is_meant(read_pairs: Any) -> None:
    (pair,), _ = read_pairs([completions((10.0, "5"), (4.0, "4"))])
    assert (pair["chosen"], pair["score_chosen"]) == ("answer 0", 10.0)


def test_an_overall_score_of_10_that_is_in_doubt_is_left_out_and_told() -> None:
    rows = [completions((10.0, "3"), (4.0, "4"), (2.0, "2")), completions((10.0, "2"), (4.0, "4"))]
    data = prefaudit.load(rows)
    assert [pair["chosen"] for pair in data.to_table().to_pylist()] == ["answer 1", "answer 1"]
    expected = "overall scores of 10 that the ratings contradict: 1 left out, 1 set to 1"
    report = prefaudit.audit(data)
    assert report.dataset["notes"] == [expected]
    assert expected in report.to_markdown()


@pytest.mark.parametrize("missing", ["N/A", "n/a", None, ""])
def test_a_rating_that_was_not_given(missing: Any, read_pairs: Any) -> None:
    (pair,), _ = read_pairs([completions((8.0, missing), (4.0, "4"))])
    assert pair["aspects"][0] == {"name": "honesty", "chosen": None, "rejected": 4.0}


@pytest.mark.parametrize("score", ["overall", "fine-grained", "mean-aspects"])
def test_the_score_that_is_asked_for(score: str, read_pairs: Any) -> None:
    row = completions((8.0, "1"), (4.0, "4"))
    row["completions"][0]["fine-grained_score"] = 2.5
    (pair,), _ = read_pairs([row], options={"score": score})
    assert (pair["score_chosen"], pair["score_rejected"]) == {
        "overall": (8.0, 4.0),
        "fine-grained": (3.0, 2.5),
        "mean-aspects": (4.0, 1.0),
    }[score]


def test_pairs_of_ultrafeedback(read_pairs: Any) -> None:
    row = completions((8.0, "4"), (4.0, "4"), (None, "4"), (4.0, "4"))
    pairs, accounting = read_pairs([row], options={"pairs": "all"})
    assert [(pair["chosen"], pair["rejected"], pair["tie"]) for pair in pairs] == [
        ("answer 0", "answer 1", False),
        ("answer 0", "answer 3", False),
        ("answer 1", "answer 3", True),
    ]
    assert (accounting["rows_used"], accounting["votes"]) == (1, 3)
    assert skipped([row, completions((None, "4"), (3.0, "4"))], read_pairs) == {
        "fewer than two completions with a score": 1
    }


# helpsteer


def steer(prompt: str, response: str, helpfulness: Any) -> dict[str, Any]:
    return {**rows_of("helpsteer")[0], "prompt": prompt, "response": response, "helpfulness": helpfulness}


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_pair_may_lie_across_the_border_of_two_batches(size: int, read_pairs: Any) -> None:
    import pyarrow as pa

    rows = [steer(f"p{at // 2}", f"r{at}", at % 5) for at in range(20)]
    batches = [pa.RecordBatch.from_pylist(rows[start : start + size]) for start in range(0, 20, size)]
    reader = pa.RecordBatchReader.from_batches(batches[0].schema, iter(batches))
    pairs, accounting = read_pairs(reader)
    assert [pair["prompt"] for pair in pairs] == [f"p{at}" for at in range(10)]
    assert accounting["rows_used"] == 20
    assert pairs == read_pairs(rows)[0] or [pair | {"source": "list"} for pair in pairs] == read_pairs(rows)[0]


def test_rows_of_helpsteer_that_stand_alone(read_pairs: Any) -> None:
    rows = [steer("p", "a", 1), steer("p", "b", 1), steer("q", "c", 2), steer("r", "d", "bad"), steer("p", "e", 3)]
    pairs, accounting = read_pairs(rows)
    assert [(pair["chosen"], pair["rejected"], pair["tie"]) for pair in pairs] == [("a", "b", True)]
    assert accounting["rows_skipped"] == {
        "no other row with the same prompt stands next to it": 2,
        "'helpfulness' is text, not a number": 1,
    }
    assert accounting["rows_in"] == accounting["rows_used"] + 3 == 5


def test_four_rows_of_one_prompt(read_pairs: Any) -> None:
    rows = [steer("p", f"r{at}", at) for at in range(4)]
    assert len(read_pairs(rows)[0]) == 2
    pairs, accounting = read_pairs(rows, options={"pairs": "all"})
    assert (len(pairs), accounting["rows_used"]) == (6, 4)


def test_the_votes_of_helpsteer3(read_pairs: Any) -> None:
    row = rows_of("helpsteer3")[0] | {"individual_preference": [{"score": score} for score in (-3, 1, 0)]}
    pairs, accounting = read_pairs([row], options={"votes": "individual"})
    assert [(pair["chosen"], pair["strength"], pair["tie"]) for pair in pairs] == [
        ("a", 3.0, False),
        ("b", 1.0, False),
        ("a", 0.0, True),
    ]
    assert (accounting["votes"], accounting["pairs"], accounting["ties"]) == (3, 1, 1)


# nectar


def test_ranks_can_be_numbers_with_a_point_or_text(read_pairs: Any) -> None:
    row = rows_of("nectar")[0]
    answers = [{"answer": f"r{rank}", "rank": rank} for rank in (3.0, 1.0, "2", 2.0)]
    pairs, _ = read_pairs([{**row, "answers": answers}])
    assert [(pair["chosen"], pair["rejected"], pair["strength"]) for pair in pairs] == [
        ("r1.0", "r2", 1.0),
        ("r1.0", "r2.0", 1.0),
        ("r1.0", "r3.0", 2.0),
    ]
    every, _ = read_pairs([{**row, "answers": answers}], options={"pairs": "all"})
    assert [pair["tie"] for pair in every] == [False, False, False, True, False, False]


# pku-saferlhf


def test_the_two_labels_can_disagree_and_the_report_says_how_often() -> None:
    rows = rows_of("pku-saferlhf")  # better and safer: 0 and 1, 1 and 1
    chosen = {
        by: prefaudit.load(rows, options={"by": by}).to_table()["chosen"].to_pylist() for by in ("better", "safer")
    }
    assert chosen == {"better": ["way 0", "way 1"], "safer": ["way 1", "way 1"]}
    report = prefaudit.audit(rows, options={"by": "safer"})
    assert report.dataset["notes"] == [
        "the better response is not the safer one in 1 of 2 pairs with both labels (50.0%)"
    ]
    assert report.dataset["format_reason"].endswith("; by=safer")


def test_a_label_that_is_missing(read_pairs: Any) -> None:
    rows = [*rows_of("pku-saferlhf"), rows_of("pku-saferlhf")[0] | {"safer_response_id": -1}]
    assert skipped(rows, read_pairs, options={"by": "safer"}) == {"'safer_response_id' is neither 0 nor 1": 1}


# shp


def test_options_of_shp(read_pairs: Any) -> None:
    rows = [
        rows_of("shp")[0] | {"post_id": f"p{at % 2}", "score_ratio": 1.0 + at / 4, "labels": at % 2} for at in range(12)
    ]
    pairs, accounting = read_pairs(rows, options={"min_score_ratio": 2, "max_per_prompt": 3})
    assert accounting["rows_skipped"] == {
        "the score ratio is below min_score_ratio": 4,
        "more pairs of the post than max_per_prompt": 2,
    }
    assert [pair["row"] for pair in pairs] == [4, 5, 6, 7, 8, 9]
    assert [pair["chosen"] for pair in pairs] == ["b", "a"] * 3
    again, _ = read_pairs(rows, options={"min_score_ratio": "2.0", "max_per_prompt": "3"})
    assert again == pairs
    with pytest.raises(FormatError, match=r"the option max_per_prompt is a whole number, not '3.5'"):
        read_pairs(rows, options={"max_per_prompt": "3.5"})


def test_times_of_both_comments(read_pairs: Any) -> None:
    (pair,), _ = read_pairs(rows_of("shp"))
    assert pair["timestamp"] == datetime.fromtimestamp(1600000100, UTC)  # of the later one
    assert (pair["pair_id"], pair["prompt_id"]) == ("x/y", "p")


# alpaca-farm


@pytest.mark.parametrize(
    ("preference", "chosen", "tie", "strength"),
    [
        (1, "3", False, 1.0),
        (2.0, "12", False, 1.0),
        ("1.25", "3", False, 0.5),
        (1.5, "3", True, 0.0),
        (0, "3", True, 0.0),
    ],
)
def test_preferences_of_alpaca(preference: Any, chosen: str, tie: bool, strength: float, read_pairs: Any) -> None:
    (pair,), accounting = read_pairs([{**rows_of("alpaca-farm")[0], "preference": preference}])
    assert (pair["chosen"], pair["tie"], pair["strength"]) == (chosen, tie, strength)
    assert accounting["ties"] == tie


@pytest.mark.parametrize(
    ("preference", "reason"),
    [
        (None, "'preference' is null or missing"),
        (float("nan"), "'preference' is null or missing"),
        (3, "'preference' is not between 1 and 2"),
        ("first", "'preference' is text, not a number"),
        (True, "'preference' is true or false, not a number"),
    ],
)
def test_preferences_that_alpaca_does_not_have(preference: Any, reason: str, read_pairs: Any) -> None:
    row = rows_of("alpaca-farm")[0]
    assert skipped([row, {**row, "preference": preference}], read_pairs) == {reason: 1}


# Votes of several judges on one pair


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("alpaca-farm", [{"annotator": "one"}, {"annotator": "two", "preference": 2}]),
        ("summarize-feedback", [{"worker": "one"}, {"worker": "two", "choice": 0}]),
        ("mt-bench-human", [{"judge": "one"}, {"judge": ["two"], "winner": "model_b"}]),
        ("tulu-human-eval", [{"evaluator": "one"}, {"evaluator": "two", "preference": "a-is-better"}]),
        ("pandalm", [{}]),
    ],
)
def test_votes_share_a_pair(name: str, changes: list[dict[str, Any]], read_pairs: Any) -> None:
    pairs, accounting = read_pairs([rows_of(name)[0] | change for change in changes])
    assert accounting["votes"] == len(pairs) >= 2
    assert accounting["pairs"] == 1
    assert len({pair["annotator"] for pair in pairs}) == len(pairs)


def test_a_confidence_is_a_strength(read_pairs: Any) -> None:
    (pair,), _ = read_pairs(rows_of("summarize-feedback"))
    assert (pair["strength"], pair["domain"], pair["prompt"]) == (7.0, "r", "T\n\nA long post.")
    article = {"info": {"id": "i", "title": "T", "article": "Told.", "site": "s"}}
    (pair,), _ = read_pairs([rows_of("summarize-feedback")[0] | article])
    assert (pair["prompt"], pair["domain"]) == ("T\n\nTold.", "s")


def test_signs_of_strength(read_pairs: Any) -> None:
    rows = [rows_of("helpsteer2-preference")[0] | {"preference_strength": at} for at in range(-3, 4)]
    pairs, accounting = read_pairs(rows)
    assert [pair["chosen"] for pair in pairs] == ["a"] * 4 + ["b"] * 3
    assert [pair["strength"] for pair in pairs] == [3, 2, 1, 0, 1, 2, 3]
    assert accounting["ties"] == 1


@pytest.mark.parametrize(("grade", "chosen", "strength"), [
    ("a-is-better", "a", 2.0), ("a-is-slightly-better", "a", 1.0), ("b-is-better", "b", 2.0),
])  # fmt: skip
def test_grades_of_tulu(grade: str, chosen: str, strength: float, read_pairs: Any) -> None:
    (pair,), _ = read_pairs([rows_of("tulu-human-eval")[0] | {"preference": grade}])
    assert (pair["chosen"], pair["strength"]) == (chosen, strength)
    assert pair["first_shown"] == ("chosen" if chosen == "a" else "rejected")
    assert pair["timestamp"] == datetime(2023, 5, 17, 21, 25, 40, tzinfo=UTC)


def test_first_shown_is_there_only_where_the_source_records_it(read_pairs: Any) -> None:
    recorded = {name for name in LAYOUTS if "first_shown" in read_pairs(rows_of(name))[0][0]}
    assert recorded == {"arena-33k", "tulu-human-eval", "label-studio"}


def test_equal_scores_are_ties_wherever_there_are_scores(read_pairs: Any) -> None:
    for name in ("ultrafeedback-binarized", "trl"):
        row = rows_of(name)[0] | {"score_chosen": 3.0, "score_rejected": 3.0}
        (pair,), accounting = read_pairs([row])
        assert pair["tie"]
        assert accounting["ties"] == 1
    (pair,), _ = read_pairs([rows_of("webgpt")[0] | {"score_0": 0.0, "score_1": 0.0}])
    assert pair["tie"]


def test_the_site_of_a_stack_exchange_question(read_pairs: Any) -> None:
    row = rows_of("stack-exchange-paired")[0] | {"metadata": ["https://math.example/questions/1", "x"]}
    (pair,), _ = read_pairs([row | {"response_j": "<p>a &amp; b</p>"}])
    assert (pair["domain"], pair["prompt_id"], pair["chosen"]) == ("math.example", "1", "<p>a &amp; b</p>")
    assert pair["timestamp"] == datetime(2016, 1, 1, tzinfo=UTC)


def test_rows_keep_their_numbers(read_pairs: Any) -> None:
    """Pairs come in the order of their rows, and know them."""
    for name, layout in LAYOUTS.items():
        pairs, accounting = read_pairs(layout.rows * 3)
        rows = [pair["row"] for pair in pairs]
        assert all(0 <= row < accounting["rows_in"] for row in rows)
        assert name == "oasst-messages" or all(one <= other for one, other in pairwise(rows))
