"""HelpSteer and HelpSteer2: one rated response a row, and the responses to a prompt in consecutive rows."""

from __future__ import annotations

from itertools import combinations, groupby
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

from prefaudit.formats.aspects import aspects
from prefaudit.formats.base import Format
from prefaudit.formats.options import Option
from prefaudit.formats.rowwise import Placed, assembled, plain_rows
from prefaudit.formats.values import UnusableRow, number, optional_number, text
from prefaudit.sources.base import Plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.accounting import Accounting
    from prefaudit.formats.rowwise import Pair
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample

_ASPECTS = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
_ALONE = "no other row with the same prompt stands next to it"


class _Rated(NamedTuple):
    prompt: str
    response: str
    helpfulness: float
    ratings: dict[str, float | None]


class HelpSteer(Format):
    """`prompt`, `response`, and five ratings from 0 to 4: helpfulness, correctness, coherence, complexity, verbosity.

    Layout of the data set cards of `nvidia/HelpSteer` and `nvidia/HelpSteer2` (21,362 rows, two a prompt). The more
    helpful response is the chosen one, equal helpfulness is a tie. Two consecutive rows with the same prompt are a
    pair, also where they stand in two files. HelpSteer has up to four rows a prompt: by default the first is paired
    with the second and the third with the fourth; `pairs=all` takes each two of them. A row that is left without a
    partner is skipped, so shuffled rows cannot be read. A pair has the row number of the earlier row.
    """

    name: ClassVar[str] = "helpsteer"
    needs: ClassVar[tuple[str, ...]] = ("prompt", "response", *_ASPECTS)
    options: ClassVar[Mapping[str, Option]] = {
        "pairs": Option(
            "consecutive",
            "a prompt's rows two at a time, or each two of them",
            choices=("consecutive", "all"),
        ),
    }
    splittable: ClassVar[bool] = False

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """One response, as text; the ratings are the data set's own."""
        return sample.holds_text("response")

    @property
    def schema(self) -> Plain:
        """The columns to read, as plain values."""
        return Plain(self.needs)

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """The pairs of consecutive rows."""
        yield from assembled(self._placed(batches, accounting), threads=threads)

    def _placed(self, batches: Iterator[RawBatch], accounting: Accounting) -> Iterator[Placed]:
        match = _all if self.chosen["pairs"] == "all" else _consecutive
        for _, run in groupby(_usable(batches, accounting), key=lambda row: row.value.prompt):
            for first, second in match(run):
                if second is None:
                    accounting.skip(_ALONE, first.source, first.row, "no partner")
                else:
                    yield Placed(_pair(first.value, second.value), first.source, first.row)


#: A row with its partner, or without one.
_Match: TypeAlias = "tuple[Placed, Placed | None]"


def _consecutive(run: Iterator[Placed]) -> Iterator[_Match]:
    for row in run:
        yield row, next(run, None)


def _all(run: Iterator[Placed]) -> Iterator[_Match]:
    rows = list(run)
    if len(rows) == 1:
        yield rows[0], None
    yield from combinations(rows, 2)


def _usable(batches: Iterator[RawBatch], accounting: Accounting) -> Iterator[Placed]:
    for row in plain_rows(batches):
        try:
            yield row._replace(value=_rated(row.value))
        except UnusableRow as problem:
            accounting.skip(problem.reason, row.source, row.row, problem.detail)


def _rated(row: Mapping[str, Any]) -> _Rated:
    ratings = {name: optional_number(row, name) for name in _ASPECTS}
    return _Rated(text(row, "prompt"), text(row, "response"), number(row, "helpfulness"), ratings)


def _pair(first: _Rated, second: _Rated) -> Pair:
    better, worse = (second, first) if second.helpfulness > first.helpfulness else (first, second)
    return {
        "prompt": first.prompt,
        "chosen": better.response,
        "rejected": worse.response,
        "score_chosen": better.helpfulness,
        "score_rejected": worse.helpfulness,
        "tie": better.helpfulness == worse.helpfulness,
        "aspects": aspects(better.ratings, worse.ratings),
    }
