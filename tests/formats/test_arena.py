"""The three public layouts of the Chatbot Arena's battles."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from prefaudit.formats import choose_format
from prefaudit.sources import Sample


def talk(*texts: str) -> list[dict[str, str]]:
    return [{"content": said, "role": ("user", "assistant")[place % 2]} for place, said in enumerate(texts)]


A33 = {
    "question_id": "58210e39b3fd4441a2bd4a518bb44c2d",
    "model_a": "chatglm-6b",
    "model_b": "koala-13b",
    "winner": "model_b",
    "judge": "arena_user_973",
    "conversation_a": talk("Hi", "Go away"),
    "conversation_b": talk("Hi", "Hello"),
    "turn": 1,
    "anony": True,
    "language": "English",
    "tstamp": 1682351591.1322,
    "openai_moderation": {"categories": {"hate": False}, "flagged": False},
    "toxic_chat_tag": {"roberta-large": {"flagged": False, "probability": 0.01}},
}
A100 = {
    **{name: value for name, value in A33.items() if name not in {"judge", "openai_moderation", "toxic_chat_tag"}},
    "judge_hash": "f00",
    "is_code": False,
    "is_refusal": False,
    "dedup_tag": {"high_freq": False, "sampled": True},
    "category_tag": {"math_v0.1": {"math": False}},
}
A55 = {
    "id": 30192,
    "model_a": "gpt-4-1106-preview",
    "model_b": "gpt-4-0613",
    "prompt": '["Hi"]',
    "response_a": '["Hello"]',
    "response_b": '["Go away \\ud83d\\ude00"]',
    "winner_model_a": 1,
    "winner_model_b": 0,
    "winner_tie": 0,
}


@pytest.mark.parametrize(("row", "name"), [(A33, "arena-33k"), (A55, "arena-55k"), (A100, "arena-100k")])
def test_told_from_the_rows(row: dict[str, Any], name: str) -> None:
    assert choose_format(Sample.of([row])).name == name


def test_33k(read_pairs: Any) -> None:
    (pair,), _ = read_pairs([A33])
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == ("Hi", "Hello", "Go away")
    assert pair["prompt_messages"] == [{"role": "user", "content": "Hi"}]
    assert (pair["annotator"], pair["domain"]) == ("arena_user_973", "English")
    assert pair["timestamp"] == datetime(2023, 4, 24, 15, 53, 11, 132200, tzinfo=UTC)
    # B has won, and A is at the left.
    assert pair["first_shown"] == "rejected"
    assert not pair["tie"]


def test_33k_a_wins(read_pairs: Any) -> None:
    (pair,), _ = read_pairs([{**A33, "winner": "model_a"}])
    assert (pair["chosen"], pair["rejected"], pair["first_shown"]) == ("Go away", "Hello", "chosen")


def test_100k(read_pairs: Any) -> None:
    (pair,), _ = read_pairs([A100])
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == ("Hi", "Hello", "Go away")
    assert (pair["annotator"], pair["domain"]) == ("f00", "English")
    assert "first_shown" not in pair


def test_55k(read_pairs: Any) -> None:
    b_wins = {"winner_model_a": 0, "winner_model_b": 1}
    pairs, _ = read_pairs([A55, {**A55, **b_wins}, {**A55, "response_a": ["Hello"]}])
    assert [pair["chosen"] for pair in pairs] == ["Hello", "Go away \N{GRINNING FACE}", "Hello"]
    assert [pair["prompt"] for pair in pairs] == ["Hi"] * 3
    assert "first_shown" not in pairs[0]


@pytest.mark.parametrize("row", [A33, A100])
@pytest.mark.parametrize("winner", ["tie", "tie (bothbad)"])
def test_ties(row: dict[str, Any], winner: str, read_pairs: Any) -> None:
    (pair,), accounting = read_pairs([{**row, "winner": winner}])
    assert pair["tie"]
    assert accounting["ties"] == 1


def test_ties_55k(read_pairs: Any) -> None:
    (pair,), accounting = read_pairs([{**A55, "winner_model_a": 0, "winner_tie": 1}])
    assert pair["tie"]
    assert accounting["ties"] == 1


@pytest.mark.parametrize("row", [A33, A100])
def test_several_turns_are_marked(row: dict[str, Any], read_pairs: Any) -> None:
    sides = {"conversation_a": talk("Hi", "No", "Why?", "So"), "conversation_b": talk("Hi", "Yes", "Why?", "Because")}
    (pair,), _ = read_pairs([{**row, **sides}])
    assert pair["diverged"]
    assert (pair["prompt"], pair["chosen"]) == ("Hi", "\n\nAssistant: Yes\n\nHuman: Why?\n\nAssistant: Because")


def test_several_turns_of_55k_are_marked(read_pairs: Any) -> None:
    turns = {
        name: json.dumps([text, text]) for name, text in (("prompt", "q"), ("response_a", "a"), ("response_b", "b"))
    }
    (pair,), _ = read_pairs([{**A55, **turns}])
    assert pair["diverged"]
    assert (pair["prompt"], pair["rejected"]) == ("q", "\n\nAssistant: b\n\nHuman: q\n\nAssistant: b")


TALKS = [
    ({"winner": "left"}, "'winner' names neither model nor a tie"),
    ({"winner": None}, "'winner' is null or missing"),
    ({"winner": ["model_a"]}, "'winner' is a list, not text"),
    ({"conversation_a": None}, "'conversation_a' is null or missing"),
    ({"conversation_a": "Hi"}, "'conversation_a' is text, not a list of messages"),
    ({"conversation_b": [None]}, "'conversation_b' holds null where a message belongs"),
    ({"conversation_b": talk("Hi")}, "one conversation is the beginning of the other"),
    ({"tstamp": True}, "'tstamp' is not a time"),
    ({"tstamp": float("inf")}, "'tstamp' is not a time"),
    ({"tstamp": 10**400}, "'tstamp' is not a time"),
    ({"tstamp": 1e30}, "'tstamp' is not a time"),
    ({"language": {}}, "'language' is an object, not text"),
]
WRITTEN = [
    ({"winner_tie": 1}, "not exactly one of the winner columns is 1"),
    ({"winner_model_a": 0}, "not exactly one of the winner columns is 1"),
    ({"winner_model_a": "yes"}, "'winner_model_a' is text, not a number"),
    ({"winner_model_a": None}, "'winner_model_a' is null or missing"),
    ({"response_a": "[null]"}, "'response_a' is null or missing"),
    ({"response_a": '["\\ud83d"]'}, "'response_a' is not valid Unicode"),
    ({"response_a": "Hello"}, "'response_a' is not a JSON list"),
    ({"response_a": "[" * 100_000}, "'response_a' is not a JSON list"),
    ({"response_a": '"Hello"'}, "'response_a' is text, not a list"),
    ({"response_a": '["a", "b"]'}, "'prompt' and 'response_a' differ in their number of turns"),
    ({"prompt": "[]"}, "'prompt' holds no turns"),
    ({"prompt": 7}, "'prompt' is a number, not text"),
]


@pytest.mark.parametrize(
    ("row", "change", "reason"),
    [(row, *case) for row, cases in ((A33, TALKS), (A100, TALKS), (A55, WRITTEN)) for case in cases],
)
def test_bad_rows_are_skipped_and_counted(
    row: dict[str, Any], change: dict[str, Any], reason: str, read_pairs: Any
) -> None:
    pairs, accounting = read_pairs([row, {**row, **change}, row])
    assert len(pairs) == 2
    assert accounting["rows_skipped"] == {reason: 1}
    assert accounting["rows_in"] == accounting["rows_used"] + 1 == 3
