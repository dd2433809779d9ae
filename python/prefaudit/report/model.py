"""What an audit says: plain values, so that any renderer can show them and JSON can carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self, cast

from prefaudit.errors import ConfigError, VerdictError


class Verdict(StrEnum):
    """What a check concludes. Neither `UNDERPOWERED` nor `NOT_MEASURABLE` is ever a pass."""

    PASS = "PASS"  # noqa: S105 - not a password
    WARN = "WARN"
    FAIL = "FAIL"
    UNDERPOWERED = "UNDERPOWERED"
    NOT_MEASURABLE = "NOT MEASURABLE"


#: From the worst to the best; what cannot be told stands before what is fine.
_SEVERITY = (Verdict.FAIL, Verdict.WARN, Verdict.UNDERPOWERED, Verdict.NOT_MEASURABLE, Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Example:
    """One pair that a finding points at: where it stands, how bad it is, and what to look at."""

    source: str
    row: int
    value: float
    note: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check.

    `estimate` is the check's main figure (its meaning is in the check's `explain` text), `interval` its
    95% confidence interval, `n` the number of pairs it rests on. All three are None (n = 0) when the
    check had nothing to measure. `figures` holds everything else that the check counted, by name.
    """

    check: str
    verdict: Verdict
    estimate: float | None
    interval: tuple[float, float] | None
    n: int
    reason: str
    figures: dict[str, Any] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A whole audit: what was read, what became of its rows, and what each check found.

    Attributes:
        dataset: the data set's name and format, and the version of prefaudit that read it.
        accounting: rows in, used and skipped (with reasons and examples), votes, pairs, ties.
        findings: one for each check, in the order in which the checks were named.
        timings: seconds by check and for reading, where they were asked for.
    """

    dataset: Mapping[str, Any]
    accounting: Mapping[str, Any]
    findings: tuple[Finding, ...]
    timings: Mapping[str, float] = field(default_factory=dict)

    def __getitem__(self, check: str) -> Finding:
        """The finding of one check, by its id."""
        for finding in self.findings:
            if finding.check == check:
                return finding
        raise KeyError(check)

    def worst_first(self) -> list[Finding]:
        """The findings, failures first; in their own order where the verdict is the same."""
        return sorted(self.findings, key=lambda finding: _SEVERITY.index(finding.verdict))

    def raise_for_verdict(self, at_least: str = "fail") -> None:
        """Raise `VerdictError` if a check came to this verdict or a worse one.

        Args:
            at_least: "warn" or "fail". Neither counts UNDERPOWERED or NOT MEASURABLE.

        Example:
            >>> import prefaudit
            >>> rows = [{"prompt": "Hi", "chosen": "Hello!", "rejected": "Hello!"}]
            >>> report = prefaudit.audit(rows, checks=["identical"])
            >>> report.raise_for_verdict("fail")
            Traceback (most recent call last):
            ...
            prefaudit.errors.VerdictError: identical: FAIL (1 of 1 pairs are byte-equal; 0 more differ in form only)
        """
        bad = {"fail": {Verdict.FAIL}, "warn": {Verdict.FAIL, Verdict.WARN}}
        if at_least not in bad:
            msg = f"at_least is 'warn' or 'fail', not {at_least!r}"
            raise ConfigError(msg)
        found = [finding for finding in self.worst_first() if finding.verdict in bad[at_least]]
        if found:
            raise VerdictError("; ".join(f"{one.check}: {one.verdict} ({one.reason})" for one in found))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The report of which `values` is the `to_dict`.

        Raises:
            ConfigError: if it is none, or one of a later version.
        """
        from prefaudit.report.json import of_dict

        return cast("Self", of_dict(values))

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values: what the JSON report holds."""
        from prefaudit.report.json import as_dict

        return as_dict(self)

    def to_json(self) -> str:
        """The report as JSON."""
        from prefaudit.report.json import as_json

        return as_json(self)

    def to_markdown(self) -> str:
        """The report as Markdown (GitHub's tables)."""
        from prefaudit.report.markdown import as_markdown

        return as_markdown(self)

    def _repr_html_(self) -> str:
        """The report for notebooks."""
        from prefaudit.report.html import as_html

        return as_html(self)

    def to_text(self, width: int = 100) -> str:
        """The report as plain text of at most `width` columns."""
        from prefaudit.report.text import as_text

        return as_text(self, width)

    def __str__(self) -> str:
        return self.to_text()
