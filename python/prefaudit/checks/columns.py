"""What several checks read off a batch: which pairs hold two responses, and which rows go together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow.compute as pc

from prefaudit import kernels
from prefaudit.pairs import hash_words
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
        return clusters(prompt)
    return clusters(prompt, _hashes(batch, annotator, kernels.text_hashes(annotator, threads=batch.threads)))


def clusters(prompt: NDArray[np.uint64], annotator: NDArray[np.uint64] | None = None) -> ClusterKeys:
    """The buckets of rows whose prompts and annotators have these hashes."""
    if annotator is None:
        return ClusterKeys(_bucket(prompt))
    return ClusterKeys(_bucket(prompt), _bucket(annotator), _bucket(_mix(prompt + _mix(annotator))))


class PairKeys(NamedTuple):
    """Who and what, as 64-bit hashes, for one row each.

    Attributes:
        prompt: of the prompt (`prompt_id` where the source records one); of the row where the prompt is empty.
        pair: of `pair_id`, or of the prompt and the two responses in either order.
        chosen: of the chosen response.
        rejected: of the rejected response.
    """

    prompt: NDArray[np.uint64]
    pair: NDArray[np.uint64]
    chosen: NDArray[np.uint64]
    rejected: NDArray[np.uint64]

    @property
    def first_won(self) -> NDArray[np.bool_]:
        """Whether the chosen response is the first of the two in the order of their hashes."""
        return self.chosen < self.rejected


def pair_keys(batch: PairBatch) -> PairKeys:
    """The hashes that votes on one pair, and pairs on one prompt, have in common."""
    identity = batch.column("prompt_id")
    prompt = _hashes(batch, batch.prompt if identity is None else identity, batch.prompt_hash)
    chosen, rejected = hash_words(batch.chosen_hash), hash_words(batch.rejected_hash)
    responses = _mix(np.minimum(chosen, rejected) + _mix(np.maximum(chosen, rejected)))
    pair = _mix(hash_words(batch.prompt_hash) + responses)
    named = batch.column("pair_id")
    if named is not None:
        pair = np.where(named_pairs(batch), hash_words(kernels.text_hashes(named, threads=batch.threads)), pair)
    return PairKeys(prompt, pair, chosen, rejected)


def named_pairs(batch: PairBatch) -> NDArray[np.bool_]:
    """The rows whose source gives their pair an id."""
    named = batch.column("pair_id")
    if named is None:
        return np.zeros(len(batch), dtype=np.bool_)
    return as_mask(pc.fill_null(pc.greater(pc.binary_length(named), 0), False))


def source_keys(batch: PairBatch) -> NDArray[np.uint64]:
    """A hash of each row's source."""
    return hash_words(kernels.text_hashes(batch.source.dictionary_decode(), threads=batch.threads))


def annotator_keys(batch: PairBatch) -> NDArray[np.uint64] | None:
    """A hash of each row's annotator, 0 where a row names none; None where the source records none at all."""
    annotator = batch.column("annotator")
    if annotator is None:
        return None
    named = as_mask(pc.fill_null(pc.greater(pc.binary_length(annotator), 0), False))
    return np.where(named, hash_words(kernels.text_hashes(annotator, threads=batch.threads)), np.uint64(0))


def annotator_names(batch: PairBatch) -> tuple[NDArray[np.uint64], list[str]]:
    """The annotators that a batch names, each once: their keys, and what they are called."""
    annotator = batch.column("annotator")
    if annotator is None:
        return np.empty(0, np.uint64), []
    distinct = pc.unique(annotator).drop_null()
    distinct = distinct.filter(pc.greater(pc.binary_length(distinct), 0))
    return hash_words(kernels.text_hashes(distinct, threads=1)), distinct.to_pylist()


def _hashes(batch: PairBatch, names: pa.Array, hashes: pa.FixedSizeBinaryArray) -> NDArray[np.uint64]:
    """64 bits of each hash; where the name is null or empty, of the row number instead."""
    words = hash_words(hashes)
    unnamed = as_mask(pc.fill_null(pc.equal(pc.binary_length(names), 0), True))
    if not unnamed.any():
        return words
    rows = batch.row.to_numpy().astype(np.uint64)
    return np.where(unnamed, _mix(rows), words)


def _mix(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread 64-bit words evenly (the finaliser of splitmix64)."""
    words = words + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _bucket(words: NDArray[np.uint64]) -> NDArray[np.uint8]:
    return (words & np.uint64(0xFF)).astype(np.uint8)


def prompt_text_keys(batch: PairBatch) -> NDArray[np.uint64]:
    """64 bits of the hash of each prompt's text, whatever its `prompt_id`; 0 where it is empty."""
    named = batch.column("prompt_id") is not None
    hashes = kernels.text_hashes(batch.prompt, threads=batch.threads) if named else batch.prompt_hash
    return np.where(as_mask(pc.equal(pc.binary_length(batch.prompt), 0)), np.uint64(0), hash_words(hashes))


def combined(*words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One hash of several, in this order."""
    total = np.zeros_like(words[0])
    for word in words:
        total = _mix(total + word)
    return total
