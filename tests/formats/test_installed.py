"""A format of another package: that of docs/formats.md, installed by pip and found by its entry point."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs" / "formats.md"
METADATA = {
    "METADATA": "Metadata-Version: 2.1\nName: thumbs\nVersion: 1.0\n",
    "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}


def shown(language: str, word: str) -> str:
    """The block of code in the docs that has a word in it."""
    blocks = re.findall(rf"```{language}\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    (found,) = (block for block in blocks if word in block)
    return str(found)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed the package."""
    folder = tmp_path_factory.mktemp("thumbs")
    entry = re.sub(r'\[project\.entry-points\."(.*?)"\]', r"[\1]", shown("toml", "entry-points")).replace('"', "")
    files = {"thumbs.py": shown("python", "class Thumbs")}
    files |= {f"thumbs-1.0.dist-info/{name}": text for name, text in METADATA.items()}
    files |= {"thumbs-1.0.dist-info/entry_points.txt": entry}
    files["thumbs-1.0.dist-info/RECORD"] = "".join(f"{name},,\n" for name in files)
    with zipfile.ZipFile(folder / "thumbs-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target"]
    subprocess.run([*command, folder / "site", folder / "thumbs-1.0-py3-none-any.whl"], check=True)
    return folder / "site"


def run(site: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "prefaudit", *map(str, arguments)]
    paths = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=environment)


def test_it_is_listed_and_described(site: Path) -> None:
    assert re.search(r"^thumbs +`ask`, `up` and `down`", run(site, "formats").stdout, re.MULTILINE)
    described = run(site, "formats", "thumbs")
    assert described.returncode == 0
    assert "ask, up, down" in described.stdout


def test_it_is_told_from_the_rows(site: Path, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"ask": f"Q{at}?", "up": "yes", "down": "no"} for at in range(40)]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"ask": None, "up": "yes", "down": "no"}]))
    done = run(site, "audit", path, "--json", tmp_path / "report.json")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["dataset"]["format"] == "thumbs"
    assert (report["accounting"]["rows_used"], report["accounting"]["rows_skipped"]) == (
        40,
        {"'ask' is null or missing": 1},
    )


def test_a_package_that_cannot_be_imported_is_named(site: Path, tmp_path: Path) -> None:
    (site / "thumbs.py").rename(tmp_path / "thumbs.py")
    try:
        done = run(site, "formats")
    finally:
        (tmp_path / "thumbs.py").rename(site / "thumbs.py")
    assert done.returncode == 3
    assert re.fullmatch(r"error: the format 'thumbs' of the package thumbs cannot be loaded \(.*\).*\n", done.stderr)
