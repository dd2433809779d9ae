"""What the renderers make of any report."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest
from rich.console import Console

from prefaudit.report.blocks import Grid
from prefaudit.report.model import Chart, Example, Finding, Measure, Report, Verdict
from prefaudit.report.pair import marked_texts, print_pair
from prefaudit.report.text import as_text, print_report, tables

ACCOUNTING = {
    "rows_in": 12,
    "rows_used": 10,
    "rows_skipped": {"null": 2},
    "skipped_examples": [{"source": "a", "row": 3, "reason": "null", "detail": "'chosen' is null"}],
    "votes": 10,
    "pairs": 10,
    "ties": 1,
}
FIGURES = {
    "share_odd": 0.004,
    "count": 12_345,
    "names": ["prompt", "annotator"],
    "unknown": None,
    "bins": [0, 4, 2],
    "none": 0,
    "table": [{"texts": "[bold]all[/bold]", "mean": 0.5, "interval": [0.25, 0.75]}],
    "group": {"yes": True, "large": 1234.56},
    "settings": {"warn": {"value": 0.05, "from": "--set"}},
}
CHARTS = (Chart("histogram", "bins", "how many", span=(0.0, 3.0), unit="number"),)
FINDINGS = (
    Finding(
        "first",
        Verdict.WARN,
        0.25,
        (0.1, 0.4),
        10,
        "[red] is text",
        FIGURES,
        (Example("a", 7, 1.0, "odd", "[b]one[/b]", "two"),),
        charts=CHARTS,
        measure=Measure("odd ones", "share"),
    ),
    Finding("second", Verdict.NOT_MEASURABLE, None, None, 0, "nothing to measure"),
    Finding(
        "third",
        Verdict.PASS,
        float("nan"),
        (0.0, float("inf")),
        1,
        "two files",
        {},
        (Example("a", 1, 1.0, "x"), Example("b", 2, 1.0, "y")),
    ),
)
DATASET = {
    "name": "caf\u00e9.jsonl",
    "format": "generic",
    "format_reason": "as asked for",
    "limit": 12,
    "prefaudit": "1",
}
REPORT = Report(DATASET, ACCOUNTING, FINDINGS, {"reading": 0.5, "first": 1.25})


def rendered(report: Report, *, encoding: str = "utf-8", colour: bool = False, width: int = 100) -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")
    print_report(
        report, Console(file=stream, width=width, force_terminal=colour, color_system="standard" if colour else None)
    )
    stream.flush()
    return raw.getvalue().decode(encoding)


def test_json_holds_finite_numbers_only() -> None:
    report = json.loads(REPORT.to_json())
    assert report["findings"][2]["estimate"] is None
    assert report["findings"][2]["interval"] == [0.0, None]
    assert report["findings"][1]["interval"] is None
    assert report == json.loads(json.dumps(REPORT.to_dict(), allow_nan=False))


@pytest.mark.parametrize(
    "shown",
    [
        "12 rows read: 10 used, 2 skipped; 10 pairs, 1 ties",
        "skipped 2: null (row 3)",
        "[red] is text",
        "[bold]all[/bold]",
        "share odd: 0.40%; count: 12,345; names: prompt and annotator",
        "group: yes: yes; large: 1,234.6",
        "settings: warn: 0.05 (--set)",
        "e.g. row 7: odd",
        "e.g. b, row 2: y",
        "chosen  [b]one[/b]",
        "odd ones     25.0%  [10.0%, 40.0%]  10 pairs",
    ],
)
def test_the_text_shows(shown: str) -> None:
    assert shown in REPORT.to_text(verbose=True)


def test_what_was_not_found_is_told_of_when_asked_for() -> None:
    short, all_of_it = str(REPORT), REPORT.to_text(verbose=True)
    assert ("e.g. row 7" in short, "e.g. b, row 2" in short) == (True, False)
    assert ("unknown: -" in short, "unknown: -" in all_of_it) == (False, True)
    assert (short.count("nothing to measure"), all_of_it.count("nothing to measure")) == (1, 2)


def test_commands_read_the_same_rows_and_are_whole_however_narrow_the_text() -> None:
    found = replace(FINDINGS[0], filter="near-duplicate:0.9", advice="look")
    arguments = ["my pairs.parquet", "--format", "generic"]
    report = replace(REPORT, dataset={**DATASET, "arguments": arguments}, findings=(found,))
    for text in (report.to_text(60), report.to_markdown(), report._repr_html_().replace("&#x27;", "'")):
        assert "prefaudit show 'my pairs.parquet' --format generic --row 7" in text
        assert "prefaudit filter 'my pairs.parquet' --format generic -o clean.parquet --drop near-duplicate:0.9" in text
    assert 'prefaudit.filter(data, ["near-duplicate:0.9"])' in replace(REPORT, findings=(found,)).to_text()


@pytest.mark.parametrize("width", [60, 100, 200])
def test_the_text_keeps_to_its_width(width: int) -> None:
    assert all(len(line) <= width and line == line.rstrip() for line in REPORT.to_text(width).splitlines())


def test_an_output_without_unicode() -> None:
    text = rendered(REPORT, encoding="ascii")
    assert text.isascii()
    assert "4 |" in text
    assert "#" in text


def test_colour_is_for_terminals() -> None:
    assert "\x1b[" in rendered(REPORT, colour=True)
    assert "\x1b[" not in rendered(REPORT)


@pytest.mark.parametrize(
    ("chosen", "rejected", "marked"),
    [
        ("same", "same", ("same", "same")),
        ("", "", ("", "")),
        ("all", "", ("{+all+}", "")),
        ("You are welcome.", "You are welcome!", ("You are welcome{+.+}", "You are welcome[-!-]")),
        ("a long answer here", "a short answer here", ("a {+long+} answer here", "a [-short-] answer here")),
    ],
)
def test_differences_are_marked(chosen: str, rejected: str, marked: tuple[str, str]) -> None:
    assert tuple(map(str, marked_texts(chosen, rejected, signs=True))) == marked
    assert tuple(map(str, marked_texts(chosen, rejected, signs=False))) == (chosen, rejected)


def test_a_pair_says_where_it_stands_and_what_is_special() -> None:
    pair = {"source": "f", "row": 7, "prompt": "[b]p[/b]", "chosen": "x", "rejected": "y", "diverged": True}
    written = io.StringIO()
    print_pair(pair, Console(file=written, color_system=None))
    assert "f, row 7 (the transcripts part before the last turn)" in written.getvalue()
    assert "[b]p[/b]" in written.getvalue()


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_table_that_is_too_wide_loses_words_never_figures(width: int) -> None:
    cells = ["short words", "12.3%", "a sentence that is longer " * 5, "0.04%"]
    written = io.StringIO()
    grid = Grid(["what", "of target", "example", "of data"], [True, False, True, False], [cells])
    Console(file=written, width=width).print(*tables(grid, width))
    assert max(map(len, written.getvalue().splitlines())) <= width
    assert all(cell in written.getvalue() for cell in (cells[0], cells[1], cells[3], "a sentence", "…"))


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_table_of_many_figures_is_parted_and_loses_none(width: int) -> None:
    names = ["judge", *(f"figure number {at}" for at in range(12))]
    cells = [["all judges", *(f"[0.{at:02}1, 0.{at:02}9]" for at in range(12))]]
    written = io.StringIO()
    Console(file=written, width=width).print(*tables(Grid(names, [True, *[False] * 12], cells), width))
    lines = written.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert "…" not in written.getvalue()
    assert all(cell in written.getvalue() for cell in cells[0])
    assert sum("all judges" in line for line in lines) > 1


def test_several_votes_a_pair_are_said() -> None:
    report = Report({"name": "a", "format": "generic"}, {**ACCOUNTING, "votes": 30}, FINDINGS)
    assert "3 votes a pair" in as_text(report)
    assert "votes a pair" not in as_text(replace(report, accounting=ACCOUNTING))


@pytest.mark.parametrize(
    ("arguments", "source", "told"),
    [
        (["a.jsonl"], "a.jsonl", "show a.jsonl --row 7\n"),
        (["folder"], "folder/b c.jsonl", "show folder --row 7 --file 'folder/b c.jsonl'\n"),
        (["a.jsonl", "b.jsonl"], "b.jsonl", "show a.jsonl b.jsonl --row 7 --file b.jsonl\n"),
        (["a.jsonl", "b.jsonl"], "a.jsonl", "show a.jsonl b.jsonl --row 7 --file a.jsonl\n"),
        (["a.jsonl", "--format", "trl"], "a.jsonl", "show a.jsonl --format trl --row 7\n"),
        (["a.jsonl", "b.jsonl"], "a.jsonl or b.jsonl", "show a.jsonl b.jsonl --row 7\n"),
    ],
)
def test_the_command_to_look_names_the_file(arguments: list[str], source: str, told: str) -> None:
    finding = replace(FINDINGS[0], examples=(Example(source, 7, 1.0, "odd"),))
    report = Report({"name": "a", "format": "generic", "arguments": arguments}, ACCOUNTING, (finding,))
    assert told in as_text(report)
    assert ("row 7 of one of 2 files" in as_text(report)) == (" or " in source)


def test_columns_with_a_number_and_its_share_are_told_apart() -> None:
    figures = {"table": [{"what": "pair", "repeats": 3, "share_repeats": 0.25, "share_in_groups": 0.5}]}
    report = Report({"name": "a", "format": "generic"}, ACCOUNTING, (replace(FINDINGS[0], figures=figures),))
    assert ["what", "repeats", "share repeats", "in groups"] in [
        re.split(r"\s{2,}", line.strip()) for line in as_text(report).splitlines()
    ]
