"""LLMFAO: crowd workers' votes in one file, the texts they are about in another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from prefaudit.formats.rowwise import Pair, RowFormat, judged
from prefaudit.formats.second_file import rows_of, text_files, texts_option
from prefaudit.formats.values import UnusableRow, checked_text, optional_text, required_id, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.accounting import Accounting
    from prefaudit.formats.options import Option
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample

_PREFERENCES = {"left": 1, "right": -1, "tie": 0}


class _Texts(NamedTuple):
    """The texts of a pair: `x` is shown at the left, `y` at the right."""

    prompt: Any
    prompt_id: str
    x: Any
    y: Any


class Llmfao(RowFormat):
    """Votes: `id`, `prompt`, `model_x`, `model_y`, `worker`, `winner` (left, right, tie), `left`, `right`.

    Layout of `crowd-comparisons.csv` and `pairs-crowd.jsonl` in `dustalov/llmfao` (Ustalov 2023). One vote a row;
    `id` names the pair, whose texts (`id`, `prompt`, `text`, `result_x`, `result_y`) lie in the second file: the
    option `texts`, else `pairs*.jsonl` beside the votes. `left` is the place at which `model_x` was shown, hence
    `first_shown`. The files of GPT's votes have no column `worker`. There are only 13 prompts.
    """

    name: ClassVar[str] = "llmfao"
    needs: ClassVar[tuple[str, ...]] = ("id", "model_x", "model_y", "winner", "left", "right")
    reads: ClassVar[tuple[str, ...]] = ("worker",)
    options: ClassVar[Mapping[str, Option]] = {"texts": texts_option("the pairs' texts, as in pairs-crowd.jsonl")}

    def __init__(self, sample: Sample, **options: Any) -> None:
        super().__init__(sample, **options)
        self._files = text_files(sample, self.chosen["texts"], "pairs*.jsonl*", "the pairs' texts (pairs-crowd.jsonl)")
        self._texts: dict[str, _Texts] = {}

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """The winner is a side."""
        found = {value for value in sample.values("winner") if isinstance(value, str)}
        return bool(found) and found <= set(_PREFERENCES)

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """One vote a row."""
        self._texts = {
            str(row["id"]): _Texts(row["text"], str(row["prompt"]), row["result_x"], row["result_y"])
            for path in self._files
            for row in rows_of(path, ("id", "prompt", "text", "result_x", "result_y"))
        }
        yield from super().pairs(batches, accounting, threads=threads)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One vote."""
        number, winner = required_id(row, "id"), text(row, "winner")
        if winner not in _PREFERENCES:
            raise UnusableRow("'winner' is none of left, right, tie", f"column 'winner': {winner!r}")
        texts = self._texts.get(number)
        if texts is None:
            raise UnusableRow("the pair is not among the texts", f"id {number}")
        x, y = checked_text(texts.x, "result_x"), checked_text(texts.y, "result_y")
        return [
            judged(x, y, _PREFERENCES[winner], shown="a")
            | {
                "prompt": checked_text(texts.prompt, "text"),
                "prompt_id": texts.prompt_id,
                "pair_id": number,
                "annotator": optional_text(row, "worker"),
            }
        ]
