"""Orca DPO pairs: a system prompt and a question, and two answers of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.carried import BESIDE, Carried
from prefaudit.formats.llama_factory import earlier_turns, system_message
from prefaudit.formats.messages import is_message, is_messages, render
from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.values import text
from prefaudit.sources.base import Plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample

_QUESTIONS = ("prompt", "question", "input")


class OrcaDpo(RowFormat):
    """`system` and `question` (or `prompt`, or `input`), and `chosen` and `rejected` as text.

    Layout of the data set cards of `Intel/orca_dpo_pairs` (12,859 pairs), `argilla/distilabel-intel-orca-dpo-pairs` and
    `jondurbin/truthy-dpo-v0.1`. The system prompt is the first message of the prompt where it is not empty, so that
    one question under two of them is two prompts. `history` may hold earlier turns, each a list of a question and an
    answer. Columns with a name of the record (annotator, timestamp, domain ...) and scores are carried.
    """

    name: ClassVar[str] = "orca-dpo"
    needs: ClassVar[tuple[str, ...]] = ("system", "chosen", "rejected")
    reads: ClassVar[tuple[str, ...]] = (*_QUESTIONS, "history")
    supersedes: ClassVar[tuple[str, ...]] = ("generic",)

    def __init__(self, sample: Sample, **options: Any) -> None:
        super().__init__(sample, **options)
        self._question = _question(sample) or _QUESTIONS[0]
        self._carried = Carried(sample, BESIDE)
        self.left_aside = self._carried.left_aside

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Text throughout, and one of the names of a question; with an instruction the rows are LLaMA-Factory's."""
        texts = all(sample.holds_text(name) for name in ("chosen", "rejected"))
        talk = any(sample.mostly(name, lambda one: is_messages(one) or is_message(one)) for name in cls.needs)
        asked = _question(sample) is not None and "instruction" not in sample.columns
        return texts and asked and not talk and sample.kind("system") in {"text", "nothing"}

    @property
    def schema(self) -> Plain:
        """The columns to read, as plain values."""
        return Plain((*super().schema.names, *(field.name for field in self._carried.fields)))

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        asked = {"role": "user", "content": text(row, self._question)}
        messages = [*system_message(row), *earlier_turns(row), asked]
        sides = {name: text(row, name) for name in ("chosen", "rejected")}
        return [{"prompt": render(messages), "prompt_messages": messages, **sides, **self._carried.values(row)}]


def _question(sample: Sample) -> str | None:
    return next((name for name in _QUESTIONS if sample.holds_text(name)), None)
