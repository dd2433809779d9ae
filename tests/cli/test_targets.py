"""What is written never goes over what is read, nor over another output; and a full disk is said in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from commands import prefaudit
from prefaudit.cli.targets import check_targets

ROWS = [{"prompt": f"q {row}", "chosen": f"answer {row}", "rejected": f"another one {row}"} for row in range(30)]
FULL = Path("/dev/full")


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        "audit train.jsonl --json train.jsonl",
        "audit train.jsonl --markdown ../{name}/train.jsonl",
        "audit . --json train.jsonl",
        "audit *.jsonl --json train.jsonl",
        "audit train.jsonl --json one --markdown one",
        "leakage train.jsonl other.jsonl --json train.jsonl",
        "filter train.jsonl -o kept.jsonl --report train.jsonl --drop identical --force",
        "filter train.jsonl -o kept.jsonl --report kept.jsonl --drop identical",
        "split train.jsonl -o . --kind jsonl --fractions train=0.5,test=0.5 --force",
        "demo --write train.jsonl",
        "audit ../{name}/train.jsonl --target-prompts train.jsonl --json train.jsonl",
        "leakage train.jsonl train.jsonl",
    ],
)
def test_nothing_is_lost_to_an_output(pairs: Path, arguments: str) -> None:
    before = pairs.read_bytes()
    found = prefaudit(*arguments.replace("{name}", pairs.parent.name).split(), cwd=pairs.parent)
    assert (found.returncode, pairs.read_bytes() == before) == (2, True), found.stderr
    assert [path.name for path in pairs.parent.iterdir()] == [pairs.name]


@pytest.mark.parametrize("option", ["target-prompts", "config"])
def test_what_is_read_beside_the_data_is_not_written_over(pairs: Path, tmp_path: Path, option: str) -> None:
    beside = tmp_path / "beside.toml"
    beside.write_text("select = ['identical']\n")
    found = prefaudit("audit", pairs, f"--{option}", beside, "--json", beside)
    assert (found.returncode, "is what is read" in found.stderr) == (2, True)
    assert beside.read_text() == "select = ['identical']\n"


def test_what_is_filtered_may_take_the_place_of_what_it_came_from(pairs: Path) -> None:
    pairs.write_text(pairs.read_text() + json.dumps({**ROWS[0], "rejected": ROWS[0]["chosen"]}) + "\n")
    command = ("filter", pairs, "-o", pairs, "--drop", "identical")
    assert prefaudit(*command).returncode == 2
    assert prefaudit(*command, "--force").returncode == 0
    assert [json.loads(line) for line in pairs.read_text().splitlines()] == ROWS


def test_outputs_that_are_no_files_and_sources_that_are_not_here(tmp_path: Path) -> None:
    check_targets({"--json": "-", "--markdown": None}, ["owner/name", "-"])
    check_targets({"--json": "/dev/null", "--markdown": "/dev/null"}, ["owner/name"])
    with pytest.raises(typer.BadParameter, match="where --json goes as well"):
        check_targets({"--json": tmp_path / "a", "--markdown": tmp_path / "b" / ".." / "a"})


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("option", ["--json", "--markdown"])
def test_a_full_disk(pairs: Path, option: str) -> None:
    found = prefaudit("audit", pairs, option, FULL)
    assert (found.returncode, found.stderr.strip()) == (
        2,
        "error: the output cannot be written: No space left on device",
    )


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_full_disk_under_stdout(pairs: Path) -> None:
    with FULL.open("w") as full:
        command = [sys.executable, "-m", "prefaudit", "audit", str(pairs)]
        found = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (found.returncode, found.stderr.strip()) == (
        2,
        "error: the output cannot be written: No space left on device",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams(pairs: Path, tmp_path: Path, closed: str) -> None:
    report = tmp_path / "report.json"
    command = f'"{sys.executable}" -m prefaudit audit "{pairs}" --json "{report}" {closed}'
    found = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(report.read_text())["accounting"]["rows_in"] == len(ROWS)


def test_a_report_appears_when_it_is_complete(pairs: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text("old")
    pairs.write_text("[")
    assert prefaudit("audit", pairs, "--json", report).returncode == 3
    assert report.read_text() == "old"


@pytest.mark.parametrize("columns", ["0", "-1", "abc", ""])
def test_a_width_that_is_none(pairs: Path, columns: str) -> None:
    expected = prefaudit("audit", pairs, env={"PATH": ""})
    assert prefaudit("audit", pairs, env={"PATH": "", "COLUMNS": columns}).stdout == expected.stdout != ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--max-length", "5"], "it takes a tokenizer to count tokens"),
        (["--checks", ""], "it names no check"),
        (["--checks", " , "], "it names no check"),
    ],
)
def test_options_that_would_do_nothing(pairs: Path, arguments: list[str], message: str) -> None:
    found = prefaudit("audit", pairs, *arguments)
    assert (found.returncode, message in found.stderr) == (2, True)
