"""The report as JSON: plain values, finite numbers, the same bytes for the same report."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prefaudit.report.model import Finding, Report

#: Raised when a key changes its meaning or goes away.
SCHEMA_VERSION = 1


def as_dict(report: Report) -> dict[str, Any]:
    """The report as dicts, lists, strings, booleans and finite numbers; null stands for what is not known."""
    return {
        "schema_version": SCHEMA_VERSION,
        "dataset": _plain(dict(report.dataset)),
        "accounting": _plain(dict(report.accounting)),
        "findings": [_finding(finding) for finding in report.findings],
    }


def as_json(report: Report) -> str:
    """The report as indented JSON, with a line feed at its end."""
    return json.dumps(as_dict(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "verdict": finding.verdict.value,
        "estimate": _plain(finding.estimate),
        "interval": _plain(finding.interval),
        "n": finding.n,
        "reason": finding.reason,
        "figures": _plain(finding.figures),
        "examples": [_plain(asdict(example)) for example in finding.examples],
        "advice": finding.advice,
    }


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case float():
            return value if math.isfinite(value) else None
        case _:
            return value
