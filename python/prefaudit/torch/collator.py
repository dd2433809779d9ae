"""Items of a `RewardModelDataset` as a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from prefaudit.errors import ConfigError
from prefaudit.tokens import Ragged, TokenPairs
from prefaudit.torch.items import Items
from prefaudit.torch.padding import pad_token, padded

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class PreferenceCollator:
    """Pads a batch to its longest text.

    Args:
        tokenizer: says what to pad with, and on which side.
        layout: "tutorial" gives the four keys of the items, each (pairs, length); "concatenated" gives `input_ids` and
            `attention_mask` of the shape (2 * pairs, length), all chosen texts before all rejected ones; "trl" the
            same, as TRL's reward trainer takes it. Items with TRL's columns `chosen_ids` and `rejected_ids` will do for
            each; where they have `prompt_ids`, too, as for DPO, "trl" adds `completion_mask`.
        pad_to_multiple_of: round the length up to a multiple of this.
        padding_side: another side than the tokenizer's.

    `margin` and `weight` of the items become float32 tensors of the shape (pairs,).

    Raises:
        ConfigError: if the tokenizer has no padding token, there is no such layout or side, or items hold no ids.
    """

    tokenizer: Any
    layout: Literal["tutorial", "concatenated", "trl"] = "tutorial"
    pad_to_multiple_of: int | None = None
    padding_side: Literal["left", "right"] | None = None

    def __post_init__(self) -> None:
        if self.layout not in {"tutorial", "concatenated", "trl"}:
            msg = f"layout is 'tutorial', 'concatenated' or 'trl', not {self.layout!r}"
            raise ConfigError(msg)
        if self.pad_to_multiple_of is not None and self.pad_to_multiple_of < 1:
            msg = f"pad_to_multiple_of is {self.pad_to_multiple_of}, but must be at least 1"
            raise ConfigError(msg)
        self._pad = pad_token(self.tokenizer)
        self._side = str(self.padding_side or getattr(self.tokenizer, "padding_side", "right"))
        if self._side not in {"left", "right"}:
            msg = f"padding_side is 'left' or 'right', not {self._side!r}"
            raise ConfigError(msg)

    def __call__(self, items: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """The batch of some items."""
        if not len(items):
            msg = "there are no items to make a batch of"
            raise ConfigError(msg)
        chosen, rejected = _sides(items)
        if self.layout == "tutorial":
            batch = {**self._rectangle(chosen, "chosen_"), **self._rectangle(rejected, "rejected_")}
        else:
            batch = self._rectangle(chosen.followed_by(rejected), "")
        if self.layout == "trl" and "prompt_ids" in items[0]:
            batch["completion_mask"] = self._block(_completions(items), 0)[0]
        for name in ("margin", "weight"):
            if name in items[0]:
                batch[name] = torch.tensor([float(item[name]) for item in items], dtype=torch.float32)
        return batch

    def _rectangle(self, rows: Ragged, prefix: str) -> dict[str, torch.Tensor]:
        ids, mask = self._block(rows, self._pad)
        return {f"{prefix}input_ids": ids, f"{prefix}attention_mask": mask}

    def _block(self, rows: Ragged, pad: int) -> list[torch.Tensor]:
        multiple = self.pad_to_multiple_of or 1
        length = -(-max(1, int(rows.lengths.max())) // multiple) * multiple
        return [torch.from_numpy(one) for one in padded(rows, length, pad, self._side)]


def _sides(items: Sequence[dict[str, Any]]) -> TokenPairs:
    if isinstance(items, Items):
        return items.ids
    return TokenPairs(*(Ragged.of_lists([_ids(item, side) for item in items]) for side in ("chosen", "rejected")))


def _ids(item: dict[str, Any], side: str) -> Any:
    """The ids of one text, without the padding that it may have."""
    if f"{side}_ids" in item:
        return [*item.get("prompt_ids", ()), *item[f"{side}_ids"]]
    try:
        ids, mask = (np.asarray(item[f"{side}_{name}"]) for name in ("input_ids", "attention_mask"))
    except KeyError as error:
        msg = f"an item has no {error}: give those of a RewardModelDataset, or {side}_ids. It has {', '.join(item)}"
        raise ConfigError(msg) from error
    return ids[mask.astype(bool)]


def _completions(items: Sequence[dict[str, Any]]) -> Ragged:
    """Of each chosen, then of each rejected text, 0 for the ids of the prompt and 1 for those of the response."""
    sides = ((item["prompt_ids"], item[name]) for name in ("chosen_ids", "rejected_ids") for item in items)
    return Ragged.of_lists([[0] * len(prompt) + [1] * len(response) for prompt, response in sides])
