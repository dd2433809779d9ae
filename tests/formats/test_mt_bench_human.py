"""Judgments of MT-bench, of people and of GPT-4."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

import prefaudit
from prefaudit.formats import choose_format
from prefaudit.sources import Sample

if TYPE_CHECKING:
    from pathlib import Path


def talk(*texts: str) -> list[dict[str, str]]:
    return [{"content": said, "role": ("user", "assistant")[place % 2]} for place, said in enumerate(texts)]


ROW = {
    "question_id": 81,
    "model_a": "alpaca-13b",
    "model_b": "gpt-3.5-turbo",
    "winner": "model_b",
    "judge": "author_2",
    "conversation_a": talk("Hi", "No", "Why?", "So"),
    "conversation_b": talk("Hi", "Yes", "Why?", "Because"),
    "turn": 1,
}


def test_told_from_the_rows() -> None:
    assert choose_format(Sample.of([ROW])).name == "mt-bench-human"


def test_the_judged_turn(read_pairs: Any) -> None:
    pairs, _ = read_pairs([ROW, {**ROW, "turn": 2}])
    assert [(pair["chosen"], pair["rejected"]) for pair in pairs] == [("Yes", "No"), ("Because", "So")]
    assert [pair["prompt"] for pair in pairs] == ["Hi", "\n\nHuman: Hi\n\nHuman: Why?"]
    assert [pair["prompt_messages"] for pair in pairs] == [[{"role": "user", "content": "Hi"}], None]
    assert [pair["prompt_id"] for pair in pairs] == ["81", "81"]
    assert len({pair["pair_id"] for pair in pairs}) == 2
    assert "first_shown" not in pairs[0]


def test_votes_on_one_pair(read_pairs: Any) -> None:
    turned = {
        "model_a": ROW["model_b"],
        "model_b": ROW["model_a"],
        "conversation_a": ROW["conversation_b"],
        "conversation_b": ROW["conversation_a"],
    }
    pairs, accounting = read_pairs([ROW, {**ROW, **turned, "judge": ["gpt-4", "pair-v2"]}])
    assert [pair["chosen"] for pair in pairs] == ["Yes", "No"]
    assert [pair["annotator"] for pair in pairs] == ["author_2", "gpt-4, pair-v2"]
    assert (accounting["votes"], accounting["pairs"]) == (2, 1)


@pytest.mark.parametrize("winner", ["tie", "tie (inconsistent)"])
def test_ties(winner: str, read_pairs: Any) -> None:
    (pair,), accounting = read_pairs([{**ROW, "winner": winner}])
    assert pair["tie"]
    assert accounting["ties"] == 1


def test_votes_that_changed_with_the_order_are_told_by_judge() -> None:
    judges = {"gpt-4": ["tie (inconsistent)", "model_a", "tie", "tie (inconsistent)"], "person": ["tie", "model_b"]}
    rows = [{**ROW, "judge": judge, "winner": winner} for judge, winners in judges.items() for winner in winners]
    data = prefaudit.load(rows, format="mt-bench-human")
    for _ in range(2):  # each pass counts anew
        report = prefaudit.audit(data, checks=["position-bias"])
        (note,) = report.dataset["notes"]
        assert note.startswith("gpt-4 changed its mind with the order of the answers in 2 of 4 votes (50.0%;")
        assert "position-bias cannot count them" in note
        assert note in report.to_markdown()
    assert report.accounting["ties"] == 4
    assert "notes" not in prefaudit.audit(rows[4:], format="mt-bench-human").dataset


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"turn": 3}, "'turn' is not one of the turns"),
        ({"turn": 1.5}, "'turn' is not one of the turns"),
        ({"turn": None}, "'turn' is null or missing"),
        ({"winner": "model_c"}, "'winner' names neither model nor a tie"),
        ({"conversation_a": talk("Ho", "No")}, "the two conversations ask different questions"),
        (
            {"conversation_a": talk("Hi", "No", "Why?")},
            "'conversation_a' does not alternate between user and assistant",
        ),
        ({"conversation_a": {}}, "'conversation_a' is an object, not a list of messages"),
        ({"judge": [7]}, "'judge' is a number, not text"),
        ({"judge": {}}, "'judge' is an object, not text"),
        ({"question_id": []}, "'question_id' is a list, not text"),
        ({"model_a": [None]}, "'model_a' is a list, not text"),
    ],
)
def test_bad_rows_are_skipped_and_counted(change: dict[str, Any], reason: str, read_pairs: Any) -> None:
    pairs, accounting = read_pairs([ROW, {**ROW, **change}, ROW])
    assert len(pairs) == 2
    assert accounting["rows_skipped"] == {reason: 1}
    assert accounting["rows_in"] == accounting["rows_used"] + 1 == 3


def longer_wins(pairs: list[dict[str, Any]]) -> float:
    lengths = [(len(pair["chosen"]), len(pair["rejected"])) for pair in pairs if not pair["tie"]]
    unequal = [chosen > rejected for chosen, rejected in lengths if chosen != rejected]
    return sum(unequal) / len(unequal)


def test_people(data_dir: Path, read_pairs: Any) -> None:
    pairs, accounting = read_pairs(str(data_dir / "mt_bench_human" / "human_reconstructed.jsonl.gz"))
    assert (accounting["rows_used"], accounting["ties"], accounting["rows_skipped"]) == (1751, 417, {})
    assert len({pair["annotator"] for pair in pairs}) == 65
    assert longer_wins(pairs) == pytest.approx(0.679, abs=0.0006)
    votes = defaultdict(list)
    for pair in pairs:
        votes[pair["pair_id"]].append("tie" if pair["tie"] else pair["chosen"])
    several = [cast for cast in votes.values() if len(cast) > 1]
    twos = [one == other for cast in several for one, other in combinations(cast, 2)]
    assert len(several) == 407
    assert sum(twos) / len(twos) == pytest.approx(0.654, abs=0.0006)


def test_gpt4(data_dir: Path, read_pairs: Any) -> None:
    pairs, accounting = read_pairs(str(data_dir / "mt_bench_human" / "gpt4_pair_reconstructed.jsonl.gz"))
    # 196 are inconsistent, 108 are plain ties.
    assert (accounting["rows_used"], accounting["ties"]) == (1240, 196 + 108)
    assert longer_wins(pairs) == pytest.approx(0.744, abs=0.0006)
