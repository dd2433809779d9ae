"""Records of long runs that are made elsewhere: fuzzing, and the comparison with difflib on real data."""

from __future__ import annotations

import json

from benches import ROOT
from benches.tables import table

_FUZZ = ROOT / "benches" / "fuzz.json"
_EXACTNESS = ROOT / "benches" / "EXACTNESS.md"


def render() -> str:
    """Both records, as far as they exist."""
    return f"### Fuzzing\n\n{_fuzzing()}\n\n### Exactness\n\n{_exactness()}"


def _fuzzing() -> str:
    if not _FUZZ.exists():
        return "No record yet."
    found = json.loads(_FUZZ.read_text(encoding="utf-8"))
    rows = found if isinstance(found, list) else [{"target": name, **facts} for name, facts in found.items()]
    head = list(dict.fromkeys(key for row in rows for key in row))
    return table(head, [[_cell(row.get(key)) for key in head] for row in rows])


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _exactness() -> str:
    if not _EXACTNESS.exists():
        return "No record yet."
    lines = _EXACTNESS.read_text(encoding="utf-8").strip().splitlines()
    return "\n".join(lines[1:] if lines[0].startswith("# ") else lines).strip()
