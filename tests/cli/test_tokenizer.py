"""What the command line does with a tokenizer, and what it says without the packages for one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [{"prompt": f"q {row}", "chosen": f"answer {row}", "rejected": f"another one {row}"} for row in range(9)]
#: Read by Python when it starts: an environment in which the extra is not installed.
WITHOUT = "import sys\nfor name in ('torch', 'transformers', 'tokenizers'):\n    sys.modules[name] = None\n"


def run(*command: object, without: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ if without is None else {**os.environ, "PYTHONPATH": str(without)}
    words = [sys.executable, *map(str, command)]
    return subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=False, env=environment)


@pytest.mark.parametrize(("length", "collapsed"), [(128, 885), (256, 278), (512, 27)])
def test_what_truncation_leaves_of_real_pairs(length: int, collapsed: int, data_dir: Path, hh_file: Path) -> None:
    pytest.importorskip("transformers", reason="prefaudit[torch] is not installed")
    options = ["--checks", "truncation-collapse", "--tokenizer", data_dir / "gpt2", "--max-length", length]
    done = run("-m", "prefaudit", "audit", hh_file, *options, "--json", "-")
    assert done.returncode == 0, done.stderr
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["verdict"], finding["n"], finding["estimate"]) == ("FAIL", 2312, collapsed / 2312)
    rows = {row["side"]: row["same"] for row in finding["figures"]["cut_on"]}
    assert rows["right"] == collapsed
    assert finding["figures"]["max_length"] == length


@pytest.mark.parametrize(
    "arguments",
    [
        ["audit", "--tokenizer", "gpt2"],
        ["filter", "-o", "out.jsonl", "--drop", "truncation-collapse:gpt2"],
        ["filter", "-o", "out.jsonl", "--drop", "overlength:5,unit=tokens,tokenizer=gpt2"],
    ],
)
def test_without_the_extra_one_line_says_how_to_install_it(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WITHOUT, encoding="utf-8")
    data = tmp_path / "pairs.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    command, *options = arguments
    done = run("-m", "prefaudit", command, data, *options, without=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "error: tokenizers take transformers: pip install 'prefaudit[torch]'\n"
    assert run("-m", "prefaudit", "audit", data, without=tmp_path).returncode == 0
