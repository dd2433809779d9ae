"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("prefaudit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("prefaudit")

if TYPE_CHECKING:
    from collections.abc import Callable

_BESIDE_THE_REPOSITORY = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data: $PREFAUDIT_DATA, or shared/data beside the repository.

    Tests that need it are skipped without it, but on a build server (CI=true) they fail.
    """
    folder = Path(os.environ.get("PREFAUDIT_DATA") or _BESIDE_THE_REPOSITORY)
    if (folder / "hh_rlhf" / "harmless-base_test.jsonl.gz").is_file():
        return folder
    reason = f"no real data in {folder}: set PREFAUDIT_DATA to a folder that holds hh_rlhf/harmless-base_test.jsonl.gz"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def hh_file(data_dir: Path) -> Path:
    """The test split of HH-RLHF's harmless-base: 2,312 rows."""
    return data_dir / "hh_rlhf" / "harmless-base_test.jsonl.gz"


@pytest.fixture(scope="session")
def read_pairs() -> Callable[..., tuple[list[dict[str, Any]], dict[str, Any]]]:
    """`load` and read to the end: the pairs as dicts, and the accounting as it stands in a report."""

    def read(data: object, **options: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        from prefaudit.load import load

        loaded = load(data, **options)
        pairs = [pair for batch in loaded.batches() for pair in batch.records.to_pylist()]
        return pairs, loaded.accounting.to_dict()

    return read
