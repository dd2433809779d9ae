"""prompt, chosen, rejected: text in three columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.formats.base import Format, pair_batch, text_schema
from prefaudit.formats.carried import Carried
from prefaudit.formats.messages import is_message, is_messages
from prefaudit.formats.transcripts import holds_transcripts
from prefaudit.formats.twins import PROMPT_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefaudit.accounting import Accounting
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample

#: Rows that have one of these instead of `prompt` are not read as if they had none.
_ELSEWHERE = frozenset(PROMPT_NAMES) - {"prompt"}


class Generic(Format):
    """`prompt`, `chosen` and `rejected` as text.

    Without a column `prompt` the prompts are empty. When the first rows repeat the prompt at the head of both
    responses, it is cut off wherever both repeat it, and what stood there is kept as the full texts. The other
    columns of `pairs.SCHEMA` (annotator, timestamp, score_chosen, domain ...) are carried where the data have them.
    """

    name: ClassVar[str] = "generic"
    needs: ClassVar[tuple[str, ...]] = ("chosen", "rejected")

    def __init__(self, sample: Sample, **options: Any) -> None:
        super().__init__(sample, **options)
        self._has_prompt = "prompt" in sample.columns
        self._carried = Carried(sample)
        self._repeats_prompt = "chosen_full" not in self._carried and repeats_prompt(sample)

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
    def schema(self) -> pa.Schema:
        """The two responses, the prompt if there is one, and what is carried."""
        texts = text_schema(*(("prompt",) if self._has_prompt else ()), "chosen", "rejected")
        return pa.schema([*texts, *self._carried.fields])

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """One pair a row."""
        for received in batches:
            raw, carried = self._carried.columns(received, accounting)
            columns = {**carried, "chosen": raw.column("chosen"), "rejected": raw.column("rejected")}
            columns["prompt"] = raw.column("prompt") if self._has_prompt else _empty(raw.records.num_rows)
            for name in columns.keys() & {"chosen_full", "rejected_full"}:
                columns[name] = pc.coalesce(columns[name], columns[name.removesuffix("_full")])
            if self._repeats_prompt:
                columns |= _without_prompt(columns)
            yield pair_batch(raw, columns, threads=threads)


def _is_talk(value: Any) -> bool:
    return is_messages(value) or is_message(value)


def repeats_prompt(sample: Sample) -> bool:
    """Whether every row of the sample that has a prompt repeats it at the head of both responses."""
    rows: list[list[Any]] = [[row.get(name) for name in ("prompt", "chosen", "rejected")] for row in sample.rows]
    whole = [texts for texts in rows if all(isinstance(text, str) for text in texts) and texts[0]]
    return bool(whole) and all(
        chosen.startswith(prompt) and rejected.startswith(prompt) for prompt, chosen, rejected in whole
    )


def _without_prompt(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    prompts, chosen, rejected = (_texts(columns[name]) for name in ("prompt", "chosen", "rejected"))
    lengths = [
        len(prompt) if one.startswith(prompt) and other.startswith(prompt) else 0
        for prompt, one, other in zip(prompts, chosen, rejected, strict=True)
    ]
    return {
        "chosen": _tails(chosen, lengths),
        "rejected": _tails(rejected, lengths),
        "chosen_full": columns["chosen"],
        "rejected_full": columns["rejected"],
    }


def _texts(column: pa.Array) -> list[str]:
    return cast("list[str]", column.to_pylist())


def _tails(texts: list[str], starts: list[int]) -> pa.StringArray:
    return pa.array([text[start:] for text, start in zip(texts, starts, strict=True)], type=pa.string())


def _empty(size: int) -> pa.StringArray:
    return pa.array([""] * size, type=pa.string())
