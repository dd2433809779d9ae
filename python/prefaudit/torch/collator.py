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
            same, as TRL's reward trainer takes it: of items with `chosen_ids` and `rejected_ids`, too.
        pad_to_multiple_of: round the length up to a multiple of this.
        padding_side: another side than the tokenizer's.

    `margin` and `weight` of the items become float32 tensors of the shape (pairs,).

    Raises:
        ConfigError: if the tokenizer has no padding token, or there is no such layout.
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

    def __call__(self, items: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """The batch of some items."""
        chosen, rejected = _sides(items)
        if self.layout == "tutorial":
            batch = {**self._rectangle(chosen, "chosen_"), **self._rectangle(rejected, "rejected_")}
        else:
            batch = self._rectangle(chosen.followed_by(rejected), "")
        for name in ("margin", "weight"):
            if name in items[0]:
                batch[name] = torch.tensor([float(item[name]) for item in items], dtype=torch.float32)
        return batch

    def _rectangle(self, rows: Ragged, prefix: str) -> dict[str, torch.Tensor]:
        multiple = self.pad_to_multiple_of or 1
        length = -(-max(1, int(rows.lengths.max())) // multiple) * multiple
        ids, mask = padded(rows, length, self._pad, self._side)
        return {f"{prefix}input_ids": torch.from_numpy(ids), f"{prefix}attention_mask": torch.from_numpy(mask)}


def _sides(items: Sequence[dict[str, Any]]) -> TokenPairs:
    if isinstance(items, Items):
        return items.ids
    return TokenPairs(*(Ragged.of_lists([_ids(item, side) for item in items]) for side in ("chosen", "rejected")))


def _ids(item: dict[str, Any], side: str) -> Any:
    """The ids of one text, without the padding that it may have."""
    if f"{side}_ids" in item:
        return item[f"{side}_ids"]
    ids, mask = (np.asarray(item[f"{side}_{name}"]) for name in ("input_ids", "attention_mask"))
    return ids[mask.astype(bool)]
