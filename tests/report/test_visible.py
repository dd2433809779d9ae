"""No text of the data acts on the terminal that shows it; the JSON report holds it as it is."""

from __future__ import annotations

import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import prefaudit
from prefaudit.errors import ConfigError
from prefaudit.report.model import Report
from prefaudit.report.pair import print_pair
from prefaudit.report.visible import visible

EVIL = "\x1b[2J\x1b]0;owned\x07 \x9b31m\u202ered\x7f\r over"
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
ROWS = [{"prompt": f"{EVIL}{n}", "chosen": EVIL, "rejected": EVIL, "domain": EVIL} for n in range(3)]


def test_reports_for_people_hold_signs() -> None:
    report = prefaudit.audit(ROWS, by="domain")
    for written in (report.to_text(), report.to_markdown(), report._repr_html_()):
        assert not HIDDEN.search(written)
        assert "␛" in written
    assert json.loads(report.to_json())["findings"][0]
    assert any(EVIL[:6] in example.chosen for finding in report.findings for example in finding.examples)
    assert Report.from_dict(report.to_dict()) == report


def test_a_pair_is_shown_with_signs() -> None:
    written = io.StringIO()
    print_pair({**ROWS[0], "source": "a\x1bb", "row": 0}, Console(file=written, color_system=None))
    assert not HIDDEN.search(written.getvalue())
    assert "␛[2J␛]0;owned␇" in written.getvalue()


@given(st.text())
def test_what_can_be_seen_stays(text: str) -> None:
    assert not HIDDEN.search(visible(text))
    assert visible(visible(text)) == visible(text)
    if not HIDDEN.search(text) and "\r" not in text:
        assert visible(text) == text


def test_ends_of_lines_stay() -> None:
    assert visible("a\r\nb\tc\n") == "a\r\nb\tc\n"
    assert visible("a\rb") == "a␍b"


@pytest.mark.parametrize("values", ["{}", None, [], 3])
def test_a_report_of_something_else(values: object) -> None:
    with pytest.raises(ConfigError, match="this is no report"):
        Report.from_dict(values)  # type: ignore[arg-type]
