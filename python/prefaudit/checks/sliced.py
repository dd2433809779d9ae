"""A check repeated inside the slices of a data set, and judged as a family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit import kernels
from prefaudit.checks.base import Check
from prefaudit.checks.columns import as_mask
from prefaudit.errors import ConfigError
from prefaudit.pairs import SCHEMA, PairBatch
from prefaudit.report.model import Chart, Verdict
from prefaudit.stats.families import Judged, judge_family
from prefaudit.stats.keyed import Keyed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from prefaudit.config import Settings
    from prefaudit.report.model import Finding

#: With more values than this a column is no way to slice: it is an identifier.
MOST_SLICES = 1000
#: The least length of each bin, in words.
_BINS = (0, 10, 25, 50, 100, 200, 400, 800)
#: Slices by length. Both are the same for either order of the responses: bins of the chosen one's length alone would
#: make a bias out of nothing.
_LENGTHS = ("length", "prompt-length")
_WORST_FIRST = (Verdict.FAIL, Verdict.WARN, Verdict.UNDERPOWERED, Verdict.NOT_MEASURABLE, Verdict.PASS)


class _Slice(NamedTuple):
    """What a check found in one slice, after the family was judged."""

    name: str
    finding: Finding
    judged: Judged | None

    @property
    def verdict(self) -> Verdict:
        return self.judged.verdict if self.judged else self.finding.verdict

    @property
    def interval(self) -> tuple[float, float] | None:
        return self.judged.interval if self.judged else self.finding.interval

    def rank(self) -> tuple[int, float, int, str]:
        """The worst first: by verdict, then by how much of the interval is beyond, or by the estimate; then by size."""
        least = self.judged.least if self.judged else self.finding.estimate or 0.0
        return _WORST_FIRST.index(self.verdict), -least, -self.finding.n, self.name

    def told(self) -> str:
        """What the family says of it, in words; where there is none, what the check says."""
        if self.judged is None:
            return self.finding.reason
        low, high = self.judged.interval
        among = f"{low:.1%} to {high:.1%} as one of all slices"
        n = f"{self.finding.n:,} {self.finding.counted}"
        return f"{self.finding.estimate:.1%} of {n}, {among}, q = {self.judged.q:.2g}"

    def row(self) -> dict[str, Any]:
        return {
            "slice": self.name,
            "verdict": self.verdict.value,
            "estimate": self.finding.estimate,
            "interval": None if self.interval is None else list(self.interval),
            "n": self.finding.n,
            **({"q": self.judged.q} if self.judged else {}),
        }


class Sliced(Check):
    """One check for each value of a column.

    Shares that are judged by a band are one family: which of them stand out is decided by Benjamini & Hochberg, and
    their intervals are simultaneous (Benjamini & Yekutieli); see `stats.families`. Shares of a census are facts, and
    keep the verdicts that they have.

    Args:
        check: the check to repeat; `checks.registry.SLICEABLE` says which can be.
        by: a column of `pairs.SCHEMA`, or "length" (the mean words of both responses) or "prompt-length".
        settings: those of the check.
        column: where the slices are, if not in the column `by`: see `slicings`.
    """

    def __init__(
        self, check: type[Check], by: str, settings: Settings | None = None, *, column: str | None = None
    ) -> None:
        self.id = f"{check.id} by {by}"  # type: ignore[misc]  # one for each column
        self.by = by
        self._column = checked_slicing(column or by)
        self._check = check
        self._settings = settings
        self.settings = check(settings).settings
        self.measure, self.advice = check.measure, check.advice  # type: ignore[misc]
        self.slices: Keyed[Check] = Keyed(lambda: check(settings))

    def update(self, batch: PairBatch) -> None:
        """Show each slice of a batch to its own check.

        Raises:
            ConfigError: if the column has more values than slices can have.
        """
        names = slices_of(batch, self._column)
        for name in pc.unique(names).to_pylist():
            rows = pc.equal(names, name)
            part = batch if as_mask(rows).all() else PairBatch(batch.records.filter(rows), threads=batch.threads)
            self.slices[name].update(part)
        if len(self.slices) > MOST_SLICES:
            msg = f"--by {self.by}: over {MOST_SLICES:,} values are no slices; map another column to it, or drop it"
            raise ConfigError(msg)

    def result(self) -> Finding:
        """The worst slice, and all of them."""
        found = sorted(self._judged(), key=_Slice.rank)
        measured = [one for one in found if one.finding.n]
        if not measured or all(one.name == _unnamed(self._column) for one in found):
            reason = f"there are no slices: the column {self.by} is missing, or nothing in them can be measured"
            named = [one for one in found if one.name != _unnamed(self._column)]
            missing = named[0].finding.brief if named else f"values of {self.by}"
            return self._not_measurable(reason, {"slices_by": self.by}, missing=missing)
        worst = measured[0]
        counts = {verdict: sum(one.verdict is verdict for one in measured) for verdict in _WORST_FIRST}
        told = ", ".join(f"{count:,} {verdict.value}" for verdict, count in counts.items() if count)
        figures = {"slices_by": self.by, "slices_measured": len(measured), "slices": [one.row() for one in found]}
        reason = f"{len(measured):,} slices: {told}; the worst is {worst.name}: {worst.told()}"
        return self._finding(
            worst.verdict,
            worst.finding.estimate,  # type: ignore[arg-type]  # it is measured
            worst.interval,  # type: ignore[arg-type]
            worst.finding.n,
            reason,
            figures,
            brief=f"{worst.name}, the worst of {len(measured):,} slices ({told})",
            counted=worst.finding.counted,
            clustered_by=worst.finding.clustered_by,
        )

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """The slices beside each other."""
        del figures
        title = f"{self.measure.name}, by {self.by}; the worst first"
        return (Chart("intervals", "slices", title, "slice", "estimate", "n", unit=self.measure.unit),)

    def _judged(self) -> list[_Slice]:
        slices = list(self.slices.items())
        for _, check in slices:
            check.counted = self.counted
        findings = [(name, check, check.result()) for name, check in slices]
        judged: dict[str, Judged] = {}
        family = [(name, check.share()) for name, check, finding in findings if finding.n and check.share()]
        if family:
            band = next(check.band() for _, check, _ in findings)
            verdicts = judge_family([share for _, share in family if share], band) if band else []
            judged = {name: verdict for (name, _), verdict in zip(family, verdicts, strict=bool(verdicts))}
        return [_Slice(name, finding, judged.get(name)) for name, _, finding in findings]


def slicings(by: Iterable[str]) -> dict[str, str]:
    """For each name to slice by the column that holds it: its own, or `domain` for a column that only the data know.

    Raises:
        ConfigError: if there are several of those; there is one domain.

    Example:
        >>> slicings(["length", "topic"])
        {'length': 'length', 'topic': 'domain'}
    """
    by = list(by)
    own = [name for name in by if name not in {*SCHEMA.names, *_LENGTHS, *_ONE_SIDED}]
    if len(own) > 1 or (own and "domain" in by):
        msg = f"--by {', '.join(by)}: of columns that are not of the record ({', '.join(own)}) one at a time"
        raise ConfigError(msg)
    return {name: "domain" if name in own else name for name in by}


def checked_slicing(by: str) -> str:
    """The name, if data can be sliced by it.

    Raises:
        ConfigError: if not.
    """
    known = [*_LENGTHS, *(field.name for field in SCHEMA if _holds_values(field.type) and field.name not in _TEXTS)]
    if by not in known:
        if by in _ONE_SIDED:
            msg = f"--by {by}: slices by the length of one response make a bias out of nothing; --by length uses both"
            raise ConfigError(msg)
        msg = f"--by {by}: slices are by {', '.join(known)}; --columns domain=NAME makes a column of yours the domain"
        raise ConfigError(msg)
    return by


_ONE_SIDED = {f"{side}{sign}length" for side in ("chosen", "rejected") for sign in "-_"}
_TEXTS = ("prompt", "chosen", "rejected", "chosen_full", "rejected_full", "pair_id", "first_shown", "tie", "diverged")


def _holds_values(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_dictionary(kind))


def slices_of(batch: PairBatch, by: str) -> pa.StringArray:
    """The slice of each pair; one of its own for those whose column is null, or that the batch does not carry."""
    if by == "length":
        return _binned((batch.chosen_words.to_numpy() + batch.rejected_words.to_numpy()) / 2)
    if by == "prompt-length":
        return _binned(kernels.word_counts(batch.prompt, threads=batch.threads).to_numpy())
    column = batch.column(by)
    if column is None:
        return pa.repeat(pa.scalar(_unnamed(by)), len(batch))
    return pc.fill_null(column.cast(pa.string()), _unnamed(by))


def _unnamed(by: str) -> str:
    return f"(no {by})"


def _binned(words: NDArray[Any]) -> pa.StringArray:
    ends: Sequence[str] = [f"to {end - 1:,}" for end in _BINS[1:]]
    names = [f"{start:,} {end} words" for start, end in zip(_BINS, [*ends, "and more"], strict=True)]
    at = np.searchsorted(_BINS, words, side="right") - 1
    return pa.array(names, pa.string()).take(pa.array(at))
