"""Argilla's exports: two texts, and what each annotator answers to a question about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from prefaudit.errors import FormatError
from prefaudit.formats import labels
from prefaudit.formats.options import Option
from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.twins import PROMPT_NAMES, twins
from prefaudit.formats.values import UnusableRow, optional_text, text
from prefaudit.sources.base import Plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prefaudit.accounting import Accounting
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample

_NO_ANSWER = "no annotator's answer chooses between the two texts"
#: What follows the name of a question in the columns of version 2, for answers, annotators and states.
_COLUMNS = (".responses", ".responses.users", ".responses.status")


class _Answer(NamedTuple):
    value: Any
    annotator: Any
    status: Any


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
    neither is left out, and the report says how many were.
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
        found = _task(sample)
        label, left, right = (self.chosen[name] or (found and getattr(found, name)) for name in _Task._fields)
        if not (label and left and right):
            msg = "argilla: it is open what is asked about which fields: say so with --label, --left and --right"
            raise FormatError(msg)
        self._task = _Task(label, left, right)
        self._left_out = 0

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Two fields that are alike, and answers most of which choose one of them."""
        return _task(sample) is not None

    @property
    def decisions(self) -> tuple[str, ...]:
        """What was taken for the question and the two texts."""
        label, left, right = self._task
        return (*super().decisions, f"the answers to '{label}' choose between '{left}' and '{right}'")

    @property
    def schema(self) -> Plain:
        """The columns that the three layouts have."""
        label, left, right = self._task
        asked = (label, *(label + ending for ending in _COLUMNS))
        prompts = [self.chosen["question"]] if self.chosen["question"] else PROMPT_NAMES
        named = super().schema.names
        return Plain(
            tuple(dict.fromkeys(("fields", "responses", "id", "external_id", *asked, left, right, *prompts, *named)))
        )

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """The pairs of all rows, one for each answer."""
        self._left_out = 0
        yield from super().pairs(batches, accounting, threads=threads)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One vote an answer."""
        fields = _fields(row)
        votes = [(answer, _side(answer.value, self._task)) for answer in _answers(row, self._task.label)]
        chosen = [(answer, side) for answer, side in votes if side is not None]
        if not chosen:
            raise UnusableRow(_NO_ANSWER, f"answers to '{self._task.label}'")
        self._left_out += len(votes) - len(chosen)
        name = self.chosen["question"] or next((one for one in PROMPT_NAMES if isinstance(fields.get(one), str)), None)
        common = {
            "prompt": "" if name is None else text(fields, name),
            "pair_id": optional_text(row, "id") or optional_text(row, "external_id"),
        }
        sides = text(fields, self._task.left), text(fields, self._task.right)
        return [
            judged(*sides, side) | common | {"annotator": optional_text({"user_id": answer.annotator}, "user_id")}
            for answer, side in chosen
        ]

    def notes(self) -> list[str]:
        """How many answers say nothing of the two texts."""
        said = f"left out: {self._left_out:,} answers to '{self._task.label}' that name neither text and no tie"
        return [said] if self._left_out else []


def _task(sample: Sample) -> _Task | None:
    """The first question whose answers mostly choose between two fields."""
    texts = dict.fromkeys(
        str(name) for row in sample.rows for name, value in _fields(row).items() if isinstance(value, str)
    )
    two = next(twins(list(texts)), None)
    if two is None:
        return None
    for label in dict.fromkeys(name for row in sample.rows for name in _questions(row)):
        task = _Task(label, *two)
        sides = [_side(answer.value, task) for row in sample.rows for answer in _answers(row, label)]
        if sum(side is not None for side in sides) * 2 > len(sides):
            return task
    return None


def _fields(row: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = row.get("fields")
    return fields if isinstance(fields, Mapping) else row


def _questions(row: Mapping[str, Any]) -> Iterator[str]:
    """The names under which a row may hold answers."""
    responses = row.get("responses")
    for one in responses if isinstance(responses, list | tuple) else [responses]:
        if isinstance(one, Mapping):
            yield from _object(one.get("values")) or one
    for name, value in row.items():
        if str(name).endswith(_COLUMNS[0]) and isinstance(value, list | tuple):
            yield name.removesuffix(_COLUMNS[0])
        elif any("value" in one for one in _objects(value)):
            yield name


def _answers(row: Mapping[str, Any], label: str) -> list[_Answer]:
    """The submitted answers to a question, in whichever layout they are."""
    found = list(_in_columns(row, label))
    responses = row.get("responses")
    for one in _objects(responses):
        value = _object(_object(one.get("values")).get(label)).get("value")
        found.append(_Answer(value, one.get("user_id"), one.get("status")))
    for listed in (_object(responses).get(label), row.get(label)):
        found += [_Answer(one.get("value"), one.get("user_id"), one.get("status")) for one in _objects(listed)]
    return [one for one in found if one.value is not None and (one.status or "submitted") == "submitted"]


def _in_columns(row: Mapping[str, Any], label: str) -> Iterator[_Answer]:
    values, users, states = (_list(row.get(label + ending)) for ending in _COLUMNS)
    for at, value in enumerate(values):
        yield _Answer(value, *(others[at] if at < len(others) else None for others in (users, states)))


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


def _side(value: Any, task: _Task) -> int | None:
    """Which text an answer prefers; None where it does not say."""
    found = labels.word(value) if isinstance(value, str) else None
    if found is None:
        return None
    named = {task.left.lower(): 1, task.right.lower(): -1}
    return named[found] if found in named else labels.side(found)
