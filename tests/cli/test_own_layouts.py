"""A layout of one's own, on the command line and in the configuration."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = "prompt=question,a=answer_1,b=answer_2,label=winner,annotator=worker"
ROWS = [
    {
        "question": f"Q{at}?",
        "answer_1": f"left {at}",
        "answer_2": f"right {at}",
        "winner": at % 3,
        "worker": f"w{at % 4}",
    }
    for at in range(60)
]


def audited(source: Path, *arguments: str, folder: Path) -> tuple[int, str, dict[str, Any]]:
    """Exit code, stderr, and the head and the accounting of the report."""
    command = [
        sys.executable,
        "-m",
        "prefaudit",
        "audit",
        str(source),
        "--json",
        "-",
        "--checks",
        "identical",
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=folder)
    found = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    return done.returncode, done.stderr, found.get("dataset", {}) | found.get("accounting", {})


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    path = tmp_path / "votes.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def test_ab_data_by_options(votes: Path, tmp_path: Path) -> None:
    arguments = ("--columns", COLUMNS, "--label-a", "1", "--label-tie", "0")
    code, _, report = audited(votes, *arguments, folder=tmp_path)
    assert (code, report["format"], report["votes"], report["ties"]) == (0, "ab", 60, 20)
    code, _, report = audited(votes, *arguments, "--label-b", "3", folder=tmp_path)
    assert report["rows_skipped"] == {"'label' names neither response nor a tie": 20}


def test_ab_data_by_configuration(votes: Path, tmp_path: Path) -> None:
    columns = ", ".join("{} = '{}'".format(*pair.split("=")) for pair in COLUMNS.split(","))
    options = "{ label_a = 1, label_tie = 0 }"
    (tmp_path / "pyproject.toml").write_text(f"[tool.prefaudit]\ncolumns = {{ {columns} }}\noptions = {options}\n")
    code, _, report = audited(votes, folder=tmp_path)
    assert (code, report["format"], report["votes"], report["ties"]) == (0, "ab", 60, 20)


def test_labels_that_are_not_explained(votes: Path, tmp_path: Path) -> None:
    code, said, _ = audited(votes, "--columns", COLUMNS, folder=tmp_path)
    assert code == 3
    assert said.count("\n") == 1
    assert "'label' holds 0, 1, 2: say which value means that a is preferred with --label-a VALUE" in said


def test_ways_into_columns(tmp_path: Path) -> None:
    path = tmp_path / "nested.json"
    rows = [{"task": {"q": f"Q{at}?"}, "outputs": [f"a{at}", f"b{at}"], "by.me": at % 7} for at in range(40)]
    path.write_text(json.dumps([*rows, {"task": {}, "outputs": ["a"], "by.me": 1}, {"outputs": "text"}]))
    columns = "prompt=task.q,chosen=outputs.0,rejected=outputs.1,annotator=by.me"
    code, _, report = audited(path, "--columns", columns, folder=tmp_path)
    assert (code, report["format"], report["rows_used"]) == (0, "generic", 40)
    assert report["rows_skipped"] == {"'prompt' is null or missing": 2}
    code, said, _ = audited(path, "--columns", "prompt=tsk.q,chosen=outputs.0,rejected=outputs.1", folder=tmp_path)
    assert code == 3
    assert "has no column 'tsk.q'; it has 'task', 'outputs', 'by.me'" in said
