"""Do pairs repeat?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.checks.base import Check
from prefaudit.checks.columns import (
    annotator_keys,
    combined,
    named_pairs,
    pair_keys,
    prompt_text_keys,
    source_keys,
)
from prefaudit.checks.examples import KEPT, Sources
from prefaudit.checks.shown import shown_first
from prefaudit.report.model import Example, Measure
from prefaudit.stats.intervals import clopper_pearson
from prefaudit.stats.rules import census
from prefaudit.stats.table import RowTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from prefaudit.checks.columns import PairKeys
    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding


class Duplicates(Check):
    """Do pairs repeat?

    What it measures:
        The share of rows that repeat an earlier one: the same prompt with the same two responses.

    Why it matters:
        A repeated pair counts twice in training, and where one copy is in the training split and the other
        in the test split the test is no test. Repeated prompts make rows dependent on each other.

    How it is computed:
        Prompts and responses are compared by 128-bit hashes of their text, of which 64 bits are kept. A pair
        is the same whichever response is preferred. The votes of different annotators on one pair are not
        repeats, nor are one annotator's votes at different times or with the responses shown in either order:
        `contradictions` compares those. The table counts what is beyond the first copy (`repeats`) and what has
        a copy (`in_groups`), for pairs, prompts and responses.

    Verdict:
        WARN when more than `warn` (1%) of the rows are repeats of a pair, FAIL when more than `fail` (5%) are.
        Every row is read, so the share is a fact; its interval (Clopper-Pearson) is about future data,
        and decides only with `sampled`.

    Limits:
        Only exact copies are seen; a changed blank hides one. Where annotators are not recorded two people's
        votes on one pair look like a repeat, unless the source gives the pairs an id. Of several files the
        row number of an example leaves the file open.

    References:
        Lee et al. 2022, ACL, arXiv:2107.06499 (what duplicates do in training); Clopper & Pearson 1934,
        Biometrika 26:404.
    """

    id = "duplicates"
    measure = Measure("repeated pairs", "share")
    advice = "keep one copy of each; split by prompt, never by row"
    filter = "duplicates"
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.01, "fail": 0.05, "sampled": False}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.pairs = RowTable(pair="u8", row="u4")
        self.prompts = RowTable(prompt="u8")
        self.responses = RowTable(response="u8")
        self.sources = Sources()

    def update(self, batch: PairBatch) -> None:
        """Keep the hashes of the rows of one batch."""
        prompts, keys = prompt_text_keys(batch), pair_keys(batch)
        self.pairs.add(pair=repeat_keys(batch), row=batch.row.to_numpy() & 0xFFFFFFFF)
        self.prompts.add(prompt=prompts[prompts > 0])
        self.responses.add(response=np.concatenate([keys.chosen, keys.rejected]))
        self.sources.note(batch)

    def result(self) -> Finding:
        """The share of rows that repeat a pair."""
        n = len(self.pairs)
        if n == 0:
            return self._not_measurable("there are no rows", {})
        groups = {
            what: _Repeats.of(part[what] for part in table.parts())
            for what, table in (("pair", self.pairs), ("prompt", self.prompts), ("response", self.responses))
        }
        pairs, prompts = groups["pair"], groups["prompt"]
        figures = {"repeats": [{"what": what, **group.figures()} for what, group in groups.items()]}
        interval = clopper_pearson(pairs.repeats, n)
        verdict = census(pairs.repeats, n, interval, **self.values())
        counted = self.counted
        share = f"{pairs.repeats:,} of {n:,} {counted} ({pairs.repeats / n:.2%})"
        reason = f"{share} repeat an earlier one; {prompts.repeats:,} share a prompt with an earlier one"
        brief = f"{pairs.repeats:,} repeat an earlier one, {prompts.repeats:,} share its prompt"
        examples = self._largest() if pairs.repeats else ()
        return self._finding(verdict, pairs.repeats / n, interval, n, reason, figures, examples, brief=brief)

    def _largest(self) -> Iterator[Example]:
        """The first row of each of the largest groups of one pair."""
        found: list[tuple[int, int]] = []
        for part in self.pairs.parts():  # in the order of pairs, then of rows
            starts = _starts(part["pair"])
            sizes, first = np.diff(starts, append=len(part["pair"])), part["row"][starts]
            repeated = np.flatnonzero(sizes > 1)
            largest = repeated[np.lexsort((first[repeated], -sizes[repeated]))][:KEPT]
            found += [(-int(sizes[at]), int(first[at])) for at in largest]
        for size, row in sorted(found)[:KEPT]:
            yield Example(self.sources.name, row, float(-size), f"this pair stands in {-size:,} rows")


def _voters(batch: PairBatch, keys: PairKeys) -> NDArray[np.uint64]:
    """Who judged, when, and what was shown first.

    Where the source gives pairs an id, its rows are votes; one without a name is then a voter of its own.
    """
    names = annotator_keys(batch)
    known = np.zeros(len(batch), dtype=np.uint64) if names is None else names
    if batch.column("pair_id") is not None:
        rows = batch.row.to_numpy().astype(np.uint64)
        known = np.where((known == 0) & named_pairs(batch), combined(rows, source_keys(batch)), known)
    return combined(known, _times(batch), shown_first(batch, keys)) & np.uint64(0xFFFFFFFF)


def _times(batch: PairBatch) -> NDArray[np.uint64]:
    """Microseconds, 0 where the time is not known: a copied row has that of the other, a second vote its own."""
    times = batch.column("timestamp")
    if times is None:
        return np.zeros(len(batch), dtype=np.uint64)
    known: NDArray[np.int64] = pc.fill_null(times.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    return known.view(np.uint64)


def repeat_keys(batch: PairBatch) -> NDArray[np.uint64]:
    """One hash for each row; rows with the same are repeats of one pair."""
    keys = pair_keys(batch)
    low, high = np.minimum(keys.chosen, keys.rejected), np.maximum(keys.chosen, keys.rejected)
    return combined(prompt_text_keys(batch), low, high, _voters(batch, keys))


def _starts(ordered: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where each group of equal keys starts."""
    starts: NDArray[np.int64] = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    return starts


class _Repeats(NamedTuple):
    """Things, how many different ones there are, how many are in groups of equal ones, and the largest group."""

    number: int
    distinct: int
    in_groups: int
    largest: int

    @classmethod
    def of(cls, parts: Iterable[NDArray[np.uint64]]) -> _Repeats:
        """Of keys in order, in parts that share none."""
        number = distinct = in_groups = largest = 0
        for keys in parts:
            sizes = np.diff(_starts(keys), append=len(keys))
            number, distinct = number + len(keys), distinct + len(sizes)
            in_groups, largest = in_groups + int(sizes[sizes > 1].sum()), max(largest, int(sizes.max(initial=0)))
        return cls(number, distinct, in_groups, largest)

    @property
    def repeats(self) -> int:
        """How many things are not the first of their group."""
        return self.number - self.distinct

    def figures(self) -> dict[str, Any]:
        """One row of the table."""
        return {
            "number": self.number,
            "distinct": self.distinct,
            "repeats": self.repeats,
            "share_repeats": self.repeats / max(self.number, 1),
            "share_in_groups": self.in_groups / max(self.number, 1),
            "largest_group": self.largest,
        }
