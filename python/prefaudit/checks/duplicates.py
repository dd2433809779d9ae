"""Do pairs repeat?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from prefaudit.checks.base import Check
from prefaudit.checks.columns import annotator_keys, combined, named_pairs, pair_keys, prompt_text_keys, source_keys
from prefaudit.checks.examples import KEPT, Sources
from prefaudit.checks.shown import shown_first
from prefaudit.report.model import Example, Measure
from prefaudit.stats.intervals import clopper_pearson
from prefaudit.stats.rules import census
from prefaudit.stats.table import RowTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
        repeats, nor are one annotator's votes with the responses shown in either order. The table counts what
        is beyond the first copy (`repeats`) and what has a copy (`in_groups`), for pairs, prompts and responses.

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
        self.rows = RowTable(prompt="u8", chosen="u8", rejected="u8", voter="u4", row="u4")
        self.sources = Sources()

    def update(self, batch: PairBatch) -> None:
        """Keep the hashes of the rows of one batch."""
        keys = pair_keys(batch)
        self.rows.add(
            prompt=prompt_text_keys(batch),
            chosen=keys.chosen,
            rejected=keys.rejected,
            voter=_voters(batch, keys),
            row=batch.records.column("row").to_numpy() & 0xFFFFFFFF,
        )
        self.sources.note(batch)

    def result(self) -> Finding:
        """The share of rows that repeat a pair."""
        rows = self.rows.bag()
        n = len(rows["row"])
        if n == 0:
            return self._not_measurable("there are no rows", {})
        prompt, chosen, rejected = rows["prompt"], rows["chosen"], rows["rejected"]
        pairs = _Groups.of(_pairs(prompt, chosen, rejected, rows["voter"].astype(np.uint64)))
        prompts = _Groups.of(prompt[prompt > 0])
        groups = {"pair": pairs, "prompt": prompts, "response": _Groups.of(np.concatenate([chosen, rejected]))}
        figures = {"repeats": [{"what": what, **group.figures()} for what, group in groups.items()]}
        interval = clopper_pearson(pairs.repeats, n)
        verdict = census(pairs.repeats, n, interval, **self.values())
        of_rows = f"{pairs.repeats:,} of {n:,} rows ({pairs.repeats / n:.2%})"
        reason = f"{of_rows} repeat a pair; {prompts.repeats:,} repeat a prompt"
        brief = f"{pairs.repeats:,} rows repeat a pair, {prompts.repeats:,} a prompt"
        examples = self._largest(rows["row"], pairs)
        return self._finding(verdict, pairs.repeats / n, interval, n, reason, figures, examples, brief=brief)

    def _largest(self, rows: NDArray[np.uint32], pairs: _Groups) -> Iterator[Example]:
        """The first row of each of the largest groups of one pair."""
        first = np.minimum.reduceat(rows[pairs.order], pairs.starts)
        repeated = np.flatnonzero(pairs.sizes > 1)
        for at in repeated[np.lexsort((first[repeated], -pairs.sizes[repeated]))][:KEPT]:
            size = int(pairs.sizes[at])
            yield Example(self.sources.name, int(first[at]), float(size), f"this pair stands in {size:,} rows")


def _voters(batch: PairBatch, keys: PairKeys) -> NDArray[np.uint64]:
    """Who judged, and what was shown first.

    Where the source gives pairs an id, its rows are votes; one without a name is then a voter of its own.
    """
    names = annotator_keys(batch)
    known = np.zeros(len(batch), dtype=np.uint64) if names is None else names
    if batch.column("pair_id") is not None:
        rows = batch.records.column("row").to_numpy().astype(np.uint64)
        known = np.where((known == 0) & named_pairs(batch), combined(rows, source_keys(batch)), known)
    return combined(known, shown_first(batch, keys)) & np.uint64(0xFFFFFFFF)


def repeat_keys(batch: PairBatch) -> NDArray[np.uint64]:
    """One hash for each row; rows with the same are repeats of one pair."""
    keys = pair_keys(batch)
    return _pairs(prompt_text_keys(batch), keys.chosen, keys.rejected, _voters(batch, keys))


def _pairs(
    prompt: NDArray[np.uint64], chosen: NDArray[np.uint64], rejected: NDArray[np.uint64], voter: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    return combined(prompt, np.minimum(chosen, rejected), np.maximum(chosen, rejected), voter)


class _Groups(NamedTuple):
    """Equal things together: an order in which they are, where in it each group starts, and its size."""

    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, keys: NDArray[np.uint64]) -> _Groups:
        order = np.argsort(keys)
        ordered = keys[order]
        starts = np.flatnonzero(np.concatenate([[len(keys) > 0], ordered[1:] != ordered[:-1]])[: len(keys)])
        return cls(order, starts, np.diff(starts, append=len(keys)))

    @property
    def repeats(self) -> int:
        """How many things are not the first of their group."""
        return int((self.sizes - 1).sum())

    def figures(self) -> dict[str, Any]:
        """One row of the table."""
        total, in_groups = int(self.sizes.sum()), int(self.sizes[self.sizes > 1].sum())
        return {
            "number": total,
            "distinct": len(self.sizes),
            "repeats": self.repeats,
            "share_repeats": self.repeats / max(total, 1),
            "share_in_groups": in_groups / max(total, 1),
            "largest_group": int(self.sizes.max(initial=0)),
        }
