"""Why a sample is in no format that is read: what the rows hold instead, and the way out."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

from prefaudit.formats.generic import PROMPT_NAMES

if TYPE_CHECKING:
    from prefaudit.sources.base import Sample

#: Columns that a message lists.
_MANY_COLUMNS = 12
#: Columns that are compared with each other.
_SEARCHED = 200
#: Columns that hold one answer, where a pair has two.
_ANSWER_NAMES = ("completion", "response", "answer", "output", "text", "messages", "summary")
#: Names by which the preferred response and the other one go.
_SIDES = (("chosen", "rejected"), ("preferred", "dispreferred"), ("better", "worse"), ("winner", "loser"))
#: Endings by which two columns of one kind are told apart.
_ENDINGS = (("a", "b"), ("0", "1"), ("1", "2"), ("j", "k"), ("x", "y"))
_NO_RESPONSE = re.compile(r"model|name|role|worker|annotator|judge|\bid\b|_id")


def diagnose(sample: Sample) -> str:
    """What the rows are, what can be done about it, and which columns there are."""
    return f"{_what_it_is(sample)}. The columns are {_columns(sample)}."


def _what_it_is(sample: Sample) -> str:
    looks = (_vocabulary, _unpaired, _prompt_elsewhere, _two_sides, _two_responses, _answers_in_a_list, _no_texts)
    found = (look(sample) for look in looks)
    return next(filter(None, found), None) or f"no preference pairs: {_single(sample)}"


def _vocabulary(sample: Sample) -> str | None:
    numbers = [name for name in sample.columns if sample.kind(name) == "a number"]
    if len(sample.rows) == 1 and len(numbers) == len(sample.columns) > _MANY_COLUMNS:
        return "no preference pairs: one object with nothing but numbers, as a vocabulary has"
    return None


def _unpaired(sample: Sample) -> str | None:
    labels = [name for name in ("label", "kto_tag") if sample.kind(name) == "true or false"]
    answers = [name for name in _ANSWER_NAMES if name in sample.columns]
    if labels and answers:
        return (
            f"unpaired data: one answer ('{answers[0]}') and a label ('{labels[0]}') a row, as for KTO;"
            " an audit needs two answers to one prompt"
        )
    return None


def _prompt_elsewhere(sample: Sample) -> str | None:
    if not (sample.holds_text("chosen") and sample.holds_text("rejected")) or "prompt" in sample.columns:
        return None
    name = next((name for name in PROMPT_NAMES if name in sample.columns), None)
    if name is None:
        return None
    if sample.holds_text(name):
        return f"there is no column 'prompt', but '{name}' may be it: say so with --columns prompt={name}"
    return f"the prompt seems to be in '{name}', which holds {_contents(sample, name)}, and only text is read"


def _two_sides(sample: Sample) -> str | None:
    """Columns that are named like the two sides of a preference, but not as the formats want them."""
    for side, other_side in _SIDES:
        for name in sample.columns:
            other = name.replace(side, other_side)
            if side in name and other != name and other in sample.columns:
                wrong = [column for column in ("prompt", name, other) if sample.kind(column) not in {"text", "nothing"}]
                if not wrong:
                    return (
                        f"'{name}' and '{other}' may be the pair: say so with --columns chosen={name},rejected={other}"
                    )
                return (
                    f"'{wrong[0]}' holds {_contents(sample, wrong[0])}, and only text is read: write the last turn of"
                    " each side as text to 'chosen' and 'rejected', and what comes before to 'prompt'"
                )
    return None


def _two_responses(sample: Sample) -> str | None:
    for one, other in _twins(sample):
        kinds = {sample.kind(one), sample.kind(other)}
        if kinds <= {"text", "a list", "an object"} and not _NO_RESPONSE.search(one):
            found = (
                f"'{one}' and '{other}' look like two responses, but no column says which one was preferred as 'chosen'"
                " and 'rejected' do"
            )
            if kinds != {"text"}:
                return found
            return f"{found}; if one of them always is, name it: --columns chosen={one},rejected={other}"
    return None


def _answers_in_a_list(sample: Sample) -> str | None:
    for name in sample.columns:
        for value in sample.values(name):
            several = isinstance(value, list) and len(value) > 1 and all(isinstance(item, dict) for item in value)
            if several and any(key in item for item in value for key in _ANSWER_NAMES) and name != "messages":
                return f"'{name}' holds several answers in a list, a layout that is not read: write two columns of text"
    return None


def _no_texts(sample: Sample) -> str | None:
    twins = _twins(sample)
    if not twins and "winner" not in sample.columns:
        return None
    what = f"'{twins[0][0]}' and '{twins[0][1]}' are compared" if twins else "a winner is named"
    return f"judgments without texts: {what}, but the responses are not here"


def _single(sample: Sample) -> str:
    names = [name for name in sample.columns if name in _ANSWER_NAMES and sample.holds_text(name)]
    if names:
        return f"one text ('{names[0]}') a row, as in a table of prompts or of single answers"
    return "no two columns hold responses to one prompt"


def _twins(sample: Sample) -> list[tuple[str, str]]:
    """Columns whose names differ only in an ending such as _a and _b."""
    return [
        (one, other)
        for one, other in combinations(sample.columns[:_SEARCHED], 2)
        if len(one) > 1 and one[:-1] == other[:-1] and (one[-1], other[-1:]) in _ENDINGS
    ]


def _contents(sample: Sample, name: str) -> str:
    """What a column holds, messages told from other lists."""
    value: Any = next(iter(sample.values(name)), None)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"lists of messages ({', '.join(value[0])})"
    if isinstance(value, dict):
        return f"objects ({', '.join(value)})"
    return sample.kind(name)


def _columns(sample: Sample) -> str:
    shown = ", ".join(f"'{name}'" for name in sample.columns[:_MANY_COLUMNS])
    more = len(sample.columns) - _MANY_COLUMNS
    return f"{shown} and {more:,} more" if more > 0 else shown
