"""Argilla's exports: two texts, and what each annotator answers to a question about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from prefaudit.errors import FormatError
from prefaudit.formats import labels
from prefaudit.formats.messages import checked_messages, is_messages, render
from prefaudit.formats.options import Option
from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.twins import PROMPT_NAMES, twins
from prefaudit.formats.values import UnusableRow, optional_text, text
from prefaudit.sources.base import Plain, is_null

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prefaudit.accounting import Accounting
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample

_NO_ANSWER = "no annotator's answer chooses between the two texts"
#: What follows the name of a question in the columns of version 2, for answers, annotators and states.
_COLUMNS = (".responses", ".responses.users", ".responses.status")
#: States of answers that are not given, or taken back.
_NO_VOTES = ("draft", "discarded", "pending")


class _Answer(NamedTuple):
    value: Any
    annotator: Any
    status: str


class _Task(NamedTuple):
    """Which question is asked about which two fields."""

    label: str
    left: str
    right: str


class Argilla(RowFormat):
    """Records with two texts, and the answers of one or several annotators to a question that names the better one.

    Layouts of Argilla's documentation: records as JSON (`fields` with the texts, `responses` with the answers), the
    data sets of version 1 (a column for each field, and for each question a list of `user_id`, `value` and
    `status`), and those of version 2 (`QUESTION.responses`, `.responses.users` and `.responses.status`). Each
    answer that was submitted is a vote, with its annotator; drafts and discarded answers are none. An answer is the
    name of a field, or a word for a side or a tie: what numbers mean is not told, so ratings are to be mapped with
    `--columns`. Fields whose names differ as response1 and response2 do are the two texts. An answer that names
    neither is left out, and the report says how many were. Of several such questions one has to be named.
    """

    name: ClassVar[str] = "argilla"
    needs: ClassVar[tuple[str, ...]] = ()
    options: ClassVar[Mapping[str, Option]] = {
        "label": Option(None, "the question whose answers name the better text"),
        "left": Option(None, "the field with the first text"),
        "right": Option(None, "the field with the second text"),
        "question": Option(None, "the field with the prompt"),
    }

    def __init__(self, sample: Sample, **options: Any) -> None:
        super().__init__(sample, **options)
        found = _tasks(sample, self.chosen["label"])
        if len(found) > 1:
            names = " and of ".join(f"'{task.label}'" for task in found)
            msg = f"the answers of {names} choose between texts: say which question is meant (--label NAME)"
            raise FormatError(msg)
        known = found[0] if found else None
        label, left, right = (self.chosen[name] or (known and getattr(known, name)) for name in _Task._fields)
        if not (label and left and right):
            msg = "argilla: it is open what is asked about which fields: say so with --label, --left and --right"
            raise FormatError(msg)
        self._task = _Task(label, left, right)
        held = {name for row in sample.rows for name, value in _fields(row).items() if not is_null(value)}
        self._prompt = self.chosen["question"] or next((name for name in PROMPT_NAMES if name in held), None)
        self._left_out = 0

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Answers with their annotators, most of which choose between two fields that are alike."""
        return not sample.named.keys() - {"domain"} and bool(_tasks(sample))

    @property
    def decisions(self) -> tuple[str, ...]:
        """What was taken for the question, the two texts and the prompt."""
        label, left, right = self._task
        prompt = f"the prompt is '{self._prompt}'" if self._prompt else "there is no prompt"
        said = f"the answers to '{label}' choose between '{left}' and '{right}', {prompt}"
        return (*super().decisions, said)

    @property
    def schema(self) -> Plain:
        """The columns that the three layouts have."""
        label, left, right = self._task
        asked = (label, *(label + ending for ending in _COLUMNS))
        texts = (left, right, *([self._prompt] if self._prompt else []))
        names = ("fields", "responses", "id", "external_id", *asked, *texts, *super().schema.names)
        return Plain(tuple(dict.fromkeys(names)))

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """The pairs of all rows, one for each answer."""
        self._left_out = 0
        yield from super().pairs(batches, accounting, threads=threads)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One vote an answer."""
        fields = _fields(row)
        answers = [one for one in _answers(row, self._task.label) if one.status not in _NO_VOTES]
        votes = [(one, _side(one, self._task)) for one in answers]
        chosen = [(one, side) for one, side in votes if side is not None]
        if not chosen:
            raise UnusableRow(_NO_ANSWER, f"answers to '{self._task.label}'")
        sides = text(fields, self._task.left), text(fields, self._task.right)
        common = self._context(fields) | {"pair_id": optional_text(row, "id") or optional_text(row, "external_id")}
        pairs = [
            judged(*sides, side) | common | {"annotator": optional_text({"user_id": one.annotator}, "user_id")}
            for one, side in chosen
        ]
        self._left_out += len(votes) - len(chosen)
        return pairs

    def notes(self) -> list[str]:
        """How many answers say nothing of the two texts."""
        said = f"left out: {self._left_out:,} answers to '{self._task.label}' that name neither text and no tie"
        return [said] if self._left_out else []

    def _context(self, fields: Mapping[str, Any]) -> Pair:
        if self._prompt is None:
            return {"prompt": ""}
        if not is_messages(fields.get(self._prompt)):
            return {"prompt": text(fields, self._prompt)}
        messages = checked_messages(fields[self._prompt], self._prompt)
        return {"prompt": render(messages), "prompt_messages": messages}


def _tasks(sample: Sample, label: str | None = None) -> list[_Task]:
    """The questions whose answers mostly choose between two fields, or the one that is named."""
    texts = dict.fromkeys(
        str(name) for row in sample.rows for name, value in _fields(row).items() if isinstance(value, str)
    )
    pairs = [two for two in twins(list(texts)) if not two[0].lower().startswith("model")]
    asked = [label] if label else dict.fromkeys(name for row in sample.rows for name in _questions(row))
    found = (_task(name, pairs, [one for row in sample.rows for one in _answers(row, name)]) for name in asked)
    return [task for task in found if task]


def _task(label: str, pairs: list[tuple[str, str]], answers: list[_Answer]) -> _Task | None:
    """What the answers choose between: the two fields that they name, or the only two that are alike."""
    said = {one.value.strip().lower() for one in answers if isinstance(one.value, str)}
    named = [two for two in pairs if said & {name.lower() for name in two}]
    possible = named or pairs
    if len(possible) != 1:
        return None
    task = _Task(label, *possible[0])
    sides = [_side(one, task) for one in answers]
    understood = sum(side is not None for side in sides)
    return task if any(sides) and understood * 2 > len(sides) else None


def _fields(row: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = row.get("fields")
    return fields if isinstance(fields, Mapping) else row


def _questions(row: Mapping[str, Any]) -> Iterator[str]:
    """The questions of which a row holds answers, by the marks of Argilla's layouts: who answered."""
    responses = row.get("responses") if isinstance(row.get("fields"), Mapping) else None
    for one in _objects(responses):
        yield from _object(one.get("values"))
    yield from _object(responses)
    for name, value in row.items():
        label = str(name).removesuffix(_COLUMNS[0])
        if label != name and label + _COLUMNS[1] in row:
            yield label
        elif any({"user_id", "value"} <= one.keys() for one in _objects(value)):
            yield str(name)


def _answers(row: Mapping[str, Any], label: str) -> list[_Answer]:
    """The answers to a question, in whichever layout they are."""
    found = list(_in_columns(row, label))
    responses = row.get("responses")
    found += [_answer(one, _object(_object(one.get("values")).get(label))) for one in _objects(responses)]
    for listed in (_object(responses).get(label), row.get(label)):
        found += [_answer(one, one) for one in _objects(listed)]
    return [one for one in found if not is_null(one.value)]


def _answer(given: Mapping[str, Any], said: Mapping[str, Any]) -> _Answer:
    """What somebody said, and who and in which state it was given."""
    return _Answer(said.get("value"), given.get("user_id"), _state(given.get("status")))


def _state(value: Any) -> str:
    return "submitted" if is_null(value) else str(value).lower()


def _in_columns(row: Mapping[str, Any], label: str) -> Iterator[_Answer]:
    values, users, states = (_list(row.get(label + ending)) for ending in _COLUMNS)
    for at, value in enumerate(values):
        user, state = (others[at] if at < len(others) else None for others in (users, states))
        yield _Answer(value, user, _state(state))


def _objects(value: Any) -> Iterable[Mapping[str, Any]]:
    """The objects of a list, or of what `datasets` makes of one: an object of lists."""
    if isinstance(value, Mapping) and isinstance(value.get("value"), list | tuple):
        columns = {name: column for name, column in value.items() if isinstance(column, list | tuple)}
        return [
            {name: column[at] for name, column in columns.items() if at < len(column)}
            for at in range(len(value["value"]))
        ]
    return [one for one in _list(value) if isinstance(one, Mapping)]


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _side(answer: _Answer, task: _Task) -> int | None:
    """Which text an answer prefers; None where it does not say."""
    if not isinstance(answer.value, str) or answer.status not in {"submitted", *_NO_VOTES}:
        return None
    found = labels.word(answer.value)
    named = {task.left.lower(): 1, task.right.lower(): -1}
    return named[found] if found in named else labels.side(found or "")
