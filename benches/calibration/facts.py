"""Sets for the checks that count facts: malformed rows, equal and nearly equal responses, repeats, scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benches.calibration.made import batch, either, items, named, texts
from prefaudit.checks.structure import EMPTY, MOJIBAKE, NO_PROMPT, PARTED, REPLACED, ROLES, TOKENS

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch

#: What ordinary text may hold that looks like damage: accents, brackets, HTML, emoji, comparisons.
_HARMLESS = ("café", "naïve Ångström", "a < b > c", "[note]", "<div>", "|x|", "100 €", "“so”", "â la carte", "😀")
_DAMAGE = {
    REPLACED: "caf\N{REPLACEMENT CHARACTER}",
    MOJIBAKE: "café".encode().decode("latin-1"),
    TOKENS: "<|im_end|>",
}
_IN_ORDER = [{"role": "user", "content": "hello"}]
_OUT_OF_ORDER = [{"role": "user", "content": "hello"}, {"role": "user", "content": "there"}]


def malformed(rng: Generator, rows: int, defect: str, dose: float) -> PairBatch:
    """Rows of which some have one defect, among texts that hold what only looks like one."""
    prompt, a, b = items(rng, rows)
    planted = rng.random(rows) < dose
    harmless = pa.array(_HARMLESS).take(pa.array(rng.integers(0, len(_HARMLESS), rows)))
    a = pc.binary_join_element_wise(a, harmless, " ")
    if defect in _DAMAGE:
        b = either(planted, pc.binary_join_element_wise(b, _DAMAGE[defect], " "), b)
    elif defect == EMPTY:
        b = either(planted, pa.repeat(pa.scalar(" \n"), rows), b)
    elif defect == NO_PROMPT:
        prompt = either(planted, pa.repeat(pa.scalar(""), rows), prompt)
    told = pa.array([_IN_ORDER, _OUT_OF_ORDER]).take(pa.array((planted & (defect == ROLES)).astype(np.int64)))
    parted = planted if defect == PARTED else np.zeros(rows, dtype=bool)
    return batch(prompt, a, b, prompt_messages=told, diverged=parted)


def identical(rng: Generator, rows: int, dose: float) -> PairBatch:
    """Pairs of which some are byte-equal; a tenth is equal but for the case, which is no alarm."""
    prompt, a, b = items(rng, rows)
    b = either(rng.random(rows) < 0.1, pc.utf8_upper(a), b)
    return batch(prompt, a, either(rng.random(rows) < dose, a, b))


def near_duplicate(rng: Generator, rows: int, dose: float) -> PairBatch:
    """Pairs of which some differ in their last sign; a fifth has two thirds of its words in common."""
    prompt, a, b = items(rng, rows, 12)
    start = texts(rng, np.full(rows, 8))
    alike = rng.random(rows) < 0.2
    a, b = (either(alike, pc.binary_join_element_wise(start, texts(rng, np.full(rows, 4)), " "), one) for one in (a, b))
    return batch(prompt, a, either(rng.random(rows) < dose, pc.binary_join_element_wise(a, ".", ""), b))


class Words:
    """A tokenizer with a token a word."""

    truncation_side = "right"

    def __call__(self, texts: Any, **_: Any) -> dict[str, Any]:
        """The ids of a text, or of each of several."""
        single = isinstance(texts, str)
        split = [text.split() for text in ([texts] if single else texts)]
        ids = [[crc32(word.encode()) >> 1 for word in words] for words in split]
        return {"input_ids": ids[0] if single else ids}


def collapsing(rng: Generator, rows: int, dose: float) -> PairBatch:
    """Pairs of which some have a prompt longer than the 32 words to which they are cut."""
    lengths = np.where(rng.random(rows) < dose, rng.integers(32, 60, rows), rng.integers(3, 24, rows))
    return batch(texts(rng, lengths), *(texts(rng, rng.integers(4, 30, rows)) for _ in range(2)))


def duplicates(rng: Generator, rows: int, dose: float) -> PairBatch:
    """Rows of which some repeat an earlier one with its annotator; two annotators judged each of the others."""
    made = items(rng, rows)
    at = np.arange(rows) // 2
    again = np.flatnonzero(rng.random(rows) < dose)
    again = again[again > 1]
    who = np.arange(rows) % 2
    source = (rng.random(len(again)) * (again // 2)).astype(np.int64) * 2
    at[again], who[again] = at[source], who[source]
    return made.votes(at, rng.random(rows) < 0.5, annotator=named("person", who))


def scores(rng: Generator, rows: int, dose: float) -> PairBatch:
    """Rows whose label follows the score (equal scores included), but for some; ties score anyhow."""
    prompt, a, b = items(rng, rows)
    low, high = np.sort(rng.integers(1, 11, (2, rows)), axis=0)
    against = (rng.random(rows) < dose) & (low < high)
    tie = ~against & (rng.random(rows) < 0.1)
    swapped: NDArray[np.bool_] = against | (tie & (rng.random(rows) < 0.5))
    return batch(
        *(prompt, a, b),
        tie=tie,
        score_chosen=np.where(swapped, low, high).astype(np.float64),
        score_rejected=np.where(swapped, high, low).astype(np.float64),
    )
