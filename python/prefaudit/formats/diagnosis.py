"""Why a sample is in no format that is read: what the rows hold instead, and the way out."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from prefaudit.formats.generic import PROMPT_NAMES

if TYPE_CHECKING:
    from prefaudit.sources.base import Sample

_MANY_COLUMNS = 12
#: Columns that hold one answer, where a pair has two.
_ANSWER_NAMES = ("completion", "response", "answer", "output", "text", "messages")
#: Endings by which two columns of one kind are told apart.
_ENDINGS = (("a", "b"), ("0", "1"), ("1", "2"), ("j", "k"), ("x", "y"))


def diagnose(sample: Sample) -> str:
    """One paragraph on what the rows are and what can be done."""
    return f"{_what_it_is(sample)}. The columns are {_columns(sample)}."


def _what_it_is(sample: Sample) -> str:
    for look in (_vocabulary, _unpaired, _prompt_elsewhere, _not_text, _two_responses, _two_without_text):
        if found := look(sample):
            return found
    return f"no preference pairs: {_single(sample)}"


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
    return f"the prompt seems to be in '{name}', which holds {_kind(sample, name)}, and only text is read"


def _not_text(sample: Sample) -> str | None:
    wrong = [name for name in ("prompt", "chosen", "rejected") if sample.kind(name) not in {"text", "nothing"}]
    if "chosen" not in sample.columns or "rejected" not in sample.columns or not wrong:
        return None
    return (
        f"'{wrong[0]}' holds {_kind(sample, wrong[0])}, and only text is read: write the last turn"
        " of each as text to 'chosen' and 'rejected', and what comes before to 'prompt'"
    )


def _two_responses(sample: Sample) -> str | None:
    for one, other in _twins(sample):
        kinds = {sample.kind(one), sample.kind(other)}
        if kinds <= {"text", "a list", "an object"} and not re.search(r"model|name|role|id\b", one):
            return (
                f"no column says which response was preferred, as 'chosen' and 'rejected' do. '{one}' and '{other}'"
                f" look like two responses: if one of them is always the preferred one, name it with"
                f" --columns chosen={one},rejected={other}"
            )
    return None


def _two_without_text(sample: Sample) -> str | None:
    twins = _twins(sample)
    if not twins and "winner" not in sample.columns:
        return None
    what = f"'{twins[0][0]}' and '{twins[0][1]}' are compared" if twins else "a winner is named"
    return f"judgments without texts: {what}, but the responses are not here"


def _single(sample: Sample) -> str:
    names = [name for name in sample.columns if name in _ANSWER_NAMES and sample.holds_text(name)]
    if names:
        return f"one text ('{names[0]}') a row, as in a table of prompts or of single answers"
    return "no column holds two responses to one prompt"


def _twins(sample: Sample) -> list[tuple[str, str]]:
    """Columns whose names differ only in an ending such as _a and _b."""
    return [
        (one, other)
        for one, other in combinations(sample.columns, 2)
        if one[:-1] == other[:-1] and (one[-1:], other[-1:]) in _ENDINGS and len(one) > 1
    ]


def _kind(sample: Sample, name: str) -> str:
    """What a column holds, a list of messages told from other lists."""
    value = next(iter(sample.values(name)), None)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"lists of messages ({', '.join(value[0])})"
    if isinstance(value, dict):
        return f"objects ({', '.join(value)})"
    return sample.kind(name)


def _columns(sample: Sample) -> str:
    shown = ", ".join(f"'{name}'" for name in sample.columns[:_MANY_COLUMNS])
    more = len(sample.columns) - _MANY_COLUMNS
    return f"{shown} and {more:,} more" if more > 0 else shown
