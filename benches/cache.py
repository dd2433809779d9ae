"""What a benchmark keeps between runs: its data and its latest results, in a folder for temporary files."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def folder() -> Path:
    """$PREFAUDIT_BENCH_CACHE, or a folder of temporary files."""
    named = os.environ.get("PREFAUDIT_BENCH_CACHE")
    found = Path(named) if named else Path(tempfile.gettempdir()) / "prefaudit-benches"
    found.mkdir(parents=True, exist_ok=True)
    return found


def keep(part: str, found: dict[str, Any], *, quick: bool) -> None:
    """Keep what was measured; rough measurements apart from real ones."""
    _file(part, quick=quick).write_text(json.dumps(found), encoding="utf-8")


def kept(part: str, *, quick: bool = False) -> dict[str, Any] | None:
    """What was measured last, if anything."""
    file = _file(part, quick=quick)
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def _file(part: str, *, quick: bool) -> Path:
    return folder() / f"{part}{'-quick' if quick else ''}.json"
