"""Reports as values and back, against the published schema, as Markdown and as HTML."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

import prefaudit
from prefaudit import Finding, Report, Verdict
from prefaudit.errors import ConfigError, VerdictError
from prefaudit.report.numbers import shown
from prefaudit.sources.demo import demo

SCHEMA = json.loads(files("prefaudit.report").joinpath("schema.json").read_text(encoding="utf-8"))
COUNTS: dict[str, Any] = {
    "rows_in": 3,
    "rows_used": 2,
    "rows_skipped": {"'chosen' is <b>|null": 1},
    "skipped_examples": [{"source": "a", "row": 2, "reason": "'chosen' is <b>|null", "detail": "null"}],
    "votes": 2,
    "pairs": 2,
    "ties": 0,
}


def report_of(*verdicts: Verdict) -> Report:
    findings = tuple(Finding(f"check-{at}", verdict, 0.5, (0.25, 0.75), 8, "r") for at, verdict in enumerate(verdicts))
    return Report({"name": "*a*|b<i>.jsonl", "format": "generic"}, COUNTS, findings)


@pytest.fixture(scope="module")
def real() -> Report:
    return prefaudit.audit(demo(800), timings=True)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_real_reports_keep_to_the_schema(real: Report) -> None:
    Draft202012Validator(SCHEMA).validate(real.to_dict())
    few = prefaudit.audit([{"prompt": "p", "chosen": "a", "rejected": "b"}])
    Draft202012Validator(SCHEMA).validate(few.to_dict())


@pytest.mark.parametrize("spoilt", [{"verdict": "FINE"}, {"n": -1}, {"interval": [1]}, {"reason": None}])
def test_the_schema_refuses_what_is_none(spoilt: dict[str, Any], real: Report) -> None:
    values = real.to_dict()
    values["findings"][0] |= spoilt
    assert not Draft202012Validator(SCHEMA).is_valid(values)


def test_a_report_comes_back_from_its_values(real: Report) -> None:
    values = json.loads(real.to_json())
    again = Report.from_dict(values)
    assert again.to_json() == real.to_json()
    assert again.to_text() == real.to_text()
    assert [type(one) for one in again.findings] == [Finding] * len(real.findings)
    assert Report.from_dict(again.to_dict()) == again


@pytest.mark.parametrize(
    "values", [{}, {"schema_version": 99}, {"schema_version": 1}, {"schema_version": 1, "findings": [3]}]
)
def test_values_that_are_no_report(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="this is no report"):
        Report.from_dict(values)


def test_the_worst_comes_first() -> None:
    verdicts = (Verdict.PASS, Verdict.NOT_MEASURABLE, Verdict.WARN, Verdict.UNDERPOWERED, Verdict.FAIL, Verdict.WARN)
    report = report_of(*verdicts)
    order = ["check-4", "check-2", "check-5", "check-3", "check-1", "check-0"]
    assert [finding.check for finding in report.worst_first()] == order
    # In the text what could not be measured stands below the others, in a list of its own.
    told = [*order[:4], "check-0", "check-1"]
    assert sorted(told, key=report.to_text().index) == told
    assert [finding.check for finding in report.findings] == [f"check-{at}" for at in range(6)]


@pytest.mark.parametrize(
    ("verdict", "at_least", "raises"),
    [
        (Verdict.FAIL, "fail", True),
        (Verdict.FAIL, "warn", True),
        (Verdict.WARN, "fail", False),
        (Verdict.WARN, "warn", True),
        (Verdict.UNDERPOWERED, "warn", False),
        (Verdict.NOT_MEASURABLE, "warn", False),
        (Verdict.PASS, "warn", False),
    ],
)
def test_raise_for_verdict(verdict: Verdict, at_least: str, raises: bool) -> None:
    report = report_of(Verdict.PASS, verdict)
    if not raises:
        report.raise_for_verdict(at_least)
        return
    with pytest.raises(VerdictError, match="check-1"):
        report.raise_for_verdict(at_least)


def test_raise_for_a_verdict_that_there_is_not() -> None:
    with pytest.raises(ConfigError, match="'warn' or 'fail'"):
        report_of().raise_for_verdict("pass")


def test_markdown_is_read_as_it_was_meant() -> None:
    html = MarkdownIt("commonmark").enable("table").render(report_of(Verdict.PASS).to_markdown())
    assert "<h1>Audit of *a*|b&lt;i&gt;.jsonl</h1>" in html
    assert "<li>skipped 1: 'chosen' is &lt;b&gt;|null (row 2)</li>" in html
    assert html.count("<table>") == html.count("<details>") == html.count("</details>") == 1
    assert '<td style="text-align:right">[0.250, 0.750]</td>' in html


def test_markdown_has_a_section_for_each_check(real: Report) -> None:
    lines = real.to_markdown().splitlines()
    sections = [line.split("</b> ")[1].split("<")[0] for line in lines if line.startswith("<details>")]
    measured = [one.check for one in real.worst_first() if one.verdict is not Verdict.NOT_MEASURABLE]
    assert sections == measured
    (missing,) = (line for line in lines if line.startswith("**NOT MEASURABLE**"))
    assert [one.check for one in real.findings if f"{one.check}: " in missing] == [
        one.check for one in real.findings if one.verdict is Verdict.NOT_MEASURABLE
    ]
    assert real.to_markdown(verbose=True).count("<details>") == len(real.findings)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_html_is_well_formed_and_escaped(real: Report) -> None:
    for report in (real, report_of(Verdict.FAIL)):
        tags = Tags()
        tags.feed(report._repr_html_())
        tags.close()
        assert not tags.open
        assert str(report.dataset["name"]) in tags.text


def test_timings_are_there_when_asked_for(real: Report) -> None:
    assert set(real.timings) == {"reading", *(finding.check for finding in real.findings)}
    assert all(seconds > 0 for seconds in real.timings.values())
    assert "timings" not in prefaudit.audit(demo(50)).to_dict()


@pytest.mark.parametrize("name", ["interval", "auc_interval"])
def test_an_interval_is_shown_as_one_by_whatever_name(name: str) -> None:
    assert shown(name, [0.4389343, 0.5638592]) == "[0.439, 0.564]"
