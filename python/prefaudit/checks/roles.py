"""Whether the turns of a prompt come in the order of a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.marks import Marks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch

_OTHER, _USER, _ASSISTANT, _SYSTEM = range(4)
_ROLES = {"user": _USER, "assistant": _ASSISTANT, "system": _SYSTEM}


def with_turns(batch: PairBatch) -> NDArray[np.bool_]:
    """The pairs whose prompt is told apart into turns: by messages, or by the marks of a transcript."""
    messages = batch.column("prompt_messages")
    if messages is None:
        return np.full(len(batch), batch.has_transcripts)
    told: NDArray[np.bool_] = pc.fill_null(pc.greater(pc.list_value_length(messages), 0), False).to_numpy(
        zero_copy_only=False
    )
    return told


def out_of_order(batch: PairBatch, marks: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The pairs whose prompt does not go system, then user and assistant in turn, ending before the assistant.

    Turns of tools, and of roles that are not known, may stand anywhere after the first user's. Where there are no
    messages, the `marks` of the prompts tell it of transcripts.
    """
    messages = batch.column("prompt_messages")
    if messages is not None:
        return _wrong(len(batch), *_of_messages(messages))
    return marks & Marks.DISORDERED > 0


def _of_messages(messages: pa.ListArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The row and the role of each message."""
    roles = pc.fill_null(pc.struct_field(pc.list_flatten(messages), "role"), "")
    codes = pc.fill_null(pc.index_in(roles, pa.array(list(_ROLES))), -1).to_numpy()
    of_code = np.array([*_ROLES.values(), _OTHER])  # the last one answers to -1
    return pc.list_parent_indices(messages).to_numpy(), of_code[codes]


def _wrong(n: int, rows: NDArray[np.int64], roles: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The rows whose turns are out of order."""
    wrong = np.zeros(n, dtype=np.bool_)
    if not len(rows):
        return wrong
    first = np.concatenate([[True], rows[1:] != rows[:-1]])
    last = np.concatenate([first[1:], [True]])
    before = np.concatenate([[_OTHER], roles[:-1]])
    # The first of a row, and what follows a system message that is first itself.
    begins = first | ((before == _SYSTEM) & np.concatenate([[False], first[:-1]]))
    amiss = (roles == _SYSTEM) & ~first
    amiss |= begins & (roles != _USER) & ~(first & (roles == _SYSTEM))
    amiss |= ~first & (roles == before) & ((roles == _USER) | (roles == _ASSISTANT))
    amiss |= last & ((roles == _ASSISTANT) | (roles == _SYSTEM))
    wrong[rows[amiss]] = True
    return wrong
