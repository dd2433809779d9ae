"""An audit of 20,000 demo pairs: `pytest benches --benchmark-only`.

A pattern for benchmarking audits of your own data: put your file in the place of the demo, keep a baseline with
`--benchmark-save=NAME`, and compare later runs with `--benchmark-compare=NAME --benchmark-compare-fail=median:20%`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

import prefaudit

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_benchmark.fixture import BenchmarkFixture


def test_audit_of_a_file(benchmark: BenchmarkFixture, demo_file: Path) -> None:
    report = benchmark.pedantic(prefaudit.audit, (demo_file,), rounds=5, warmup_rounds=1)  # type: ignore[no-untyped-call]
    assert report.accounting["rows_in"] == 20_000


def test_audit_of_a_table(benchmark: BenchmarkFixture, demo_file: Path) -> None:
    table = pq.read_table(demo_file)
    report = benchmark.pedantic(prefaudit.audit, (table,), rounds=5, warmup_rounds=1)  # type: ignore[no-untyped-call]
    assert report.accounting["rows_in"] == 20_000
