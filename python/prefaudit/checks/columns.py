"""What several checks read off a batch: which pairs hold two responses, and which rows go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from prefaudit import kernels
from prefaudit.stats.clusters import ClusterKeys

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch


def as_mask(flags: pa.BooleanArray) -> NDArray[np.bool_]:
    """A boolean column without nulls as a mask."""
    mask: NDArray[np.bool_] = flags.to_numpy(zero_copy_only=False)
    return mask


def comparable(batch: PairBatch) -> NDArray[np.bool_]:
    """The pairs that hold two responses to one prompt: all but those that part before the last turn."""
    return ~as_mask(batch.diverged)


def cluster_keys(batch: PairBatch) -> ClusterKeys:
    """The buckets of a batch's rows, by prompt and by annotator.

    An empty prompt, or a missing annotator, is nothing that rows share: such a row is its own cluster.
    """
    identity = batch.column("prompt_id")
    prompt = _hashes(batch, batch.prompt if identity is None else identity, batch.prompt_hash)
    annotator = batch.column("annotator")
    if annotator is None:
        return ClusterKeys(_bucket(prompt))
    person = _hashes(batch, annotator, kernels.text_hashes(annotator, threads=batch.threads))
    return ClusterKeys(_bucket(prompt), _bucket(person), _bucket(_mix(prompt + _mix(person))))


def _hashes(batch: PairBatch, names: pa.Array, hashes: pa.FixedSizeBinaryArray) -> NDArray[np.uint64]:
    """64 bits of each hash; where the name is null or empty, of the row number instead."""
    width, start = 16, hashes.offset
    words = np.frombuffer(hashes.buffers()[1], dtype="<u8").reshape(-1, width // 8)[start : start + len(hashes), 0]
    unnamed = as_mask(pc.fill_null(pc.equal(pc.binary_length(names), 0), True))
    if not unnamed.any():
        return words
    rows = batch.records.column("row").to_numpy().astype(np.uint64)
    return np.where(unnamed, _mix(rows), words)


def _mix(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread 64-bit words evenly (the finaliser of splitmix64)."""
    words = words + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _bucket(words: NDArray[np.uint64]) -> NDArray[np.uint8]:
    return (words & np.uint64(0xFF)).astype(np.uint8)
