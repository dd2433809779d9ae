"""The command line as its users see it: what is on which stream, and the exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from typing import TYPE_CHECKING

import pytest

from commands import prefaudit
from prefaudit.checks.registry import check_ids

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [{"prompt": f"q {row}", "chosen": f"answer {row}", "rejected": f"another one {row}"} for row in range(30)]
KEYS = {
    "report": ["schema_version", "dataset", "accounting", "findings"],
    "accounting": ["rows_in", "rows_used", "rows_skipped", "skipped_examples", "votes", "pairs", "ties"],
    "finding": [
        "check",
        "verdict",
        "estimate",
        "interval",
        "n",
        "counted",
        "clustered_by",
        "reason",
        "figures",
        "examples",
        "advice",
    ],
    "told": ["measure", "brief", "filter", "charts"],
}


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Data whose pairs are all identical."""
    path = tmp_path / "bad.jsonl"
    path.write_text("".join(json.dumps({**row, "rejected": row["chosen"]}) + "\n" for row in ROWS))
    return path


def test_the_report_is_on_stdout(good: Path) -> None:
    done = prefaudit("audit", good)
    assert (done.returncode, done.stderr) == (0, "")
    assert "30 rows read: 30 used" in done.stdout
    assert "\x1b" not in done.stdout
    lines = [line for line in done.stdout.splitlines() if ": prefaudit " not in line]
    assert all(line == line.rstrip() and len(line) <= 100 for line in lines)


def test_json_goes_beside_the_text(good: Path, tmp_path: Path) -> None:
    done = prefaudit("audit", good, "--json", tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert "30 rows read" in done.stdout
    assert list(report) == KEYS["report"]
    assert report["schema_version"] == 1
    assert list(report["accounting"]) == KEYS["accounting"]
    assert [list(finding) for finding in report["findings"]] == [KEYS["finding"] + KEYS["told"]] * len(check_ids())


def test_json_on_stdout_moves_the_text_to_stderr(good: Path) -> None:
    done = prefaudit("audit", good, "--json", "-")
    assert json.loads(done.stdout)["accounting"]["rows_in"] == 30
    assert "30 rows read" in done.stderr


def test_data_come_from_standard_input(good: Path) -> None:
    assert "30 rows read" in prefaudit("audit", "-", input=good.read_text()).stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 0),
        (["--fail-on", "warn"], 1),
        (["--fail-on", "fail"], 1),
        (["--fail-on", "fail", "--check", "length-bias"], 0),  # NOT MEASURABLE alone is no failure
        (["--require", "length-bias"], 1),
        (["--require", "identical"], 0),  # it has a verdict, and --fail-on says from which one on it counts
        (["--check", "identical", "--set", "identical.fail=1", "--set", "identical.warn=1", "--fail-on", "warn"], 0),
    ],
)
def test_exit_codes_of_verdicts(bad: Path, arguments: list[str], code: int) -> None:
    done = prefaudit("audit", bad, *arguments)
    assert done.returncode == code
    # What stopped it is said apart from the report, which may be long.
    assert (" is " in done.stderr and done.stderr.startswith("not passed: ")) == (code == 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--fail-on", "maybe"],
        ["--check", "length"],
        ["--require", "length"],
        ["--require", "identical", "--check", "length-bias"],
        ["--set", "length-bias.warn"],
        ["--set", "length-bias.wran=1"],
        ["--set", "length-bias.warn=wide"],
        ["--columns", "prompt"],
        ["--config", "none.toml"],
        ["--threads", "0"],
        ["--json", "no/such/folder/report.json"],
        ["--nonsense"],
    ],
)
def test_wrong_usage(good: Path, arguments: list[str]) -> None:
    done = prefaudit("audit", good, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b'{"text": "no pair"}\n', b"[1, 2]\n", b"\x1f\x8b truncated"]
)
def test_input_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "input.jsonl"
    path.write_bytes(content)
    done = prefaudit("audit", path)
    assert (done.returncode, done.stdout) == (3, "")
    assert "input.jsonl" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there() -> None:
    assert prefaudit("audit", "no/such/file.jsonl").returncode == 3


def test_strict_stops_at_the_first_bad_row(good: Path) -> None:
    good.write_text(good.read_text() + '{"prompt": "p", "chosen": null, "rejected": "x"}\n')
    assert prefaudit("audit", good).returncode == 0
    done = prefaudit("audit", good, "--strict")
    assert done.returncode == 3
    assert "row 30" in done.stderr


def test_traceback_shows_where(tmp_path: Path) -> None:
    done = prefaudit("audit", tmp_path / "none.jsonl", "--traceback")
    assert "Traceback" in done.stderr


def test_columns_by_other_names(tmp_path: Path) -> None:
    path = tmp_path / "renamed.csv"
    path.write_text("question,better,worse\nq,a b,a\n")
    done = prefaudit("audit", path, "--columns", "prompt=question,chosen=better,rejected=worse")
    assert (done.returncode, done.stderr) == (0, "")


def test_settings_are_recorded_with_where_they_came_from(good: Path, tmp_path: Path) -> None:
    config = tmp_path / "prefaudit.toml"
    config.write_text("[length-bias]\nfail = 0.2\n")
    done = prefaudit("audit", good, "--json", "-", "--config", config, "--set", "length-bias.warn=0.03")
    (finding,) = (one for one in json.loads(done.stdout)["findings"] if one["check"] == "length-bias")
    assert finding["figures"]["settings"] == {
        "warn": {"value": 0.03, "from": "--set"},
        "fail": {"value": 0.2, "from": str(config)},
        "unspaced": {"value": 0.2, "from": "default"},
    }


def test_show_prints_one_pair(good: Path) -> None:
    done = prefaudit("show", good, "--row", "7")
    assert done.returncode == 0
    assert "q 7" in done.stdout
    assert "[-" in done.stdout
    assert "{+" in done.stdout


def test_show_of_a_row_that_is_not_there(good: Path) -> None:
    done = prefaudit("show", good, "--row", "30")
    assert (done.returncode, done.stdout) == (2, "")
    assert "30 rows were read" in done.stderr


def test_show_of_a_row_that_was_skipped(good: Path) -> None:
    good.write_text(good.read_text() + '{"prompt": "p", "chosen": null, "rejected": "x"}\n')
    assert "was skipped" in prefaudit("show", good, "--row", "30").stderr


def test_the_demo_finds_what_is_planted() -> None:
    done = prefaudit("demo", "--json", "-")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    verdicts = {finding["check"]: finding["verdict"] for finding in report["findings"]}
    planted = {"identical": "WARN", "near-duplicate": "WARN", "length-bias": "FAIL", "structure": "WARN"}
    assert {check: verdicts[check] for check in planted} == planted
    assert set(verdicts.values()) <= {"WARN", "FAIL", "PASS", "NOT MEASURABLE"}
    assert sum(report["accounting"]["rows_skipped"].values()) > 0
    assert prefaudit("demo", "--rows", 2000, "--fail-on", "fail").returncode in {0, 1}


@pytest.mark.parametrize("name", ["demo.jsonl", "demo.jsonl.gz", "demo.parquet"])
def test_the_demo_can_be_written(tmp_path: Path, name: str) -> None:
    assert prefaudit("demo", "--rows", 50, "--write", tmp_path / name).returncode == 0
    assert "50 rows read" in prefaudit("audit", tmp_path / name).stdout


@pytest.mark.parametrize("name", ["demo.xml", "no/such/folder/demo.jsonl"])
def test_the_demo_cannot_be_written(tmp_path: Path, name: str) -> None:
    assert prefaudit("demo", "--write", tmp_path / name).returncode == 2


def test_explain_gives_the_docstring_and_the_settings() -> None:
    text = prefaudit("explain", "length-bias").stdout
    assert "Why it matters:" in text
    assert "length-bias.warn = 0.05" in text
    assert "near-duplicate" in prefaudit("explain").stdout
    assert prefaudit("explain", "length").returncode == 2


def test_several_files_are_one_data_set(good: Path, bad: Path) -> None:
    done = prefaudit("audit", good, bad, "--json", "-")
    report = json.loads(done.stdout)
    assert report["accounting"]["rows_in"] == 60
    assert report["dataset"]["arguments"] == [str(good), str(bad)]
    missing = prefaudit("audit", good, "none.jsonl")
    assert (missing.returncode, "none.jsonl: of several sources" in missing.stderr) == (3, True)


def test_as_many_examples_as_asked_for_and_the_commands_that_work(bad: Path, tmp_path: Path) -> None:
    counts = []
    for asked in ("0", "2", "10"):
        done = prefaudit("audit", bad, "--select", "identical", "--examples", asked)
        counts.append(done.stdout.count("e.g. row"))
    assert counts == [0, 2, 10]
    (look,) = (line for line in done.stdout.splitlines() if line.startswith("  look: "))
    (leave,) = (line for line in done.stdout.splitlines() if line.startswith("  leave out: "))
    assert "answer 0" in prefaudit(*look.split()[2:]).stdout
    assert prefaudit(*leave.split()[3:], cwd=tmp_path).returncode == 0
    assert (tmp_path / "clean.jsonl").read_text() == ""


def test_the_help_has_sections_and_examples() -> None:
    audit, all_of_it = prefaudit("audit", "--help").stdout, prefaudit("--help").stdout
    heads = [line for line in audit.splitlines() if line.endswith(":") and not line.startswith(" ")]
    names = ["Arguments", "Reading", "Checks", "Report", "Gate", "Configuration", "Other", "Examples"]
    assert heads == [f"{name}:" for name in names]
    commands = {line.split()[0] for line in all_of_it.splitlines() if line.startswith("  ") and line.strip()}
    assert {"audit", "show", "leakage", "demo", "filter", "split", "checks", "explain", "config"} <= commands


def test_slices_by_one_side_are_refused_by_name(good: Path) -> None:
    done = prefaudit("audit", good, "--by", "chosen-length")
    assert (done.returncode, "make a bias out of nothing" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns = { prompt = 3 }", "columns is a table"),
        ('[length-bias]\nwarn = "wide"', "length-bias.warn (prefaudit.toml): 'wide' is not a number"),
        ("ignor = []", "did you mean ignore?"),
        ('ignore = ["length"]', "there is no check length: did you mean length-bias?"),
    ],
)
def test_configurations_that_are_wrong(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "prefaudit.toml").write_text(text)
    done = prefaudit("config", cwd=tmp_path)
    assert (done.returncode, said in done.stderr.replace(f"{tmp_path}{os.sep}", "")) == (2, True)


def test_version() -> None:
    assert prefaudit("--version").stdout.startswith("prefaudit ")


def test_an_output_that_knows_only_ascii(tmp_path: Path) -> None:
    path = tmp_path / "caf\u00e9.jsonl"
    path.write_text(json.dumps(ROWS[0]) + "\n")
    done = prefaudit("audit", path, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()


def test_a_reader_that_stops_early(good: Path) -> None:
    command = f"'{sys.executable}' -m prefaudit audit '{good}' | head -c 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="signals are other things on Windows")
def test_interrupted() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "prefaudit", "audit", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(1.5)  # until it waits for input
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=10)
    assert process.returncode == 130
    assert b"Traceback" not in stderr


def test_checks_are_listed_with_their_questions() -> None:
    listed = prefaudit("checks").stdout
    assert "near-duplicate" in listed
    assert all("?" in line for line in listed.splitlines())


@pytest.mark.parametrize("command", [["checks"], ["formats"], ["filters"], ["explain", "shortcuts"]])
def test_what_is_listed_and_explained_keeps_to_the_width(command: list[str]) -> None:
    lines = prefaudit(*command, env={**os.environ, "COLUMNS": "80"}).stdout.splitlines()
    assert len(lines) > 10
    assert max(map(len, lines)) <= 80
    assert any(line.startswith(" ") for line in lines) or command == ["checks"]


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_every_format_is_shown_within_the_width(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from prefaudit.cli.app import app
    from prefaudit.formats import formats

    monkeypatch.setenv("COLUMNS", str(columns))
    assert len(formats()) > 30
    for name, layout in formats().items():
        shown = CliRunner().invoke(app, ["formats", name]).stdout
        long = [line for line in shown.splitlines() if len(line) > columns]
        assert all(len(line.split()) == 1 for line in long), long  # a word, longer than the line
        assert all(f"--{option.replace('_', '-')} " in shown for option in layout.options)
        assert "\\\\n" not in shown


def test_formats_are_listed_and_shown() -> None:
    listed = [line.split()[0] for line in prefaudit("formats").stdout.splitlines() if not line.startswith(" ")]
    assert {"generic", "shp", "trl", "hh-rlhf"} <= set(listed)
    shown = prefaudit("formats", "shp").stdout
    assert "--min-score-ratio" in shown
    assert "history" in shown
    unknown = prefaudit("formats", "shpp")
    assert (unknown.returncode, "did you mean 'shp'?" in unknown.stderr) == (3, True)


SHP = {
    "history": "Why?",
    "human_ref_A": "So",
    "human_ref_B": "Not so",
    "labels": 1,
    "post_id": "p",
    "domain": "askculinary_train",
    "c_root_id_A": "a",
    "c_root_id_B": "b",
    "created_at_utc_A": 1,
    "created_at_utc_B": 2,
}


@pytest.fixture
def shp(tmp_path: Path) -> Path:
    path = tmp_path / "shp.jsonl"
    scores = ((10, 5), (10, 9), (30, 3))
    rows = ({**SHP, "score_A": a, "score_B": b, "score_ratio": a / b} for a, b in scores)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


@pytest.mark.parametrize("option", [["--min-score-ratio", "2"], ["--min-score-ratio=2"]])
def test_options_of_a_format(shp: Path, option: list[str]) -> None:
    for arguments in ([shp, *option], [*option, shp]):
        done = prefaudit("audit", *arguments, "--json", "-")
        assert json.loads(done.stdout)["accounting"]["rows_used"] == 2
    assert "format shp, told from " in done.stderr


def test_options_that_the_format_does_not_have(shp: Path, good: Path) -> None:
    assert prefaudit("audit", shp, "--min-score-rato", "2").returncode == 2
    other = prefaudit("audit", good, "--min-score-ratio", "2")
    assert (other.returncode, "format 'generic' has no option min_score_ratio" in other.stderr) == (3, True)


def test_a_limit_is_in_the_head(good: Path) -> None:
    head = " ".join(prefaudit("audit", good, "--limit", "5").stdout.split())
    assert "; only the first 5 rows, as asked for 5 rows read" in head


def test_configuration_is_found_and_can_be_left_alone(good: Path) -> None:
    (good.parent / "prefaudit.toml").write_text('ignore = ["length-bias"]\nfail-on = "fail"\n')
    configured = prefaudit("audit", good, cwd=good.parent).stdout
    assert "length-bias" not in configured
    assert "length-bias" in prefaudit("audit", good, "--isolated", cwd=good.parent).stdout
    assert "length-bias" in prefaudit("audit", good, "--select", "length-bias", "--ignore", "identical").stdout


def test_config_prints_what_is_in_force_as_a_configuration(tmp_path: Path) -> None:
    text = '[tool.prefaudit]\ncolumns = { prompt = "q" }\n[tool.prefaudit.identical]\nfail = 0.5\n'
    (tmp_path / "pyproject.toml").write_text(text)
    done = prefaudit("config", "--set", "length-bias.warn=0.03", cwd=tmp_path)
    printed = tomllib.loads(done.stdout)
    assert printed["columns"] == {"prompt": "q"}
    assert (printed["identical"]["fail"], printed["length-bias"]["warn"]) == (0.5, 0.03)
    assert "warn = 0.03  # --set" in done.stdout
    assert f"fail = 0.5  # {tmp_path / 'pyproject.toml'}" in done.stdout
    assert "# default" in done.stdout
    (tmp_path / "prefaudit.toml").write_text(done.stdout)
    assert tomllib.loads(prefaudit("config", cwd=tmp_path).stdout) == printed
    (tmp_path / "prefaudit.toml").write_text("[identicall]\nfail = 1\n")
    wrong = prefaudit("config", cwd=tmp_path)
    assert (wrong.returncode, "did you mean identical.fail?" in wrong.stderr) == (2, True)


def test_markdown_and_timings(good: Path, tmp_path: Path) -> None:
    done = prefaudit("audit", good, "--markdown", tmp_path / "report.md", "--timings")
    assert "seconds" in done.stdout
    assert (tmp_path / "report.md").read_text().startswith("# Audit of ")
    assert prefaudit("audit", good, "--markdown", "-").stdout.startswith("# Audit of ")
    assert prefaudit("audit", good, "--markdown", "-", "--json", "-").returncode == 2
