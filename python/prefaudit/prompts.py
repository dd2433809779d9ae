"""When two prompts are one prompt: whatever their case, whitespace and Unicode form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit import kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch


def normalised(texts: pa.StringArray) -> pa.StringArray:
    r"""Texts in Unicode's compatibility form (NFKC), in lower case, with single blanks for runs of whitespace.

    Example:
        >>> normalised(pa.array(["  What\n is  ﬁne?", None])).to_pylist()
        ['what is fine?', None]
    """
    folded = pc.utf8_lower(pc.utf8_normalize(texts, form="NFKC"))
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(folded, r"\s+", " "))


def prompt_keys(batch: PairBatch, salt: str = "") -> NDArray[np.uint64]:
    """64 bits of a hash of each normalised prompt.

    An empty prompt is none: such a row goes by its two responses, in either order.
    """
    prompts = normalised(batch.prompt)
    keys = _hashed(prompts, salt, batch.threads)
    empty = pc.equal(pc.binary_length(prompts), 0).to_numpy(zero_copy_only=False)
    if not empty.any():
        return keys
    chosen, rejected = (_hashed(side, salt, batch.threads) for side in (batch.chosen, batch.rejected))
    return np.where(empty, np.minimum(chosen, rejected) ^ np.maximum(chosen, rejected) << np.uint64(1), keys)


def _hashed(texts: pa.StringArray, salt: str, threads: int | None) -> NDArray[np.uint64]:
    salted = pc.binary_join_element_wise(pa.scalar(salt), texts, "\x1f")
    words = np.frombuffer(kernels.text_hashes(salted, threads=threads).buffers()[1], dtype="<u8")
    return np.ascontiguousarray(words.reshape(-1, 2)[: len(texts), 0])
