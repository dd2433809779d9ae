"""Conversational preferences as TRL documents them."""

from __future__ import annotations

from typing import Any

import pytest

from prefaudit.errors import FormatError
from prefaudit.formats import choose_format
from prefaudit.sources import Sample


def said(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


SKY = said("user", "What color is the sky?")
BLUE, GREEN = said("assistant", "It is blue."), said("assistant", "It is green.")
EXPLICIT = {"prompt": [SKY], "chosen": [BLUE], "rejected": [GREEN]}
IMPLICIT = {"chosen": [SKY, BLUE], "rejected": [SKY, GREEN]}


@pytest.mark.parametrize(
    "row",
    [
        EXPLICIT,
        IMPLICIT,
        {**IMPLICIT, "prompt": [SKY]},
        {**IMPLICIT, "prompt": "What color is the sky?"},
        {**EXPLICIT, "prompt": "What color is the sky?"},
        {**IMPLICIT, "prompt": None},
    ],
)
def test_one_pair_in_many_shapes(row: dict[str, Any], read_pairs: Any) -> None:
    assert choose_format(Sample.of([row])).name == "trl"
    (pair,), accounting = read_pairs([row])
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == (SKY["content"], "It is blue.", "It is green.")
    assert pair["prompt_messages"] == [SKY]
    assert not pair["diverged"]
    assert accounting["rows_used"] == 1


def test_the_prompt_is_cut_by_message_and_not_by_character(read_pairs: Any) -> None:
    # By character the answers would begin at "blue" and "green".
    (pair,), _ = read_pairs([IMPLICIT])
    assert pair["chosen"] == "It is blue."


def test_earlier_turns_and_a_system_message(read_pairs: Any) -> None:
    head = [said("system", "Be brief."), SKY, BLUE, said("user", "Why?")]
    row = {"chosen": [*head, said("assistant", "Scattering.")], "rejected": [*head, said("assistant", "No idea.")]}
    (pair,), _ = read_pairs([row])
    opening = "\n\nSystem: Be brief.\n\nHuman: What color is the sky?\n\nAssistant: It is blue.\n\nHuman: Why?"
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == (opening, "Scattering.", "No idea.")
    assert pair["prompt_messages"] == head


def test_a_system_message_before_a_repeated_prompt(read_pairs: Any) -> None:
    system = said("system", "Be brief.")
    row = {"prompt": SKY["content"], "chosen": [system, SKY, BLUE], "rejected": [system, SKY, GREEN]}
    (pair,), _ = read_pairs([row])
    assert pair["prompt_messages"] == [system, SKY]


def test_sides_that_part_early_are_marked(read_pairs: Any) -> None:
    more = [said("user", "Sure?"), said("assistant", "Yes.")]
    (pair,), _ = read_pairs([{"chosen": [SKY, BLUE, *more], "rejected": [SKY, GREEN, *more]}])
    assert pair["diverged"]
    assert pair["rejected"] == "\n\nAssistant: It is green.\n\nHuman: Sure?\n\nAssistant: Yes."


def test_equal_sides(read_pairs: Any) -> None:
    (pair,), _ = read_pairs([{"chosen": [SKY, BLUE], "rejected": [SKY, BLUE]}])
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == (SKY["content"], "It is blue.", "It is blue.")


def test_scores_and_ties(read_pairs: Any) -> None:
    scored = [{**IMPLICIT, "score_chosen": 8.0, "score_rejected": low, "margin": 0.5} for low in (8.0, 3.5)]
    pairs, accounting = read_pairs(scored)
    assert [pair["tie"] for pair in pairs] == [True, False]
    assert (pairs[1]["score_chosen"], pairs[1]["score_rejected"], pairs[1]["strength"]) == (8.0, 3.5, 0.5)
    assert accounting["ties"] == 1


def test_text_only_when_asked(read_pairs: Any) -> None:
    row = {"prompt": "The sky is", "chosen": " blue.", "rejected": " green."}
    assert choose_format(Sample.of([row])).name == "generic"
    (pair,), _ = read_pairs([row], format="trl")
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == ("The sky is", " blue.", " green.")


def test_answers_whose_prompt_is_in_no_known_column() -> None:
    with pytest.raises(FormatError):
        choose_format(Sample.of([{"question": "Why?", "chosen": [BLUE], "rejected": [GREEN]}]))


def test_unpaired_rows_are_refused() -> None:
    with pytest.raises(FormatError, match="unpaired data"):
        choose_format(Sample.of([{"prompt": [SKY], "completion": [BLUE], "label": True}]))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rejected": [SKY]}, "one conversation is the beginning of the other"),
        ({"rejected": [said("user", "Hi"), GREEN]}, "the two conversations share no message"),
        ({"rejected": [SKY, said("user", "Hello?")]}, "a conversation does not end with the assistant"),
        ({"chosen": None}, "'chosen' is null or missing"),
        ({"chosen": []}, "'chosen' holds no messages"),
        ({"chosen": 7}, "'chosen' is a number, not text"),
        ({"chosen": [7]}, "'chosen' holds a number where a message belongs"),
        ({"chosen": [SKY, said("narrator", "x")]}, "'chosen' holds a message of unknown role"),
        ({"chosen": [SKY, {"role": "assistant", "content": None}]}, "'chosen' holds a message without text"),
        ({"prompt": True}, "'prompt' is true or false, not text"),
        ({"prompt": {"role": "user"}}, "'prompt' holds a message without text"),
        ({"score_chosen": "high"}, "'score_chosen' is text, not a number"),
    ],
)
def test_bad_rows_are_skipped_and_counted(change: dict[str, Any], reason: str, read_pairs: Any) -> None:
    pairs, accounting = read_pairs([IMPLICIT, {**IMPLICIT, **change}, IMPLICIT])
    assert len(pairs) == 2
    assert accounting["rows_skipped"] == {reason: 1}
    assert accounting["rows_in"] == accounting["rows_used"] + 1 == 3
