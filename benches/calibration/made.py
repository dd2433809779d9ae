"""Made pairs, whole columns at a time: texts of given lengths, votes on them, and how they become a batch."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.pairs import SCHEMA, PairBatch

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

_WORDS = 4000
_LEAST, _MOST = 3, 10  # letters of a word


@cache
def _vocabulary() -> pa.StringArray:
    """Words that mean nothing, each of them different."""
    rng = np.random.default_rng(1)
    letters = rng.choice(list("etaoinshrdlcumwfgypbvk"), (2 * _WORDS, _MOST))
    lengths = rng.integers(_LEAST, _MOST + 1, 2 * _WORDS)
    words = ("".join(row[:length]) for row, length in zip(letters, lengths, strict=True))
    return pa.array(list(dict.fromkeys(words))[:_WORDS])


def texts(rng: Generator, lengths: NDArray[np.int64]) -> pa.StringArray:
    """One text of random words for each length in words."""
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    words = _vocabulary().take(pa.array(rng.integers(0, _WORDS, int(offsets[-1]))))
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), words), " ")


def named(prefix: str, numbers: NDArray[Any]) -> pa.StringArray:
    """Names made of a word and a number."""
    return pc.binary_join_element_wise(prefix, pa.array(numbers).cast(pa.string()), " ")


def either(first: NDArray[np.bool_], one: pa.Array, other: pa.Array) -> pa.Array:
    """From `one` where the mask is true, else from `other`."""
    return pc.if_else(pa.array(first), one, other)


def batch(prompt: pa.StringArray, chosen: pa.StringArray, rejected: pa.StringArray, **columns: Any) -> PairBatch:
    """Pairs from whole columns, Arrow's or numpy's; `columns` are further ones of the schema."""
    n = len(prompt)
    source = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array(["made"]))
    given = {"prompt": prompt, "chosen": chosen, "rejected": rejected, "source": source, "row": np.arange(n), **columns}
    arrays = {
        name: (values if isinstance(values, pa.Array) else pa.array(values)).cast(SCHEMA.field(name).type)
        for name, values in given.items()
    }
    return PairBatch(pa.RecordBatch.from_pydict(arrays), threads=1)


class Items(NamedTuple):
    """Two responses to a prompt each, to be judged."""

    prompt: pa.StringArray
    a: pa.StringArray
    b: pa.StringArray

    def votes(self, at: NDArray[np.int64], a_wins: NDArray[np.bool_], **columns: Any) -> PairBatch:
        """One row a vote: on which item, and whether its first response won."""
        prompt, a, b = (column.take(pa.array(at)) for column in self)
        return batch(prompt, either(a_wins, a, b), either(a_wins, b, a), **columns)


def items(rng: Generator, n: int, words: int = 8, *, prompts: NDArray[np.int64] | None = None) -> Items:
    """Items whose responses have about so many words each; each has a prompt of its own where none are given."""
    low, high = max(words // 2, 1), words + words // 2 + 1
    sides = (texts(rng, rng.integers(low, high, n)) for _ in range(2))
    return Items(named("prompt", np.arange(n) if prompts is None else prompts), *sides)


def heavy_tailed(rng: Generator, n: int) -> NDArray[np.int64]:
    """The prompt of each of `n` rows: most prompts have one or two, a few have dozens (Zipf, at most 50)."""
    sizes = np.minimum(rng.zipf(1.8, n), 50)
    return np.repeat(np.arange(n), sizes)[:n]
