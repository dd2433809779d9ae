"""LLaMA-Factory's second version: two whole conversations, their contents in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.messages import checked_messages, is_messages, shared_prompt
from prefaudit.formats.rowwise import Pair, RowFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample


class LlamaFactoryV1(RowFormat):
    """`chosen_messages` and `rejected_messages`: `{role, content: [{type, value}], loss_weight}`.

    Layout of `data/v1_dpo_demo.jsonl` in the repository of LLaMA-Factory. The prompt is what both conversations
    begin with, by whole messages. Weights of the loss are not read.
    """

    name: ClassVar[str] = "llama-factory-v1"
    needs: ClassVar[tuple[str, ...]] = ("chosen_messages", "rejected_messages")

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """Messages on both sides."""
        return all(any(map(is_messages, sample.values(name))) for name in cls.needs)

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """One pair."""
        return [shared_prompt(*(checked_messages(row.get(name), name) for name in self.needs)).columns()]
