"""The kernels on real texts: nothing differs from CPython.

All pairs that difflib compares fast, and of the others those whose hash ends in a fixed digit; verify_all.py does all.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import prefaudit

sys.path.insert(0, str(Path(__file__).parent))

import oracle  # type: ignore[import-not-found,unused-ignore]
import text_pairs  # type: ignore[import-not-found,unused-ignore]

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Characters of a times characters of b below which every pair is compared, by mode.
EVERY = {True: 400_000, False: 60_000}
#: Of the dearer pairs one in so many.
ONE_IN = {True: 8, False: 64}
#: Beyond this difflib alone would take seconds.
LIMIT = {True: 30_000_000, False: 6_000_000}


@pytest.fixture(scope="module")
def pairs(data_dir: Path) -> Sequence[Any]:
    found: list[Any] = text_pairs.read_pairs(data_dir)
    assert len(found) > 12_000
    assert len({pair.file for pair in found}) >= 12
    return found


def is_compared(pair: Any, autojunk: bool) -> bool:
    cost = len(pair.a) * len(pair.b)
    if cost <= EVERY[autojunk]:
        return True
    digest = hashlib.blake2b(f"{pair.a}\0{pair.b}".encode(), digest_size=8).digest()
    return cost <= LIMIT[autojunk] and int.from_bytes(digest) % ONE_IN[autojunk] == 0


@pytest.mark.parametrize("autojunk", [True, False])
def test_no_ratio_differs(pairs: Sequence[Any], autojunk: bool) -> None:
    chosen = [pair for pair in pairs if is_compared(pair, autojunk)]
    sides = [(pair.a, pair.b) for pair in chosen] + [(pair.b, pair.a) for pair in chosen]
    assert len(sides) > 7_000
    expected = list(oracle.ratios((a, b, autojunk) for a, b in sides))
    found = prefaudit.ratios([a for a, _ in sides], [b for _, b in sides], autojunk=autojunk).to_pylist()
    assert [k for k, (x, y) in enumerate(zip(found, expected, strict=True)) if x != y] == []


def test_no_count_differs(pairs: Sequence[Any]) -> None:
    texts = list(dict.fromkeys(text for pair in pairs for text in (pair.a, pair.b)))
    assert len(texts) > 10_000
    assert prefaudit.word_counts(texts).to_pylist() == [len(text.split()) for text in texts]
    assert prefaudit.char_counts(texts).to_pylist() == [len(text) for text in texts]


def test_a_cutoff_changes_only_what_lies_below_it(pairs: Sequence[Any]) -> None:
    sides = [pair.a for pair in pairs], [pair.b for pair in pairs]
    for autojunk in (True, False):
        full = prefaudit.ratios(*sides, autojunk=autojunk).to_pylist()
        for cutoff in (0.3, 0.9):
            cut = prefaudit.ratios(*sides, autojunk=autojunk, score_cutoff=cutoff).to_pylist()
            assert cut == [score if score >= cutoff else 0.0 for score in full]
