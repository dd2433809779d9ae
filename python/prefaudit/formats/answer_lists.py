"""Answers in lists: some that are preferred, and some that are not."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import UnusableRow, checked_text, optional_text
from prefaudit.sources.base import is_null

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample

_SIDES = ("chosen", "rejected")


class AnswerLists(RowFormat):
    """`prompt`, and `chosen` and `rejected` as lists of texts, or one of them as text.

    No data set's own: what comes out of sampling several answers to one prompt. Each of the chosen answers is
    preferred to each of the rejected ones, so that a row with two and three of them gives six pairs. Without a
    column `prompt` the prompts are empty. A row with an empty list is skipped.
    """

    name: ClassVar[str] = "answer-lists"
    needs: ClassVar[tuple[str, ...]] = _SIDES
    reads: ClassVar[tuple[str, ...]] = ("prompt", "prompt_id", "domain", "split")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Lists of nothing but texts on at least one side, and texts on the other."""
        listed = [sample.mostly(name, is_texts) for name in _SIDES]
        prompt = sample.kind("prompt") in {"text", "nothing"}
        return (
            prompt
            and any(listed)
            and all(some or sample.holds_text(name) for some, name in zip(listed, _SIDES, strict=True))
        )

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """Each chosen answer with each rejected one."""
        prompt = "" if is_null(row.get("prompt")) else checked_text(row["prompt"], "prompt")
        common = {"prompt": prompt} | {name: optional_text(row, name) for name in ("prompt_id", "domain", "split")}
        sides = product(*(_answers(row.get(name), name) for name in _SIDES))
        return [common | {"chosen": chosen, "rejected": rejected} for chosen, rejected in sides]


def _answers(value: Any, name: str) -> list[str]:
    answers = list(value) if isinstance(value, list | tuple) else [value]
    if not answers:
        raise UnusableRow(f"'{name}' holds no answers", f"column '{name}': an empty list")
    return [checked_text(answer, name) for answer in answers]


def is_texts(value: Any) -> bool:
    """Whether a value is a list of nothing but texts."""
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(item, str) for item in value)
