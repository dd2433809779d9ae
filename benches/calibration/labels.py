"""Sets for the checks of what labels follow: length, the surface, aspects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benches.calibration.made import batch, either, heavy_tailed, items, named, texts

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch


def of_length(rng: Generator, rows: int, longer_wins: float, clusters: str = "none") -> PairBatch:
    """Pairs in which the longer response wins with some chance.

    Clusters are "none"; "votes": five rows a prompt, alike in three of four; "heavy": a few prompts with dozens of
    rows, whose longer response wins with a chance of the prompt's own; "annotators": twenty, whose leaning differs.
    """
    chance, columns = np.full(rows, longer_wins), {}
    prompts: NDArray[np.int64] = np.arange(rows)
    if clusters == "votes":
        prompts = prompts // 5
    elif clusters == "heavy":
        prompts = heavy_tailed(rng, rows)
    elif clusters == "annotators":
        who = rng.integers(0, 20, rows)
        columns["annotator"] = named("person", who)
        chance = np.clip(longer_wins + rng.normal(0, 0.06, 20), 0, 1)[who]
    if clusters in {"votes", "heavy"}:
        own = rng.beta(4 * longer_wins, 4 * (1 - longer_wins), rows)
        chance = own[prompts]
    wins = rng.random(rows) < chance
    short = rng.integers(1, 20, rows)
    a, b = texts(rng, short + rng.integers(1, 20, rows)), texts(rng, short)
    return batch(named("prompt", prompts), either(wins, a, b), either(wins, b, a), **columns)


def on_the_surface(rng: Generator, rows: int, dose: float) -> PairBatch:
    """Pairs of which one response is a list: it wins with the chance `dose`. Lengths say nothing."""
    lengths = rng.integers(6, 24, (2, rows))
    a, b = (texts(rng, length) for length in lengths)
    a = pc.binary_join_element_wise("-", pc.replace_substring(a, " ", "\n- ", max_replacements=3), " ")
    wins = rng.random(rows) < dose
    return batch(named("prompt", np.arange(rows)), either(wins, a, b), either(wins, b, a))


ASPECTS = ("helpfulness", "honesty", "safety", "style")


def of_aspects(rng: Generator, rows: int, dose: float) -> PairBatch:
    """Labels of which the first aspect explains the share `dose`; the others explain 40% each, by themselves."""
    prompt, a, b = items(rng, rows, 4)
    explains = rng.random((rows, len(ASPECTS))) < np.array([dose, 0.4, 0.4, 0.4])
    # What no aspect explains counts for none of them: one of the others does.
    nothing = ~explains.any(axis=1)
    explains[nothing, rng.integers(1, len(ASPECTS), int(nothing.sum()))] = True
    base = rng.integers(1, 4, explains.shape).astype(np.float64)
    rated = pa.StructArray.from_arrays(
        [
            pa.array(np.tile(ASPECTS, rows)),
            pa.array((base + explains).ravel()),
            pa.array((base + (~explains & (rng.random(explains.shape) < 0.3))).ravel()),
        ],
        ["name", "chosen", "rejected"],
    )
    offsets = pa.array(np.arange(0, explains.size + 1, len(ASPECTS)), pa.int32())
    return batch(prompt, a, b, aspects=pa.ListArray.from_arrays(offsets, rated))
