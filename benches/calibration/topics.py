"""Sets for the check of prompts: pairs heaped on a few of them, and topics that a target has and the data lack."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benches.calibration.made import batch, items, texts

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch

TOPICS = 20
_WORDS = 40  # of each topic's own
_RARE = 0.10  # the share of the topic that may be missing


def heaped(rng: Generator, rows: int, dose: float) -> PairBatch:
    """One or two pairs a prompt, but for a share of the pairs that lies on five prompts."""
    prompts = np.where(rng.random(rows) < dose, rng.integers(0, 5, rows), 5 + np.arange(rows) // 2)
    return batch(*items(rng, rows, 4, prompts=prompts))


def on_topics(rng: Generator, rows: int, missing: float, other: float = 0.0) -> PairBatch:
    """Prompts on the target's topics; of the first and of half of the others shares are moved elsewhere."""
    topic = rng.choice(TOPICS, rows, p=_shares())
    moved = ((topic == 0) & (rng.random(rows) < missing)) | ((topic > TOPICS // 2) & (rng.random(rows) < other))
    topic[moved] = rng.integers(1, TOPICS // 2, int(moved.sum()))
    prompt = prompts_on(rng, topic)
    return batch(prompt, *(texts(rng, np.full(rows, 3)) for _ in range(2)))


def _shares() -> NDArray[np.float64]:
    return np.array([_RARE, *[(1 - _RARE) / (TOPICS - 1)] * (TOPICS - 1)])


def prompts_on(rng: Generator, topic: NDArray[np.int64]) -> pa.StringArray:
    """A prompt on each topic: five of its words among seven of all."""
    lengths = np.full(len(topic), 5)
    own = _own().take(pa.array(np.repeat(topic, lengths) * _WORDS + rng.integers(0, _WORDS, lengths.sum())))
    offsets = pa.array(np.arange(0, len(own) + 1, 5), pa.int32())
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, own), " ")
    return pc.binary_join_element_wise(texts(rng, np.full(len(topic), 7)), joined, " ")


@cache
def _own() -> pa.StringArray:
    """The words of each topic, one topic after the other."""
    return pa.array([f"{chr(97 + topic)}{word:02}word" for topic in range(TOPICS) for word in range(_WORDS)])


@cache
def target() -> list[str]:
    """Prompts as they are meant to be: 1,000."""
    rng = np.random.default_rng(8)
    prompts: list[str] = prompts_on(rng, rng.choice(TOPICS, 1000, p=_shares())).to_pylist()
    return prompts
