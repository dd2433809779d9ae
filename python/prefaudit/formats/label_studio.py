"""Label Studio's export: tasks with two texts, and the annotations that choose one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats import labels
from prefaudit.formats.options import Option
from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.twins import PROMPT_NAMES, twins
from prefaudit.formats.values import (
    UnusableRow,
    checked_list,
    checked_object,
    optional_number,
    optional_text,
    text,
    timestamp,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.sources.base import Sample

_NO_CHOICE = "no annotation chooses between the two texts"


class LabelStudio(RowFormat):
    """`data` with the texts of a task, and `annotations`, whose `result` holds a value `selected`: left or right.

    Layout of the JSON export of Label Studio for its tag `Pairwise`, as in its template for human preferences. Each
    annotation that was not cancelled is a vote: `annotator` is who completed it, `seconds` its `lead_time`, `timestamp`
    when it was created. The left text is the one that the tag names first (`to_name`), or of two fields of `data` whose
    names differ as answer1 and answer2 do the first; left is kept as `first_shown`. A choice tagged `Choices` counts
    where it is a word for a side or a tie. The export does not say which field is the prompt: `prompt`, or another
    usual name, or the option. JSON_MIN and CSV exports have columns: `--columns a=answer1,b=answer2,label=comparison`.
    """

    name: ClassVar[str] = "label-studio"
    needs: ClassVar[tuple[str, ...]] = ("data", "annotations")
    reads: ClassVar[tuple[str, ...]] = ("id",)
    options: ClassVar[Mapping[str, Option]] = {
        "left": Option(None, "the field of `data` with the text at the left"),
        "right": Option(None, "the field with the text at the right"),
        "question": Option(None, "the field with the prompt"),
    }

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Tasks with results."""
        return any(
            isinstance(one, dict) and "result" in one
            for value in sample.values("annotations")
            if isinstance(value, list | tuple)
            for one in value
        )

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One vote an annotation."""
        task = checked_object(row.get("data"), "data")
        found = [
            vote for item in checked_list(row.get("annotations"), "annotations") for vote in self._votes(item, task)
        ]
        if not found:
            raise UnusableRow(_NO_CHOICE, "column 'annotations'")
        name = self.chosen["question"] or next((one for one in PROMPT_NAMES if isinstance(task.get(one), str)), None)
        prompt = "" if name is None else text(task, name)
        return [vote | {"prompt": prompt, "pair_id": optional_text(row, "id")} for vote in found]

    def _votes(self, item: Any, task: Mapping[str, Any]) -> Iterator[Pair]:
        annotation = checked_object(item, "annotations")
        if annotation.get("was_cancelled"):
            return
        for one in checked_list(annotation.get("result") or [], "result"):
            result = checked_object(one, "result")
            side = _side(result.get("value"))
            if side is None:
                continue
            left, right = self._fields(result, task)
            yield judged(text(task, left), text(task, right), side, shown="a") | {
                "annotator": _who(annotation.get("completed_by")),
                "seconds": optional_number(annotation, "lead_time"),
                "timestamp": timestamp(annotation, "created_at"),
            }
            return

    def _fields(self, result: Mapping[str, Any], task: Mapping[str, Any]) -> tuple[str, str]:
        if self.chosen["left"] and self.chosen["right"]:
            return self.chosen["left"], self.chosen["right"]
        named = [name.strip() for name in str(result.get("to_name", "")).split(",")]
        texts = [name for name, value in task.items() if isinstance(value, str)]
        for two in (named, *twins(texts)):
            if len(two) == 2 and all(name in texts for name in two):  # noqa: PLR2004 - two sides
                return two[0], two[1]
        raise UnusableRow("it is open which fields of 'data' are compared", "say so with --left FIELD --right FIELD")


def _side(value: Any) -> int | None:
    """What a result says; None where it is no choice between two."""
    if not isinstance(value, dict):
        return None
    said = value.get("selected") or next(iter(value.get("choices") or ()), None)
    found = labels.word(said) if isinstance(said, str) else None
    return None if found is None else labels.side(found)


def _who(value: Any) -> str | None:
    """A number, an address, or an object with either."""
    if isinstance(value, dict):
        value = value.get("email") or value.get("id")
    return optional_text({"completed_by": value}, "completed_by")
