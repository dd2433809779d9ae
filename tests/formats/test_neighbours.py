"""Layouts beside the public ones: read from the rows alone, or refused with advice that has them read."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from prefaudit.errors import FormatError
from prefaudit.load import load


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def said(content: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content}


ASKED = [user("Q?")]
SIDES = {"chosen": [*ASKED, said("yes")], "rejected": [*ASKED, said("no")]}
TEXTS = {"chosen": "yes", "rejected": "no"}
PARTS = [{"type": "text", "text": "Q?"}]
CALL = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}
ANSWERS = [
    {"answer_id": at, "author": "x", "pm_score": score, "selected": score > 2, "text": f"answer {at}"}
    for at, score in enumerate([0, 3, 1])
]
ANNOTATION: dict[str, Any] = {
    "id": 5,
    "completed_by": 1,
    "result": [
        {"id": "r", "type": "rating", "from_name": "stars", "to_name": "answer1", "value": {"rating": 3}},
        {"id": "x", "type": "pairwise", "from_name": "c", "to_name": "answer1,answer2", "value": {"selected": "right"}},
    ],
    "was_cancelled": False,
    "lead_time": 3.5,
    "created_at": "2024-01-02T03:04:05.678Z",
}
TASK = {"id": 7, "data": {"prompt": "Q?", "answer1": "no", "answer2": "yes"}, "annotations": [ANNOTATION]}

#: Rows, the format, and what the pair holds beside the prompt "Q?" and the answers "yes" and "no".
READ: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "orca dpo pairs": (
        {"system": "Be brief.", "question": "Q?", **TEXTS},
        "orca-dpo",
        {"prompt": "\n\nSystem: Be brief.\n\nHuman: Q?"},
    ),
    "an empty system prompt": ({"system": "", "question": "Q?", **TEXTS}, "orca-dpo", {}),
    "no system prompt": ({"system": None, "prompt": "Q?", **TEXTS}, "orca-dpo", {}),
    "distilabel orca": (
        {"system": "", "input": "Q?", **TEXTS, "generations": ["yes", "no"], "rating": [9.0, 8.0]},
        "orca-dpo",
        {},
    ),
    "truthy dpo": (
        {"id": "1", "source": "s", "system": "", "prompt": "Q?", **TEXTS, "annotator": "me"},
        "orca-dpo",
        {"annotator": "me"},
    ),
    "lists of one": ({"prompt": "Q?", "chosen": ["yes"], "rejected": ["no"]}, "answer-lists", {}),
    "one list": ({"prompt": "Q?", "chosen": "yes", "rejected": ["no", "never"]}, "answer-lists", {}),
    "ms-swift": ({"messages": SIDES["chosen"], "rejected_response": "no"}, "ms-swift", {"prompt_messages": ASKED}),
    "ms-swift, messages": ({"messages": SIDES["chosen"], "rejected_messages": SIDES["rejected"]}, "ms-swift", {}),
    "messages as prompt": ({"prompt": ASKED, **TEXTS}, "trl", {"prompt_messages": ASKED}),
    "one message a side": ({"messages": ASKED, "chosen": said("yes"), "rejected": said("no")}, "llama-factory", {}),
    "dpo-mix": (
        {"dataset": "d", **SIDES, "chosen_rating": 5.0, "rejected_rating": 4.0},
        "trl",
        {"score_chosen": 5.0, "score_rejected": 4.0},
    ),
    "rlhflow": ({**SIDES, "chosen_score": 5.0, "rejected_score": 4.0}, "trl", {"score_chosen": 5.0, "tie": False}),
    "argilla binarized": (
        {"prompt": "Q?", **SIDES, "chosen-rating": 4.0, "rejected-rating": 4.0},
        "trl",
        {"tie": True},
    ),
    "snorkel": ({"prompt_id": "i", "prompt": "Q?", **SIDES, "all_rm_scores": [1.0, 2.0]}, "trl", {"prompt_id": "i"}),
    "scores of texts": (
        {"prompt": "Q?", **TEXTS, "chosen_score": 3.0, "rejected_score": 2.5},
        "generic",
        {"score_rejected": 2.5},
    ),
    "json in text": (
        {"prompt": "Q?", **{name: json.dumps(side) for name, side in SIDES.items()}},
        "trl",
        {"prompt_messages": ASKED},
    ),
    "python in text": ({"prompt": "Q?", **{name: repr(side) for name, side in SIDES.items()}}, "trl", {}),
    "numpy in text": ({name: repr(side).replace("}, {", "}\n {") for name, side in SIDES.items()}, "trl", {}),
    "a prompt of json": ({"prompt": json.dumps(ASKED), **TEXTS}, "trl", {"prompt_messages": ASKED}),
    "one message of json": (
        {"instruction": "Q?", "chosen": json.dumps(said("yes")), "rejected": json.dumps(said("no"))},
        "llama-factory",
        {},
    ),
    "names of speakers": (
        {"prompt": [user("Q?") | {"name": "Bob"}], "chosen": [said("yes") | {"name": None}], "rejected": [said("no")]},
        "trl",
        {},
    ),
    "contents in parts": ({"prompt": [user(PARTS)], "chosen": [said("yes")], "rejected": [said("no")]}, "trl", {}),
    "calls of tools": (
        {
            "prompt": [*ASKED, CALL, {"role": "tool", "name": "f", "content": "3"}],
            "chosen": [said("yes")],
            "rejected": [said("no")],
        },
        "trl",
        {"prompt": '\n\nHuman: Q?\n\nAssistant: [{"function": {"name": "f", "arguments": "{}"}}]\n\nTool: 3'},
    ),
    "label studio": (
        TASK,
        "label-studio",
        {
            "pair_id": "7",
            "annotator": "1",
            "seconds": 3.5,
            "first_shown": "rejected",
            "timestamp": datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
        },
    ),
    "label studio, choices": (
        {
            **TASK,
            "annotations": [
                {
                    **ANNOTATION,
                    "completed_by": {"id": 3, "email": "a@b.c"},
                    "result": [{"type": "choices", "to_name": "prompt", "value": {"choices": ["B"]}}],
                }
            ],
        },
        "label-studio",
        {"annotator": "a@b.c"},
    ),
    "native a, b, label": ({"prompt": "Q?", "a": "no", "b": "yes", "label": "B"}, "ab", {}),
}


@pytest.mark.parametrize("case", READ)
def test_read_from_the_rows_alone(case: str, read_pairs: Any) -> None:
    row, name, expected = READ[case]
    assert load([row]).format == name
    (first, *_), accounting = read_pairs([row])
    wanted = {"prompt": "Q?", "chosen": "yes", "rejected": "no", **expected}
    assert {key: first.get(key) for key in wanted} == wanted
    assert accounting["rows_used"] == 1


#: Rows that are refused, and the advice.
ADVISED: dict[str, tuple[dict[str, Any], str]] = {
    "question": ({"question": "Q?", **TEXTS}, "prompt=question"),
    "question and messages": ({"question": "Q?", "chosen": [said("yes")], "rejected": [said("no")]}, "prompt=question"),
    "reject": ({"prompt": "Q?", "chosen": "yes", "reject": "no"}, "rejected=reject"),
    "accepted": ({"input": "Q?", "accepted": "yes", "rejected": "no"}, "prompt=input,chosen=accepted"),
    "capitals": ({"Prompt": 1, "prompt": "Q?", "Chosen": "yes", "Rejected": "no"}, "chosen=Chosen,rejected=Rejected"),
    "medical": (
        {"system": "", "history": [], "question": "Q?", "response_chosen": "yes", "response_rejected": "no"},
        "prompt=question,chosen=response_chosen,rejected=response_rejected",
    ),
    "ultra-interact": ({"trajectory": [{"from": "user", "value": "Q?"}], **TEXTS}, "prompt=trajectory"),
    "retrieval": ({"query": "Q?", "pos": ["yes"], "neg": ["no", "never"]}, "prompt=query,chosen=pos,rejected=neg"),
    "two outputs": (
        {"instruction": "Q?", "input": "", "output": ["yes", "no"]},
        "prompt=instruction,chosen=output.0,rejected=output.1",
    ),
    "candidates": (
        {"instruction": "Q?", "candidates": [{"model": "m", "text": "yes"}, {"model": "n", "text": "no"}]},
        "prompt=instruction,chosen=candidates.0.text,rejected=candidates.1.text",
    ),
    "winner": (
        {"prompt": "Q?", "response_a": "yes", "response_b": "no", "winner": "model_a"},
        "a=response_a,b=response_b,label=winner",
    ),
    "capital B": (
        {"prompt": "Q?", "answer_a": "no", "answer_b": "yes", "label": "B"},
        "a=answer_a,b=answer_b,label=label",
    ),
    "marks inside": (
        {"prompt": "Q?", "left response": "yes", "right response": "no", "choice": "LEFT"},
        "a=left response,b=right response,label=choice",
    ),
    "label studio min": (
        {"prompt": "Q?", "answer1": "no", "answer2": "yes", "comparison": "right", "annotator": 1},
        "a=answer1,b=answer2,label=comparison",
    ),
    "argilla": (
        {"prompt": "Q?", "response1": "no", "response2": "yes", "preference.responses": ["response2"]},
        "a=response1,b=response2,label=preference.responses.0",
    ),
    "argilla, nested": (
        {"question": "Q?", "response1": "no", "response2": "yes", "preferred": "response2"},
        "prompt=question,a=response1,b=response2,label=preferred",
    ),
    "arena 140k": (
        {
            "model_a": "m",
            "model_b": "n",
            "winner": "model_a",
            "evaluation_session_id": "s",
            "conversation_a": [user(PARTS), said("yes")],
            "conversation_b": [user(PARTS), said("no")],
            "timestamp": "2025-05-01",
        },
        "a=conversation_a,b=conversation_b,label=winner",
    ),
}


@pytest.mark.parametrize("case", ADVISED)
def test_the_advice_is_good(case: str, read_pairs: Any) -> None:
    row, advice = ADVISED[case]
    with pytest.raises(FormatError) as error:
        load([row])
    message = str(error.value)
    assert "\n" not in message
    given = re.search(r'--columns (?:"([^"]*)"|([^ .:]+(?:\.\w+)*\S*?)(?=[ .:,]* |\.? |, else|$))', message)
    assert given, message
    assert (given[1] or given[2]).rstrip(".,") == advice
    columns = dict(pair.split("=") for pair in advice.split(","))
    (first, *_), _ = read_pairs([row], columns=columns)
    assert (first["prompt"], first["chosen"], first["rejected"]) == ("Q?", "yes", "no")


def test_numbers_as_labels_have_to_be_explained(read_pairs: Any) -> None:
    rows = [{"prompt": "Q?", "completion_a": "yes", "completion_b": "no", "label": label} for label in (1, 0, 2)]
    advice = (
        r"--columns a=completion_a,b=completion_b,label=label --label-a VALUE --label-b VALUE --label-tie VALUE \(it"
    )
    with pytest.raises(FormatError, match=advice):
        load(rows)
    columns = {"a": "completion_a", "b": "completion_b", "label": "label"}
    with pytest.raises(FormatError, match="'label' holds 0, 1, 2: say which value means that a is preferred"):
        load(rows, columns=columns)
    pairs, accounting = read_pairs(rows, columns=columns, options={"label_a": 1, "label_tie": 0})
    assert [(pair["chosen"], pair["tie"]) for pair in pairs] == [("yes", False), ("yes", True), ("no", False)]
    assert accounting["ties"] == 1


def test_lists_give_each_with_each(read_pairs: Any) -> None:
    row = {"prompt": "Q?", "chosen": ["a", "b"], "rejected": ["c", "d", "e"]}
    pairs, accounting = read_pairs([row, row, {**row, "chosen": []}])
    assert [(pair["chosen"], pair["rejected"]) for pair in pairs] == [
        (one, other) for one in "ab" for other in "cde"
    ] * 2
    assert accounting["rows_skipped"] == {"'chosen' holds no answers": 1}


def test_a_prompt_beside_whole_conversations_is_not_said_twice(read_pairs: Any) -> None:
    head = [user("First?"), said("ok"), user("Q?")]
    row = {"prompt": "Q?", "chosen": [*head, said("yes")], "rejected": [*head, said("no")]}
    (pair,), _ = read_pairs([row])
    assert pair["prompt_messages"] == head


def test_stack_exchange_preferences(read_pairs: Any) -> None:
    row = {"qid": 1, "question": "Q?", "answers": ANSWERS, "date": "2011/02/03", "metadata": ["https://a.example/q/1"]}
    assert load([row]).format == "stack-exchange-preferences"
    (pair,), _ = read_pairs([row])
    assert (pair["chosen"], pair["rejected"], pair["score_chosen"], pair["domain"]) == (
        "answer 1",
        "answer 0",
        3.0,
        "a.example",
    )
    assert (pair["prompt_id"], pair["timestamp"]) == ("1", datetime(2011, 2, 3, tzinfo=UTC))
    pairs, _ = read_pairs([row], options={"pairs": "all"})
    assert [one["chosen"][-1] + one["rejected"][-1] for one in pairs] == ["12", "10", "20"]


def test_label_studio_counts_every_annotation(read_pairs: Any) -> None:
    left = {**ANNOTATION, "completed_by": 2, "result": [ANNOTATION["result"][1] | {"value": {"selected": "left"}}]}
    cancelled = {**ANNOTATION, "was_cancelled": True}
    rows = [{**TASK, "annotations": [ANNOTATION, left, cancelled]}, {**TASK, "id": 8, "annotations": [cancelled]}]
    pairs, accounting = read_pairs(rows)
    assert [(pair["chosen"], pair["annotator"]) for pair in pairs] == [("yes", "1"), ("no", "2")]
    assert (accounting["votes"], accounting["pairs"]) == (2, 1)
    assert accounting["rows_skipped"] == {"no annotation chooses between the two texts": 1}


def test_label_studio_with_fields_of_other_names(read_pairs: Any) -> None:
    result = [{"type": "pairwise", "to_name": "txt-1,txt-2", "value": {"selected": "left"}}]
    row = {"data": {"ask": "Q?", "mine": "yes", "yours": "no"}, "annotations": [{**ANNOTATION, "result": result}]}
    with pytest.raises(FormatError, match="it is open which fields of 'data' are compared"):
        read_pairs([row])
    (pair,), _ = read_pairs([row], options={"left": "mine", "right": "yours", "question": "ask"})
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == ("Q?", "yes", "no")


def test_text_that_only_begins_like_messages_is_text(read_pairs: Any) -> None:
    texts = ["[1, 2]", "{'a': 1}", "[{", '{"role": "user"}', "[\\d+]"]
    rows = [{"prompt": "Q?", "chosen": text, "rejected": "no"} for text in texts]
    assert load(rows).format == "generic"
    pairs, _ = read_pairs(rows)
    assert [pair["chosen"] for pair in pairs] == texts


@pytest.mark.parametrize("content", [None, [{"type": "image_url", "image_url": {"url": "x"}}], {"a": 1}, 7])
def test_a_message_without_text_costs_its_row(content: Any, read_pairs: Any) -> None:
    broken = {"chosen": [user("Q?"), said(content)], "rejected": SIDES["rejected"]}
    pairs, accounting = read_pairs([SIDES, broken])
    assert len(pairs) == 1
    assert sum(accounting["rows_skipped"].values()) == 1
