"""The reports on the demo data, figure by figure.

After a change that is meant, write them anew with `PREFAUDIT_WRITE_GOLDEN=1 pytest tests/golden`, and read the diff.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from prefaudit.audit import audit
from prefaudit.report.model import Report
from prefaudit.sources.demo import demo

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def report() -> Report:
    made = audit(demo(2000))
    return Report({**made.dataset, "prefaudit": "VERSION"}, made.accounting, made.findings)


def golden(name: str, written: str) -> str:
    """The golden report of that name."""
    path = HERE / name
    if os.environ.get("PREFAUDIT_WRITE_GOLDEN"):
        path.write_text(written, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def test_the_text_is_the_golden_one(report: Report) -> None:
    assert report.to_text(100) == golden("demo.txt", report.to_text(100))


def test_the_json_is_the_golden_one(report: Report) -> None:
    assert values(report.to_json()) == values(golden("demo.json", report.to_json()))


def values(report: str) -> Any:
    """What JSON holds; SciPy's last digits differ between platforms."""
    return json.loads(report, parse_float=lambda number: round(float(number), 9))
