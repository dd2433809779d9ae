"""Fixtures of the benchmarks that run under pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prefaudit.sources.demo import demo_batches
from prefaudit.texts import TextBatch

if TYPE_CHECKING:
    from pathlib import Path


class Columns(NamedTuple):
    """Two columns of texts, handed to the core once."""

    chosen: TextBatch
    rejected: TextBatch


@pytest.fixture(scope="session")
def transcripts() -> Columns:
    """Whole transcripts of the demo: the same texts on every machine."""
    table = pa.Table.from_batches(demo_batches(2000))
    return Columns(TextBatch(table["chosen"]), TextBatch(table["rejected"]))


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20,000 pairs of the demo as Parquet."""
    path = tmp_path_factory.mktemp("demo") / "demo.parquet"
    pq.write_table(pa.Table.from_batches(demo_batches(20_000)), path)
    return path
