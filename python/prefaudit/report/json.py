"""The report as JSON: plain values, finite numbers, the same bytes for the same report."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from prefaudit.errors import ConfigError
from prefaudit.report.model import Chart, Example, Finding, Measure, Report, Verdict

#: Raised when a key changes its meaning or goes away.
SCHEMA_VERSION = 1


def as_dict(report: Report) -> dict[str, Any]:
    """The report as dicts, lists, strings, booleans and finite numbers; null stands for what is not known."""
    return {
        "schema_version": SCHEMA_VERSION,
        "dataset": _plain(dict(report.dataset)),
        "accounting": _plain(dict(report.accounting)),
        "findings": [_finding(finding) for finding in report.findings],
        **({"timings": dict(report.timings)} if report.timings else {}),
    }


def of_dict(values: Any) -> Report:
    """The report that `as_dict` made `values` of.

    Raises:
        ConfigError: if they are none, or of another version.
    """
    version = values.get("schema_version") if isinstance(values, Mapping) else None
    if version != SCHEMA_VERSION:
        msg = f"this is no report of schema version {SCHEMA_VERSION}: its version is {version!r}"
        raise ConfigError(msg)
    try:
        findings = tuple(_finding_of(**finding) for finding in values["findings"])
        return Report(values["dataset"], values["accounting"], findings, values.get("timings", {}))
    except (KeyError, TypeError, ValueError) as error:
        msg = f"this is no report: {error}"
        raise ConfigError(msg) from error


def _finding_of(
    *, verdict: str, interval: Any, examples: Any, measure: Any, charts: Any, clustered_by: Any, **rest: Any
) -> Finding:
    return Finding(
        verdict=Verdict(verdict),
        interval=None if interval is None else (interval[0], interval[1]),
        examples=tuple(Example(**example) for example in examples),
        measure=Measure(**measure),
        charts=tuple(_chart_of(**chart) for chart in charts),
        clustered_by=tuple(clustered_by),
        **rest,
    )


def _chart_of(*, span: Any, marks: Any, **rest: Any) -> Chart:
    return Chart(span=None if span is None else (span[0], span[1]), marks=tuple(marks), **rest)


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
        "counted": finding.counted,
        "clustered_by": list(finding.clustered_by),
        "reason": finding.reason,
        "figures": _plain(finding.figures),
        "examples": [_plain(asdict(example)) for example in finding.examples],
        "advice": finding.advice,
        "measure": asdict(finding.measure),
        "brief": finding.brief,
        "filter": finding.filter,
        "charts": [_plain(asdict(chart)) for chart in finding.charts],
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
