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
    """One pair that a finding points at: where it stands, how bad it is, what to look at, and how its texts go.

    `chosen` and `rejected` are short pieces of the two responses; empty where a check keeps no texts.
    """

    source: str
    row: int
    value: float
    note: str
    chosen: str = ""
    rejected: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """What an estimate is an estimate of: its name, and whether it is a "share", in "points" or a "number"."""

    name: str = "estimate"
    unit: str = "number"


#: Between the sources of an example of which only the row's number is known.
EITHER = " or "


@dataclass(frozen=True, slots=True)
class Chart:
    """How one of a finding's figures is drawn; what it shows is data, so that each renderer can draw it.

    Attributes:
        kind: "bars" (a bar a row, from 0), "intervals" (a point a row with the interval around it), "histogram" (of
            counts in bins of equal width), "scale" (the estimate itself, with its interval).
        figure: the figure's name among the finding's figures; the table's rows are the rows drawn.
        title: what is seen, in a few words.
        label: the column that names the rows.
        value: the column that is drawn.
        size: the column with the number of pairs or votes, if there is one.
        unit: that of the values, as in `Measure`.
        span: the ends of the axis; None where the values settle them.
        marks: values that are marked on the axis.
        table: whether the figure is to be shown as a table, too: where it has columns that are not drawn.
    """

    kind: str
    figure: str = ""
    title: str = ""
    label: str = ""
    value: str = ""
    size: str = ""
    unit: str = "share"
    span: tuple[float, float] | None = None
    marks: tuple[float, ...] = ()
    table: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check.

    `estimate` is the check's main figure (`measure` says of what), `interval` its 95% confidence interval, `n` how
    many it rests on, of what `counted` says. All three are None (n = 0) when the check had nothing to measure.
    `clustered_by` names what the interval takes to go together; none where it takes all for independent. `reason` is
    the verdict in a sentence, `brief` in a few words, or what is missing where nothing could be measured. `figures`
    holds everything else that the check counted, by name, and `charts` how some of it is drawn. `advice` says what to
    do, `filter` names the filter that takes out what was found.
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
    measure: Measure = field(default_factory=Measure)
    brief: str = ""
    filter: str = ""
    charts: tuple[Chart, ...] = ()
    counted: str = "pairs"
    clustered_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole audit: what was read, what became of its rows, and what each check found.

    Attributes:
        dataset: the data set's name and format, and the version of prefaudit that read it; `arguments`, where it was
            read on the command line, are those that read the same rows again.
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
            >>> report.raise_for_verdict("fail")  # doctest: +ELLIPSIS
            Traceback (most recent call last):
            ...
            prefaudit.errors.VerdictError: identical: FAIL (1 of 1 pairs have byte-equal responses; ...)
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

    def to_markdown(self, *, verbose: bool = False) -> str:
        """The report as Markdown (GitHub's tables, sections to unfold).

        Args:
            verbose: all figures of all checks.
        """
        from prefaudit.report.markdown import as_markdown

        return as_markdown(self, verbose=verbose)

    def _repr_html_(self) -> str:
        """The report for notebooks."""
        from prefaudit.report.html import as_html

        return as_html(self)

    def to_text(self, width: int = 100, *, verbose: bool = False) -> str:
        """The report as plain text of at most `width` columns.

        Args:
            width: the columns.
            verbose: all figures of all checks, not only of those that found something.
        """
        from prefaudit.report.text import as_text

        return as_text(self, width, verbose=verbose)

    def __str__(self) -> str:
        return self.to_text()
