"""What an audit says: plain values, so that any renderer can show them and JSON can carry them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What a check concludes. Neither `UNDERPOWERED` nor `NOT_MEASURABLE` is ever a pass."""

    PASS = "PASS"
    WARN = "WARN"
    FAIL = "FAIL"
    UNDERPOWERED = "UNDERPOWERED"
    NOT_MEASURABLE = "NOT MEASURABLE"


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
