"""Rows of ids as one rectangle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prefaudit.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.tokens import Ragged


class Padded(NamedTuple):
    """Ids and their attention mask, both of the shape (rows, length), int64."""

    ids: NDArray[np.int64]
    mask: NDArray[np.int64]


def padded(rows: Ragged, length: int, pad: int, side: str) -> Padded:
    """The rows filled up to `length` with `pad` on the "right" or the "left"."""
    lengths = rows.lengths
    places = np.arange(length)
    taken = places < lengths[:, None] if side == "right" else places >= length - lengths[:, None]
    # One block for both, since small ones are fetched from the system anew with every batch, page by page.
    ids, mask = np.empty((2, len(rows), length), dtype=np.int64)
    ids[...] = pad
    ids[taken] = rows.ids
    mask[...] = taken
    return Padded(ids, mask)


def pad_token(tokenizer: Any) -> int:
    """The id of a tokenizer's padding.

    Raises:
        ConfigError: if it has none.
    """
    found = getattr(tokenizer, "pad_token_id", None)
    if found is None and getattr(tokenizer, "padding", None):
        found = tokenizer.padding["pad_id"]
    if found is None:
        msg = "the tokenizer has no padding token: set tokenizer.pad_token = tokenizer.eos_token"
        raise ConfigError(msg)
    return int(found)
