"""Exports of annotation tools and labels in people's own words: what the message proposes works when it is followed."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import prefaudit
from prefaudit.errors import FormatError, PrefauditError

V1 = {"prompt": "Why?", "response-1": "so", "response-2": "no", "external_id": None, "metadata": "{}"}


def _said(value: Any, status: str = "submitted") -> dict[str, Any]:
    return {"user_id": "ann", "value": value, "status": status}


#: Layouts of Argilla: as version 1 exports data sets, after `datasets`, its records, and as version 2 does.
EXPORTS: dict[str, dict[str, Any]] = {
    "version 1": V1 | {"preference": [_said("response-2"), _said("response-1")]},
    "version 1, as datasets gives it": V1 | {"preference": {"user_id": ["ann"], "value": ["response-2"]}},
    "records": {
        "fields": {"prompt": "Why?", "response-1": "so", "response-2": "no"},
        "responses": [{"user_id": "ann", "values": {"preference": {"value": "response-2"}}, "status": "submitted"}],
        "metadata": {},
    },
    "records of version 2": {
        "fields": {"prompt": "Why?", "response-1": "so", "response-2": "no"},
        "responses": {"preference": [{"user_id": "ann", "value": "response-2"}, {"user_id": "bob", "value": "a"}]},
    },
    "version 2": {
        "id": "1", "status": "completed", "prompt": "Why?", "response1": "so", "response2": "no",
        "preference.responses": ["response2"], "preference.responses.users": ["ann"],
    },
    "version 2, two annotators": {
        "id": "1", "status": "completed", "prompt": "Why?", "response1": "so", "response2": "no",
        "preference.responses": ["response2", "response1"], "preference.responses.users": ["ann", "bob"],
        "preference.responses.status": ["submitted", "submitted"], "preference.suggestion": None,
    },
}  # fmt: skip
_TWO = [("ann", "no"), ("bob", "so")]
#: Annotators and what they prefer, where it is more than ann alone.
VOTES = {
    "version 1": [("ann", "no"), ("ann", "so")],
    "records of version 2": _TWO,
    "version 2, two annotators": _TWO,
}


def _refusal(rows: list[dict[str, Any]], **options: Any) -> str:
    with pytest.raises(FormatError) as error:
        prefaudit.load(rows, **options)
    return str(error.value)


def _columns(said: str) -> dict[str, str]:
    found = re.search(r'--columns "?([^" ]+)', said)
    assert found, said
    return dict(pair.split("=", 1) for pair in found[1].removesuffix(".").split(","))


@pytest.mark.parametrize("name", EXPORTS)
def test_argilla(name: str) -> None:
    rows = [EXPORTS[name] | {"id": str(at)} for at in range(4)]
    data = prefaudit.load(rows)
    pairs = data.to_table().to_pylist()
    assert data.format == "argilla"
    assert data.format_reason.endswith(
        f"the answers to 'preference' choose between {_sides(name)}, the prompt is 'prompt'"
    )
    votes = VOTES.get(name, [("ann", "no")])
    assert [(pair["row"], pair.get("annotator"), pair["chosen"]) for pair in pairs] == [
        (row, *vote) for row in range(4) for vote in votes
    ]
    assert {(pair["prompt"], frozenset((pair["chosen"], pair["rejected"]))) for pair in pairs} == {
        ("Why?", frozenset(("so", "no")))
    }
    assert (data.accounting.votes, data.accounting.pairs) == (4 * len(votes), 4)


def _sides(name: str) -> str:
    return "'response1' and 'response2'" if name.startswith("version 2") else "'response-1' and 'response-2'"


def test_answers_that_are_no_votes() -> None:
    said = [_said("response-1"), _said("response-1", "draft"), _said("response-2", "discarded"), _said("both bad")]
    data = prefaudit.load([V1 | {"preference": [*said, _said("cannot say")]}, V1 | {"preference": []}])
    assert [(pair["chosen"], pair["tie"]) for pair in data.to_table().to_pylist()] == [("so", False), ("so", True)]
    assert data.notes == ["left out: 1 answers to 'preference' that name neither text and no tie"]
    assert data.accounting.rows_skipped == {"no annotator's answer chooses between the two texts": 1}


def test_the_question_and_the_fields_are_named() -> None:
    row = {"ask": "Why?", "old": "so", "new": "no", "better": [_said("new")], "kinder": [_said("old")]}
    assert "no two columns hold responses" in _refusal([row] * 2)
    options = {"label": "kinder", "left": "old", "right": "new", "question": "ask"}
    pairs = prefaudit.load([row] * 2, format="argilla", options=options).to_table().to_pylist()
    assert [(pair["prompt"], pair["chosen"]) for pair in pairs] == [("Why?", "so")] * 2
    with pytest.raises(FormatError, match="say so with --label, --left and --right"):
        prefaudit.load([row], format="argilla", options={"label": "kinder"})


def _asked(label: str, *values: Any) -> dict[str, Any]:
    return {f"{label}.responses": list(values), f"{label}.responses.users": [f"u{at}" for at in range(len(values))]}


TEXTS = {"prompt": "Why?", "response1": "so", "response2": "no"}


@pytest.mark.parametrize(
    "beside",
    [
        {"x": [{"value": "a"}]},
        {"tags": [{"key": "k", "value": "none"}]},
        {"rating.responses": ["a"]},
        {"metadata": [{"user_id": "u", "value": "spam"}]},
    ],
)
def test_other_data_are_not_taken_for_argilla(beside: dict[str, Any]) -> None:
    rows = [{"prompt": "p", "response_a": "x", "response_b": "y", "winner": one} | beside for one in ("a", "b")]
    assert "--columns" in _refusal(rows)
    pairs = prefaudit.load(rows, columns=AB).to_table().to_pylist()
    assert [pair["chosen"] for pair in pairs] == ["x", "y"]
    generic = {"prompt": "p", "chosen": "x", "rejected": "y", "model_a": "m", "model_b": "n"}
    assert prefaudit.load([generic | beside]).format == "generic"


def test_the_fields_are_those_that_answers_name() -> None:
    row = TEXTS | {"model_1": "gpt", "model_2": "llama", "note1": "first", "note2": "second"}
    data = prefaudit.load([row | _asked("best", "response2")])
    assert [pair["chosen"] for pair in data.to_table().to_pylist()] == ["no"]
    with pytest.raises(FormatError):
        prefaudit.load([row | _asked("best", "b")])


def test_of_several_questions_one_is_named() -> None:
    row = TEXTS | _asked("harm", "none") | _asked("best", "response2")
    assert prefaudit.load([row]).head()[0]["chosen"] == "no"  # nobody is harmed: no preference
    both = row | _asked("kind", "response1")
    assert "the answers of 'best' and of 'kind' choose between texts" in _refusal([both])
    data = prefaudit.load([both], format="argilla", options={"label": "kind"})
    assert data.head()[0]["chosen"] == "so"


@pytest.mark.parametrize("name", EXPORTS)
def test_argilla_in_a_frame_with_arrays(name: str) -> None:
    table = pa.Table.from_pylist([EXPORTS[name]] * 3)
    pairs = prefaudit.load(table).to_table().to_pylist()
    again = prefaudit.load(table.to_pandas()).to_table().to_pylist()
    assert [pair["chosen"] for pair in again] == [pair["chosen"] for pair in pairs]


def test_prompts_of_argilla() -> None:
    talk = [{"role": "user", "content": "Why?"}]
    (pair,) = prefaudit.load([TEXTS | _asked("best", "response1") | {"prompt": talk}]).to_table().to_pylist()
    assert (pair["prompt"], pair["prompt_messages"]) == ("Why?", talk)
    rows = [TEXTS | _asked("best", "response1") for _ in range(4)]
    bad: list[dict[str, Any]] = [rows[0] | {"prompt": None, "context": "other"}, rows[0] | {"prompt": 5}]
    data = prefaudit.load([*rows, *bad])
    assert {pair["prompt"] for pair in data.to_table().to_pylist()} == {"Why?"}
    assert data.accounting.rows_skipped.total() == 2


def test_states_of_answers() -> None:
    states: list[Any] = [None, float("nan"), "submitted", "SUBMITTED", "draft", "what?"]
    data = prefaudit.load([V1 | {"preference": [_said("response-1", state) for state in states]}])
    assert len(data.to_table()) == 4
    assert data.notes == ["left out: 1 answers to 'preference' that name neither text and no tie"]


def test_a_rating_by_number_is_asked_for() -> None:
    rows: list[dict[str, Any]] = [
        V1 | {"preference": [_said(2)]},
        V1 | {"preference": [_said(1)]},
        V1 | {"preference": []},
    ]
    said = _refusal(rows)
    assert "--label-a VALUE --label-b VALUE --label-tie VALUE (it holds 1, 2) (the first" in said
    data = prefaudit.load(rows, columns=_columns(said), options={"label_a": 1})
    assert [pair["chosen"] for pair in data.to_table().to_pylist()] == ["no", "so"]
    assert data.accounting.rows_skipped == {"'label' is null or missing": 1}


def test_a_ranking_is_refused_with_what_to_write() -> None:
    ranking = {"rank": [1, 2], "value": ["response-1", "response-2"]}
    said = _refusal([V1 | {"preference": [_said(ranking)]}])
    assert "'preference' holds what annotators say of them: write a row for each" in said


def test_a_table_column_by_column() -> None:
    said = _refusal([{"prompt": ["p", "q"], "chosen": ["a", "b"], "rejected": ["c", "d"]}])
    assert "one object that holds a table column by column" in said
    assert "pandas.DataFrame" in said


AB = {"a": "response_a", "b": "response_b", "label": "winner"}


def _labelled(*words: Any, **beside: Any) -> list[dict[str, Any]]:
    return [
        {"prompt": f"{at}?", "response_a": "left", "response_b": "right", "winner": word} | beside
        for at, word in enumerate(words)
    ]


@pytest.mark.parametrize(
    ("words", "chosen", "beside"),
    [
        (["[[A]]", "[[B]]", "[[C]]"], ["left", "right", None], {}),
        (["gpt", "Llama", "tie"], ["left", "right", None], {"model_a": "gpt", "model_b": "llama"}),
        (["response_a", "response_b"], ["left", "right"], {}),
    ],
)
def test_labels_that_speak(words: list[str], chosen: list[str | None], beside: dict[str, str]) -> None:
    rows = _labelled(*words, **beside)
    assert "--label-a" not in _refusal(rows)
    pairs = prefaudit.load(rows, columns=AB).to_table().to_pylist()
    assert [None if pair["tie"] else pair["chosen"] for pair in pairs] == chosen


def test_a_model_against_itself_is_no_label() -> None:
    rows = [*_labelled("A", "B", "A"), *_labelled("gpt", model_a="gpt", model_b="gpt")]
    data = prefaudit.load(rows, columns=AB)
    assert len(data.to_table()) == 3
    assert data.accounting.rows_skipped == {"'label' names neither response nor a tie": 1}


def test_labels_of_which_only_the_tie_is_clear() -> None:
    said = _refusal(_labelled("1st better", "2nd better", "tie"), columns=AB)
    assert "holds 1st better, 2nd better, tie: say which value means that a is preferred" in said
    rows = _labelled("A", "B", "A", "B", "what?")
    data = prefaudit.load(rows, columns=AB)
    assert len(data.to_table()) == 4  # one that nobody understands is a bad row


@pytest.mark.parametrize(
    ("column", "bad", "good"),
    [("timestamp", "yesterday", "2024-05-01"), ("seconds", "long", 3), ("tie", "perhaps", True)],
)
def test_a_column_that_cannot_be_read_costs_no_rows(column: str, bad: Any, good: Any) -> None:
    row = {"prompt": "p", "chosen": "yes", "rejected": "no"}
    data = prefaudit.load([row | {column: bad}] * 5)
    assert len(data.to_table()) == 5
    assert column not in data.to_table().column_names
    assert f"'{column}' is left aside (column '{column}': {bad!r}" in data.format_reason
    mostly = prefaudit.load([row | {column: good}] * 5 + [row | {column: bad}])
    assert len(mostly.to_table()) == 5
    assert "left aside" not in mostly.format_reason


@pytest.mark.parametrize(
    ("column", "held", "what"),
    [
        ("annotator", True, "true or false"),
        ("domain", ["a"], "a list"),
        ("aspects", "style", "text"),
        ("tie", {}, "an object"),
    ],
)
def test_a_column_of_another_kind_is_not_left_out_in_silence(column: str, held: Any, what: str) -> None:
    row = {"prompt": "p", "chosen": "yes", "rejected": "no", column: held}
    data = prefaudit.load([row] * 3)
    assert len(data.to_table()) == 3
    assert data.format_reason.endswith(f"; '{column}' is left aside (it holds {what})")


def test_choices_that_label_studio_writes_to_csv() -> None:
    said = [json.dumps({"selected": "left"}), json.dumps({"selected": "right"}), "{broken"]
    rows = [{"prompt": "?", "answer1": "x", "answer2": "y", "comparison": one} for one in said]
    columns = _columns(_refusal(rows))
    assert columns == {"a": "answer1", "b": "answer2", "label": "comparison"}
    data = prefaudit.load(rows, columns=columns)
    assert [pair["chosen"] for pair in data.to_table().to_pylist()] == ["x", "y"]
    assert data.accounting.rows_skipped == {"'label' names neither response nor a tie": 1}


def test_tasks_without_annotations() -> None:
    task = {"id": 1, "data": {"prompt": "?", "answer1": "x", "answer2": "y"}, "annotations": []}
    assert "tasks of Label Studio that nobody has annotated yet" in _refusal([task] * 3)


def test_preferences_as_openai_has_them() -> None:
    user, answer = {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}
    row = {
        "input": {"messages": [user]},
        "preferred_output": [answer],
        "non_preferred_output": [answer | {"content": "No"}],
    }
    columns = _columns(_refusal([row]))
    (pair,) = prefaudit.load([row], columns=columns).to_table().to_pylist()
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == ("Hi", "Hello", "No")


def test_dates_and_decimals_are_carried() -> None:
    texts = {name: ["text"] * 4 for name in ("prompt", "chosen", "rejected")}
    table = pa.table({**texts, "timestamp": [date(2024, 1, 2)] * 4, "score_chosen": [Decimal("1.25")] * 4})
    for pair in prefaudit.load(table).to_table().to_pylist():
        assert (pair["timestamp"], pair["score_chosen"]) == (datetime(2024, 1, 2, tzinfo=UTC), 1.25)


def test_an_array_of_something_else(tmp_path: Any) -> None:
    path = tmp_path / "rows.json"
    path.write_text('[["p", "a", "b"]]')
    with pytest.raises(PrefauditError, match="holds no JSON objects: the first element of its array is a list"):
        prefaudit.load(path)


#: Names that make the search for a reason look closer.
_NAMES = st.sampled_from(
    ["prompt", "chosen", "reject", "rejected", "a", "b", "answer_1", "answer_2", "winner", "preference", "fields",
     "responses", "preference.responses", "data", "annotations", "messages", "input", "completions", "scores",
     "label", "completion"]
)  # fmt: skip
_KEYS = st.sampled_from(
    ["value", "values", "selected", "role", "content", "messages", "text", "answer1", "answer2", "0"]
)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(rows=st.lists(st.dictionaries(_NAMES, _ANY, min_size=1, max_size=6), min_size=1, max_size=4))
@settings(max_examples=600)
def test_whatever_the_rows_hold_they_are_read_or_refused(rows: list[dict[str, Any]]) -> None:
    refusal, data = None, None
    try:
        data = prefaudit.load(rows)
        for _ in data.batches():
            pass
    except PrefauditError as error:
        refusal = str(error)
    assert refusal is None or refusal.isprintable()
    if data is not None:
        assert data.accounting.rows_in == data.accounting.rows_used + data.accounting.rows_skipped.total()
