"""prompt, chosen, rejected: text in three columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.formats.base import Format, pair_batch, text_schema
from prefaudit.formats.carried import Carried
from prefaudit.formats.messages import is_message, is_messages
from prefaudit.formats.options import Option
from prefaudit.formats.repeated import repeats_prompt, without_prompt
from prefaudit.formats.transcripts import holds_transcripts
from prefaudit.formats.twins import PROMPT_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.accounting import Accounting
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample

#: Rows that have one of these instead of `prompt` are not read as if they had none.
_ELSEWHERE = frozenset(PROMPT_NAMES) - {"prompt"}
_REPEATED = ("auto", "cut", "keep")
_TEXTS = frozenset({"prompt", "chosen", "rejected"})


class Generic(Format):
    """`prompt`, `chosen` and `rejected` as text.

    Without a column `prompt` the prompts are empty. When the first rows repeat the prompt at the head of both
    responses (nearly all of them, several with a prompt that is too long for chance), it is cut off wherever both
    repeat it, what stood there is kept as the full texts, and the report says so. The other columns of `pairs.SCHEMA`
    (annotator, timestamp, score_chosen, domain ...) are carried where the data have them.
    """

    name: ClassVar[str] = "generic"
    needs: ClassVar[tuple[str, ...]] = ("chosen", "rejected")
    options: ClassVar[Mapping[str, Option]] = {
        "repeated_prompt": Option(
            "auto", "a prompt at the head of both responses: auto cuts it if the first rows show it", _REPEATED
        ),
    }

    def __init__(self, sample: Sample, **options: Any) -> None:
        super().__init__(sample, **options)
        self._has_prompt = "prompt" in sample.columns
        self._carried = Carried(sample)
        self.left_aside = self._carried.left_aside
        self._cuts = self._cuts_prompt()
        self._rows = self._rows_cut = 0

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Text in `chosen` and `rejected`, and in `prompt`, if there is anything that could be a prompt."""
        if not (sample.holds_text("chosen") and sample.holds_text("rejected")):
            return False
        if any(sample.mostly(name, _is_talk) for name in cls.needs):
            return False
        if "prompt" in sample.columns:
            return sample.holds_text("prompt") and not sample.mostly("prompt", is_messages)
        return not holds_transcripts(sample) and not _ELSEWHERE.intersection(sample.columns)

    @property
    def decisions(self) -> tuple[str, ...]:
        """That prompts are cut from the responses, if so."""
        cut = ("prompts that both responses repeat are cut from them",) if self._cuts else ()
        return (*super().decisions, *cut)

    @property
    def schema(self) -> pa.Schema:
        """The two responses, the prompt if there is one, and what is carried."""
        texts = text_schema(*(("prompt",) if self._has_prompt else ()), "chosen", "rejected")
        return pa.schema([*texts, *self._carried.fields])

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """One pair a row."""
        self._rows = self._rows_cut = 0
        for received in batches:
            raw, carried = self._carried.columns(received, accounting)
            columns = {**carried, "chosen": raw.column("chosen"), "rejected": raw.column("rejected")}
            columns["prompt"] = raw.column("prompt") if self._has_prompt else _empty(raw.records.num_rows)
            for name in columns.keys() & {"chosen_full", "rejected_full"}:
                columns[name] = pc.coalesce(columns[name], columns[name.removesuffix("_full")])
            if self._cuts:
                cut, rows_cut = without_prompt(columns)
                columns |= cut
                self._rows += raw.records.num_rows
                self._rows_cut += rows_cut
            texts = {} if self._cuts else {name: raw.texts[name] for name in _TEXTS & raw.texts.keys()}
            yield pair_batch(raw, columns, threads=threads, texts=texts)

    def notes(self) -> list[str]:
        """In how many rows the prompt was cut off."""
        said = (
            f"the prompt was cut from the head of both responses in {self._rows_cut:,} of {self._rows:,} rows"
            " (--repeated-prompt keep leaves it there)"
        )
        return [said] if self._cuts else []

    def _cuts_prompt(self) -> bool:
        if self.chosen["repeated_prompt"] == "auto":
            return "chosen_full" not in self._carried and repeats_prompt(self.sample)
        return bool(self._has_prompt and self.chosen["repeated_prompt"] == "cut")


def _is_talk(value: Any) -> bool:
    return is_messages(value) or is_message(value)


def _empty(size: int) -> pa.StringArray:
    return pa.array([""] * size, type=pa.string())
