"""Why a sample is in no format that is read: what the rows hold instead, and what to write to have them read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from prefaudit.formats import labels
from prefaudit.formats.answer_lists import is_texts
from prefaudit.formats.messages import is_message, is_messages
from prefaudit.formats.said import along, answers, holds_answers, records, way_to_answer
from prefaudit.formats.twins import PROMPT_NAMES, twins

if TYPE_CHECKING:
    from prefaudit.sources.base import Sample

_TWO = 2
_MANY_COLUMNS = 12
#: More than this is no name for a column.
_LONGEST_NAME = 80
#: Columns that hold one answer, where a pair has two.
_ANSWER_NAMES = ("completion", "response", "answer", "output", "text", "messages", "summary")
#: Keys by which an object holds the text of one answer.
_TEXT_KEYS = ("content", "text", "value", "response", "answer", "completion", "output", "full_text")
#: Names by which the preferred response and the other one go.
_SIDES = (
    ("chosen", "rejected"), ("chosen", "reject"), ("accepted", "rejected"), ("accept", "reject"),
    ("preferred", "dispreferred"), ("preferred", "non_preferred"),
    ("preferred", "rejected"), ("better", "worse"), ("good", "bad"), ("best", "worst"),
    ("winner", "loser"), ("win", "lose"), ("positive", "negative"), ("pos", "neg"), ("y_w", "y_l"),
)  # fmt: skip
#: Columns that say which of two responses was preferred.
_LABELS = re.compile(
    r"winner|label|pref|choice|chosen|better|best|select|vote|verdict|compar|judg|result", re.IGNORECASE
)
_NO_RESPONSE = re.compile(
    r"model|name|role|worker|annotator|judge|\bid\b|_id|score|rating|rank|feedback|critique|criteri|rationale|reason",
    re.IGNORECASE,
)
_SCORES = re.compile(r"score|rating|reward", re.IGNORECASE)


def diagnose(sample: Sample) -> str:
    """What the rows are, what can be done about it, and which columns there are."""
    return f"{_what_it_is(sample)}. The columns are {sample.listed()}."


def _what_it_is(sample: Sample) -> str:
    looks = (
        _no_header, _vocabulary, _by_column, _rows_in_a_list, _unpaired, _records, _tasks, _two_sides, _two_in_a_list,
        _two_responses, _answers_in_a_list, _no_texts,
    )  # fmt: skip
    found = (look(sample) for look in looks)
    return next(filter(None, found), None) or f"no preference pairs: {_single(sample)}"


def _no_header(sample: Sample) -> str | None:
    """A table whose first line is a row already: its texts are taken for names."""
    if any(len(name) > _LONGEST_NAME or "\n" in name for name in sample.columns):
        return (
            "the first line seems to be a row and not the names of the columns: write those above it, as by"
            " sed '1i prompt,chosen,rejected' FILE > named.csv"
        )
    return None


def _vocabulary(sample: Sample) -> str | None:
    numbers = [name for name in sample.columns if sample.kind(name) == "a number"]
    if len(sample.rows) == 1 and len(numbers) == len(sample.columns) > _MANY_COLUMNS:
        return "no preference pairs: one object with nothing but numbers, as a vocabulary has"
    return None


def _by_column(sample: Sample) -> str | None:
    cells: list[Any] = [sample.rows[0].get(name) for name in sample.columns] if len(sample.rows) == 1 else []
    if len(cells) > 1 and all(is_texts(cell) and len(cell) == len(cells[0]) for cell in cells):
        return (
            "one object that holds a table column by column: write its rows, in Python as"
            " pandas.DataFrame(json.load(open(FILE))).to_json(PATH, orient='records', lines=True)"
        )
    if cells and all(isinstance(cell, dict) and cell and all(key.isdecimal() for key in cell) for cell in cells):
        return (
            "one object that holds a table column by column, as pandas writes JSON: write its rows, with"
            " frame.to_json(PATH, orient='records', lines=True)"
        )
    return None


def _rows_in_a_list(sample: Sample) -> str | None:
    for name in sample.columns if len(sample.rows) == 1 else ():
        keys = _keys(sample.rows[0].get(name))
        if "prompt" in keys or any({*sides} <= keys for sides in _SIDES):
            return (
                f"one object that holds the rows in '{name}': write them out, as by jq -c '.{name}[]' FILE > rows.jsonl"
            )
    return None


def _keys(value: Any) -> set[str]:
    """The keys of the objects that a list is made of, if it is."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return set()
    return {str(key) for item in value for key in item}


def _unpaired(sample: Sample) -> str | None:
    names = [name for name in ("label", "kto_tag", "is_safe") if sample.kind(name) == "true or false"]
    answers = [name for name in _ANSWER_NAMES if name in sample.columns]
    if names and answers:
        return (
            f"unpaired data: one answer ('{answers[0]}') and a label ('{names[0]}') a row, as for KTO;"
            " an audit needs two answers to one prompt"
        )
    if sample.kind("completions") == sample.kind("labels") == "a list":
        return (
            "unpaired data: steps in 'completions', each with one of the 'labels'; an audit needs two answers to a"
            " prompt"
        )
    return None


def _tasks(sample: Sample) -> str | None:
    if {"data", "annotations"} <= set(sample.columns) and not any(sample.values("annotations")):
        return "tasks of Label Studio that nobody has annotated yet: 'annotations' is empty in the first rows"
    return None


def _records(sample: Sample) -> str | None:
    if asked := records(sample):
        sides = (asked[name].removeprefix("fields.") for name in ("a", "b"))
        return (
            "records of Argilla, with the texts in 'fields' and what annotators say in 'responses':"
            f" {_columns_option(asked)}{_values(sample, asked['label'], *sides)}"
        )
    return None


def _two_sides(sample: Sample) -> str | None:
    """Columns that are named like the two sides of a preference, but not as the formats want them."""
    for side, other_side in _SIDES:
        for name in sample.columns:
            other = re.sub(side, other_side, name, flags=re.IGNORECASE)
            found = next((column for column in sample.columns if column.lower() == other.lower()), None)
            if side not in name.lower() or found in {None, name} or _NO_RESPONSE.search(name):
                continue
            wrong = [
                one for one in (name, found) if not (_readable(sample, one) or any(map(is_texts, sample.values(one))))
            ]
            if wrong or not (_prompt_readable(sample) or _way_to_prompt(sample)):
                return _unreadable(sample, wrong[0] if wrong else "prompt")
            asked = _way_to_prompt(sample) | {"chosen": name, "rejected": found}
            return _say_so(name, found, {column: own for column, own in asked.items() if column != own})
    return None


def _say_so(chosen: str, rejected: str, asked: dict[str, str]) -> str:
    if not asked:
        return (
            f"'{chosen}' and '{rejected}' may be the pair, but there is no prompt, neither in a column of its own nor"
            " as a message before the answers: name its column (--columns prompt=NAME), or read the answers alone"
            " (--format trl)"
        )
    what = f"'{chosen}' and '{rejected}' may be the pair"
    if set(asked) == {"prompt"}:
        what = f"there is no column 'prompt', but '{asked['prompt']}' may be it"
    return f"{what}: say so with {_columns_option(asked)}"


def _two_in_a_list(sample: Sample) -> str | None:
    for name in sample.columns:
        values = sample.values(name)
        if values and all(is_texts(value) and len(value) == _TWO for value in values):
            asked = _way_to_prompt(sample) | {"chosen": f"{name}.0", "rejected": f"{name}.1"}
            return (
                f"'{name}' holds two texts in a list; if the first is always the better one, say"
                f" {_columns_option(asked)}"
            )
    return None


def _two_responses(sample: Sample) -> str | None:
    for one, other in twins(sample.columns):
        a, b = _way_to_text(sample, one), _way_to_text(sample, other)
        if a is None or b is None or _NO_RESPONSE.search(one):
            continue
        found = f"'{one}' and '{other}' look like two responses"
        prompt = _way_to_prompt(sample)
        if label := _label(sample, {one, other, *prompt.values()}):
            asked = _columns_option(prompt | {"a": a, "b": b, "label": label})
            return f"{found}, and '{label}' may say which was preferred: {asked}{_values(sample, label, one, other)}"
        if scores := _two_scores(sample):
            asked = _columns_option(prompt | {"a": a, "b": b, "score_a": scores[0], "score_b": scores[1]})
            return f"{found}, and '{scores[0]}' and '{scores[1]}' may say which was preferred: {asked}"
        if said := next((name for name in sample.columns if holds_answers(sample, name)), None):
            return (
                f"{found}, and '{said}' holds what annotators say of them: write a row for each of them, with the"
                " better response in 'chosen' and the other one in 'rejected'"
            )
        return (
            f"{found}, but no column says which one was preferred as 'chosen' and 'rejected' do; if one of them always"
            f" is, name it: {_columns_option(prompt | {'chosen': a, 'rejected': b})}"
        )
    return None


def _way_to_text(sample: Sample, name: str) -> str | None:
    """What to write for a column of text or messages, or of objects that hold one; None where there is neither."""
    if _readable(sample, name):
        return name
    values = sample.values(name)
    held = (key for key in _TEXT_KEYS if values and all(isinstance(one, dict) and one.get(key) for one in values))
    return next((f"{name}.{key}" for key in held if all(isinstance(one[key], str) for one in values)), None)


def _two_scores(sample: Sample) -> tuple[str, str] | None:
    """Two columns of numbers that seem to rate the two responses."""
    found = (pair for pair in twins(sample.columns) if all(sample.kind(name) == "a number" for name in pair))
    return next((pair for pair in found if _SCORES.search(pair[0])), None)


def _label(sample: Sample, taken: set[str]) -> str | None:
    """The column that seems to say which response was preferred; a list with the say of one annotator also does."""
    usual = [name for name in sample.columns if name not in taken and _LABELS.search(name)]
    for name in usual:
        few = len({str(value) for value in sample.values(name)}) <= _MANY_COLUMNS
        if few and sample.kind(name) in {"text", "a number", "true or false"}:
            return name
    return next(filter(None, (way_to_answer(sample, name) for name in usual)), None)


def _values(sample: Sample, label: str, *sides: str) -> str:
    """What to add where the labels do not speak for themselves, as words or as names of the two columns do."""
    words = {labels.word(value) for value in answers(sample, label)} - {None}
    models = {labels.word(value) for name in ("model_a", "model_b") for value in sample.values(name)}
    first = "" if label in sample.columns else " (the first annotator's answers: for all of them write a row each)"
    own = {labels.word(name) for name in sides} | models
    if any(one in own or labels.side(str(one)) is not None for one in words):
        return first
    return f" --label-a VALUE --label-b VALUE --label-tie VALUE (it holds {', '.join(sorted(map(str, words)))}){first}"


def _answers_in_a_list(sample: Sample) -> str | None:
    for name in sample.columns:
        for value in sample.values(name):
            several = isinstance(value, list) and len(value) > 1 and all(isinstance(item, dict) for item in value)
            key = next((key for key in _ANSWER_NAMES if several and key in value[0]), None)
            if key and not is_messages(value):
                asked = _way_to_prompt(sample) | {"chosen": f"{name}.0.{key}", "rejected": f"{name}.1.{key}"}
                return (
                    f"'{name}' holds several answers in a list, a layout that is not read; if they are sorted, the best"
                    f" first, say {_columns_option(asked)}, else write two columns of text"
                )
    return None


def _no_texts(sample: Sample) -> str | None:
    two = next(twins(sample.columns), None)
    if not two and "winner" not in sample.columns:
        return None
    what = f"'{two[0]}' and '{two[1]}' are compared" if two else "a winner is named"
    return f"judgments without texts: {what}, but the responses are not here"


def _single(sample: Sample) -> str:
    names = [name for name in sample.columns if name in _ANSWER_NAMES and sample.holds_text(name)]
    if names:
        return f"one text ('{names[0]}') a row, as in a table of prompts or of single answers"
    return (
        "no two columns hold responses to one prompt; where they lie inside a column, name the way to them, as in"
        " --columns prompt=data.question,chosen=data.answers.0,rejected=data.answers.1"
    )


def _readable(sample: Sample, name: str) -> bool:
    """Text, or messages."""
    return sample.holds_text(name) or any(is_messages(value) or is_message(value) for value in along(sample, name))


def _holds_lists(sample: Sample, name: str) -> bool:
    return any(map(is_texts, sample.values(name)))


def _prompt_readable(sample: Sample) -> bool:
    return "prompt" not in sample.columns or sample.kind("prompt") == "nothing" or _readable(sample, "prompt")


def _way_to_prompt(sample: Sample) -> dict[str, str]:
    """What to write for the prompt: nothing where it has its name."""
    if "prompt" in sample.columns:
        return {}
    ways = (way for name in PROMPT_NAMES for way in (name, f"{name}.messages") if _readable(sample, way))
    return {"prompt": found} if (found := next(ways, None)) else {}


def _unreadable(sample: Sample, name: str) -> str:
    return (
        f"'{name}' holds {_contents(sample, name)}, and only text and messages are read: write the last turn of each"
        " side as text to 'chosen' and 'rejected', and what comes before to 'prompt', or name the way to a text inside,"
        f" as in --columns {name}={name}.{'0' if sample.kind(name) == 'a list' else 'text'}"
    )


def _columns_option(asked: dict[str, str]) -> str:
    written = ",".join(f"{new}={own}" for new, own in asked.items())
    return f'--columns "{written}"' if re.search(r"[^\w.,=/-]", written) else f"--columns {written}"


def _contents(sample: Sample, name: str) -> str:
    """What a column holds, messages told from other lists."""
    value: Any = next(iter(sample.values(name)), None)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"lists of objects ({', '.join(map(str, value[0]))})"
    if isinstance(value, dict):
        return f"objects ({', '.join(map(str, value))})"
    return sample.kind(name)
