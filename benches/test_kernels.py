"""Kernels on the demo's transcripts, one thread: `pytest benches --benchmark-only`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from prefaudit import kernels

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from benches.conftest import Columns


@pytest.mark.parametrize("autojunk", [False, True], ids=["exact", "autojunk"])
def test_ratios(benchmark: BenchmarkFixture, transcripts: Columns, autojunk: bool) -> None:
    found = benchmark(kernels.ratios, *transcripts, autojunk=autojunk, threads=1)
    assert len(found) == 2000


def test_ratios_above_a_cutoff(benchmark: BenchmarkFixture, transcripts: Columns) -> None:
    found = benchmark(kernels.ratios, *transcripts, autojunk=False, score_cutoff=0.9, threads=1)
    assert len(found) == 2000


def test_word_counts(benchmark: BenchmarkFixture, transcripts: Columns) -> None:
    assert len(benchmark(kernels.word_counts, transcripts.chosen, threads=1)) == 2000


def test_cut_transcripts(benchmark: BenchmarkFixture, transcripts: Columns) -> None:
    assert len(benchmark(kernels.cut_transcripts, *transcripts, threads=1).status) == 2000
