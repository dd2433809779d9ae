"""The items of a batch, which are made only when they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import torch
from torch.utils.data import default_collate
from torch.utils.data._utils.collate import default_collate_fn_map

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.tokens import TokenPairs


class Item(dict[str, Any]):
    """A pair as a dict of tensors. It has a type of its own so that DataLoader's `default_collate` knows it."""


class Items(Sequence[Item]):
    """The pairs of a batch. A DataLoader takes their columns as they are: a thousand small tensors are never made.

    Args:
        ids: the token ids of the pairs, cut to the length.
        columns: by name what each pair has: one tensor of all pairs, or one for each.
    """

    def __init__(self, ids: TokenPairs, columns: Mapping[str, Sequence[torch.Tensor] | torch.Tensor]) -> None:
        self.ids = ids
        self.columns = columns

    def __len__(self) -> int:
        return len(self.ids.chosen)

    @overload
    def __getitem__(self, at: int) -> Item: ...

    @overload
    def __getitem__(self, at: slice) -> list[Item]: ...

    def __getitem__(self, at: int | slice) -> Item | list[Item]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        return Item((name, column[at]) for name, column in self.columns.items())


def _collated(items: Sequence[Item], **_: Any) -> dict[str, Any]:
    """What `default_collate` makes of dicts of tensors."""
    columns = items.columns if isinstance(items, Items) else {}
    if columns and all(isinstance(column, torch.Tensor) for column in columns.values()):
        return dict(columns)
    return {name: default_collate([item[name] for item in items]) for name in items[0]}


# PyTorch's own way to say how a type is collated.
default_collate_fn_map[Item] = _collated
