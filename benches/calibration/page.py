"""docs/calibration.md: what was planted, what was found, what the intervals cover."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from benches.tables import table
from prefaudit.report.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benches.calibration.coverage import Coverage
    from benches.calibration.running import Outcome
    from benches.calibration.whole import Whole

_ROLES = ("clean", "dose", "claim", "small")
_KINDS = {"clean": "clean", "dose": "defect", "claim": "**defect, claimed**", "small": "small"}
_SHOWN = (Verdict.FAIL, Verdict.UNDERPOWERED, Verdict.NOT_MEASURABLE, Verdict.PASS)
_HEAD = """# Calibration

Written by `python -m benches.calibration` ({sets} sets of each kind, seeds 0 to {last}); the tests repeat a part of it.

An alarm is WARN or FAIL. For each check a defect is planted at known doses in data that are otherwise clean *for that
check*. Two promises are held against every row:

- **claimed** doses are the smallest that the check promises to see: an alarm in at least 98% of the sets;
- **clean** sets have as many rows as a PASS takes, and raise an alarm in at most 2%.

Rows marked *small* promise nothing: they show what becomes of sets that are too small. There a check that rests on the
band rule alarms on up to 5% of clean sets, for WARN is also given where p <= .05 and the estimate lies outside of the
band; with some 550 independent rows or more this is rare, since then chance alone no longer leaves the band.
"""


def render(outcomes: Sequence[Outcome], coverage: Sequence[Coverage], whole: Sequence[Whole]) -> str:
    """The page."""
    sets = outcomes[0].sets
    parts = [
        _HEAD.format(sets=sets, last=sets - 1),
        f"## In short\n\n{_short(outcomes)}\n\n{_broken(outcomes, coverage)}\n",
        f"## A whole report on clean data\n\n{_whole(whole)}\n",
        f"## Coverage of the intervals\n\n{_coverage(coverage)}\n",
        "## Check by check\n",
        *(f"### {check}\n\n{_check(list(of))}\n" for check, of in groupby(outcomes, lambda one: one.kind.check)),
    ]
    return "\n".join(parts)


def _short(outcomes: Iterable[Outcome]) -> str:
    """A line for each check: its claims and its false alarms."""
    rows = []
    for check, group in groupby(outcomes, lambda one: one.kind.check):
        of = list(group)
        claims, clean = ([one for one in of if one.kind.role == role] for role in ("claim", "clean"))
        least, most = min(one.alarms for one in claims), max(one.alarms for one in clean)
        rows.append([check, str(len(claims)), f"{least} of {of[0].sets}", str(len(clean)), f"{most} of {of[0].sets}"])
    head = ["check", "claimed doses", "least detection", "kinds of clean sets", "most false alarms"]
    return table(head, rows)


def _broken(outcomes: Iterable[Outcome], coverage: Iterable[Coverage]) -> str:
    broken = [f"{one.kind.check}: {one.kind.what}" for one in outcomes if one.holds is False]
    broken += [f"{one.interval}: {one.what}" for one in coverage if not one.holds]
    if not broken:
        return "Every promise is kept."
    return "Promises that are not kept:\n\n" + "\n".join(f"- {one}" for one in broken)


def _check(outcomes: list[Outcome]) -> str:
    ordered = sorted(outcomes, key=lambda one: _ROLES.index(one.kind.role))
    head = ["sets", "of", "size", "alarms", "FAIL", "UNDERPOWERED", "NOT MEASURABLE", "PASS"]
    return table(head, [_row(one) for one in ordered])


def _row(one: Outcome) -> list[str]:
    kept = {True: "", False: " **not kept**", None: ""}[one.holds]
    shares = (one.verdicts[which] / one.sets for which in _SHOWN)
    size = f"{one.kind.size:,} {one.kind.unit}"
    return [_KINDS[one.kind.role], one.kind.what, size, f"{one.alarms / one.sets:.1%}{kept}", *map(_percent, shares)]


def _percent(share: float) -> str:
    return f"{share:.1%}" if share else "-"


def _coverage(coverage: Iterable[Coverage]) -> str:
    text = (
        "How often a 95% interval holds what it is about: by enumeration of every outcome where that is possible, "
        "else in made sets. Within 94-96%, give or take two standard errors of the number of sets, or above where the "
        "last column says why."
    )
    rows = [
        [
            *(one.interval, one.what, f"{one.covered:.2%}{'' if one.holds else ' **not kept**'}"),
            *(f"{one.sets:,}" if one.sets else "enumerated", one.conservative),
        ]
        for one in coverage
    ]
    return f"{text}\n\n{table(['interval', 'of', 'covered', 'sets', 'conservative: why'], rows)}"


def _whole(whole: Sequence[Whole]) -> str:
    text = (
        "All checks at once on records with annotators, times, three votes a pair, places, aspects, scores and ties, "
        "and nothing wrong with them (`benches/calibration/whole.py`). Checks are not corrected for each other; "
        "this is how often any of them alarms."
    )
    head = ["prompts", "reports", "with an alarm", "which", "UNDERPOWERED"]
    return f"{text}\n\n{table(head, [_report(one) for one in whole])}"


def _report(one: Whole) -> list[str]:
    alarms = {check: found[Verdict.WARN] + found[Verdict.FAIL] for check, found in one.verdicts.items()}
    unsure = {check: found[Verdict.UNDERPOWERED] for check, found in one.verdicts.items()}
    return [
        *(f"{one.prompts:,}", f"{one.sets:,}", f"{one.alarmed / one.sets:.1%}"),
        *(", ".join(f"{check} {n / one.sets:.1%}" for check, n in of.items() if n) or "-" for of in (alarms, unsure)),
    ]
