"""A/B data: where a response was shown, and what it scored, follow it to the side that its label puts it on."""

from __future__ import annotations

from typing import Any

import pytest

from prefaudit.errors import FormatError
from prefaudit.load import load

ROWS: list[dict[str, Any]] = [
    {"prompt": "Q?", "a": "one", "b": "two", "label": label, "order": order, "score_a": 4, "score_b": 2}
    for label, order in (("A", "A"), ("A", "b"), ("B", "A"), ("B", "b"), ("tie", "b"))
]
MESSAGES = [
    {
        "a": [{"role": "user", "content": "Q?"}, {"role": "assistant", "content": "one"}],
        "b": [{"role": "user", "content": "Q?"}, {"role": "assistant", "content": "two"}],
        "label": "model_b",
        "first_shown": "model_b",
    }
]


def pairs(rows: list[dict[str, Any]], **loading: Any) -> list[dict[str, Any]]:
    return [pair for batch in load(rows, **loading).batches() for pair in batch.records.to_pylist()]


def test_a_column_says_which_side_was_shown_first() -> None:
    found = pairs(ROWS, columns={"a": "a", "b": "b", "label": "label", "first_shown": "order"})
    assert [(pair["chosen"], pair["first_shown"]) for pair in found] == [
        ("one", "chosen"),
        ("one", "rejected"),
        ("two", "rejected"),
        ("two", "chosen"),
        ("one", "rejected"),
    ]
    assert [(pair["score_chosen"], pair["score_rejected"]) for pair in found] == [
        (4, 2),
        (4, 2),
        (2, 4),
        (2, 4),
        (4, 2),
    ]


def test_an_option_says_it_of_every_row() -> None:
    found = pairs(ROWS, options={"first_shown": "b"})
    assert [pair["first_shown"] for pair in found] == ["rejected", "rejected", "chosen", "chosen", "rejected"]


def test_without_either_nothing_is_known() -> None:
    assert all(pair.get("first_shown") is None for pair in pairs(ROWS))


def test_messages() -> None:
    (found,) = pairs(MESSAGES)
    assert (found["chosen"], found["first_shown"]) == ("two", "chosen")


def test_a_place_that_names_no_side_costs_its_row() -> None:
    data = load([*ROWS, ROWS[0] | {"order": "tie"}], columns={"first_shown": "order"})
    assert sum(len(batch) for batch in data.batches()) == len(ROWS)
    assert data.accounting.rows_skipped == {"'first_shown' names neither response": 1}


def test_no_other_side_can_be_asked_for() -> None:
    with pytest.raises(FormatError, match="first_shown is one of a, b"):
        load(ROWS, options={"first_shown": "left"})


SCORED = [
    {"q": f"Q{at}?", "one": {"content": f"a{at}"}, "two": {"content": f"b{at}"}, "rating_1": one, "rating_2": two}
    for at, (one, two) in enumerate([(3, 1), (1, 3.5), (2, 2), (None, 2)])
]


def test_two_scores_in_the_place_of_a_label() -> None:
    columns = {"prompt": "q", "a": "one.content", "b": "two.content", "score_a": "rating_1", "score_b": "rating_2"}
    data = load(SCORED, columns=columns)
    found = [pair for batch in data.batches() for pair in batch.records.to_pylist()]
    assert [(pair["chosen"], pair["tie"], pair["score_chosen"]) for pair in found] == [
        ("a0", False, 3.0),
        ("b1", False, 3.5),
        ("a2", True, 2.0),
    ]
    assert data.accounting.rows_skipped == {"a score is null or missing": 1}


@pytest.mark.parametrize(
    ("label", "chosen"),
    [
        *(("[[A]]", "one"), ("A>>B", "one"), ("A > B", "one"), ("A-is-slightly-better", "one"), ("B<A", "one")),
        *(("[[B]]", "two"), ("b>a", "two"), ("Response B is much better", "two"), ("B is better", "two")),
    ],
)
def test_words_of_judges(label: str, chosen: str) -> None:
    rows: list[dict[str, Any]] = [{"prompt": "Q?", "a": "one", "b": "two", "label": label}]
    (found,) = pairs(rows)
    assert (found["chosen"], found["tie"]) == (chosen, False)


@pytest.mark.parametrize("label", ["A=B", "[[tie]]", "both_bad", "Tie (bothbad)"])
def test_words_for_neither(label: str) -> None:
    (found,) = pairs([{"prompt": "Q?", "a": "one", "b": "two", "label": label}])
    assert found["tie"]


@pytest.mark.parametrize("label", ["A>A", "a is better than b", "C", "A>B>C", "better"])
def test_words_that_leave_it_open_are_not_guessed(label: str) -> None:
    with pytest.raises(FormatError):
        pairs([{"prompt": "Q?", "a": "one", "b": "two", "label": label}])


def test_a_label_may_name_the_column_that_holds_the_text() -> None:
    rows = [{"r_1": {"text": "one"}, "r_2": {"text": "two"}, "best": f"r_{side}"} for side in (1, 2)]
    found = pairs(rows, columns={"a": "r_1.text", "b": "r_2.text", "label": "best"})
    assert [pair["chosen"] for pair in found] == ["one", "two"]
