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
