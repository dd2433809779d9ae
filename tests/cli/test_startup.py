"""What a command leaves away so as to start sooner."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pandas", reason="without pandas there is nothing to keep away")

SCRIPT = """
import sys
from prefaudit.cli import main
try:
    main()
except SystemExit:
    print("pandas" in sys.modules, file=sys.stderr)
"""


def run(script: str, *arguments: object) -> str:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr.strip()


def test_auditing_a_file_does_not_import_pandas(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text('{"prompt": "p", "chosen": "a", "rejected": "b"}\n')
    assert run(SCRIPT, "audit", file) == "False"


def test_pandas_can_be_imported_afterwards_and_is_left_to_the_hub() -> None:
    script = """
import sys
from prefaudit.cli.startup import without_pandas
without_pandas("no/such_dataset")
import pyarrow as pa
pa.array([None])
print("pandas" in sys.modules, file=sys.stderr)
"""
    assert run(script) == "True"
    assert run(script.replace("no/such_dataset", ".").replace("pa.array", "import pandas; pa.array")) == "True"
