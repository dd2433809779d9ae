"""The pages that are generated say what the docstrings say."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from prefaudit.checks.registry import check_classes

DOCS = Path(__file__).parents[1] / "docs"
GENERATE = runpy.run_path(str(DOCS / "generate.py"), run_name="docs")
PAGES = GENERATE["pages"]()
HEADINGS = ["What it measures:", "Why it matters:", "How it is computed:", "Verdict:", "Limits:", "References:"]


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name], "run python docs/generate.py"


def test_the_report_in_the_readme_is_the_demos() -> None:
    text = GENERATE["README"].read_text(encoding="utf-8")
    assert "5,000 rows read" in text
    assert GENERATE["readme"](text) == text, "run python docs/generate.py"


@pytest.mark.parametrize("check", check_classes(), ids=lambda check: str(check.id))
def test_every_check_has_all_headings(check: type) -> None:
    lines = [line.strip() for line in (check.__doc__ or "").splitlines()]
    assert [line for line in lines if line in HEADINGS] == HEADINGS
