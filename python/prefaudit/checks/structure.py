"""Are the rows well formed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from prefaudit import kernels
from prefaudit.checks.base import Check
from prefaudit.checks.columns import as_mask, comparable
from prefaudit.checks.examples import TopExamples
from prefaudit.checks.roles import out_of_order, with_turns
from prefaudit.checks.text_defects import damage
from prefaudit.marks import Marks
from prefaudit.report.model import Chart, Measure
from prefaudit.stats.intervals import clopper_pearson
from prefaudit.stats.keyed import Keyed
from prefaudit.stats.rules import census
from prefaudit.stats.state import Compound, Counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Example, Finding

EMPTY, NO_PROMPT, ROLES, PARTED, REPLACED, MOJIBAKE, TOKENS = (
    "empty response",
    "no prompt",
    "roles out of order",
    "parts before the last turn",
    "U+FFFD",
    "mojibake",
    "special token in a text",
)
#: In the order of the table, which also breaks ties.
DEFECTS = (EMPTY, NO_PROMPT, ROLES, PARTED, REPLACED, MOJIBAKE, TOKENS)
_EXAMPLES = 3  # of each defect


class Structure(Check):
    """Are the rows well formed?

    What it measures:
        The share of rows with each of seven defects: an empty response (or one of whitespace alone), no
        prompt, roles out of order, transcripts that part before their last turn, U+FFFD (bytes that could
        not be decoded), mojibake (UTF-8 read as Latin-1 or Windows-1252), and special tokens of a model's
        template inside the text.

    Why it matters:
        Such rows are accidents of a pipeline. An empty response teaches that saying nothing is good or bad, a
        template's token in the text ends a turn where none ends, and damaged text is learned as it stands.

    How it is computed:
        Every row, on the prompt and both responses. Roles are in order when a system message, if any, comes
        first and user and assistant then take turns up to the response; tools may speak anywhere. They are
        read from the messages, or from the marks of an HH-RLHF transcript; rows with neither, and rows that
        part early, are not counted for that defect. A row counts once for each defect that it has.

    Verdict:
        WARN when any defect is in more than `warn` (0.1%) of the rows, FAIL when any is in more than `fail`
        (1%). The estimate is the share of the most frequent one. Every row is read, so the share is a fact; its
        interval (Clopper-Pearson) is about future data, and decides only with `sampled`.

    Limits:
        Texts about tokenizers or encodings hold such tokens and characters on purpose, and `<s>` is also
        HTML. Mojibake of scripts without Latin letters is seen only where its bytes read as accented letters.

    References:
        Unicode Standard 16, section 23.8 (U+FFFD); Speer 2019, ftfy, doi:10.5281/zenodo.2591652 (mojibake).
    """

    id = "structure"
    measure = Measure("worst defect", "share")
    advice = "look at the step that made these rows, and leave them out"
    filter = "malformed"
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.001, "fail": 0.01, "sampled": False}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.counts = Counts()
        self.defects: Keyed[_Defect] = Keyed(_Defect)

    def update(self, batch: PairBatch) -> None:
        """Count the defects of the rows of one batch."""
        turns = with_turns(batch) & comparable(batch)
        self.counts.add(rows=len(batch), rows_with_turns=int(turns.sum()))
        for name, rows in defects(batch).items():
            if rows.any():
                self.defects[name].add(batch, rows, name)

    def result(self) -> Finding:
        """The share of rows with the most frequent defect."""
        shares = self._shares()
        figures = {"defects": [share.row() for share in shares]}
        worst = max(shares, key=lambda share: share.share)
        if worst.looked_at == 0:
            return self._not_measurable("there are no rows", figures)
        interval = clopper_pearson(worst.rows, worst.looked_at)
        verdict = census(worst.rows, worst.looked_at, interval, **self.values())
        present = [share for share in shares if share.rows]
        counted = self.counted
        reason = "; ".join(
            f"{one.name}: {one.rows:,} of {one.looked_at:,} {counted} ({one.share:.2%})" for one in present
        )
        return self._finding(
            verdict,
            worst.share,
            interval,
            worst.looked_at,
            reason or f"none of the {worst.looked_at:,} {counted} has a defect",
            figures,
            self._examples(present),
            brief="; ".join(f"{one.name}: {one.rows:,}" for one in present) or "no defect in any",
        )

    def charts(self, figures: Mapping[str, Any]) -> tuple[Chart, ...]:
        """The defects that there are."""
        del figures
        return (Chart("bars", "defects", "how many have each defect", "defect", "share", "rows"),)

    def _shares(self) -> list[_Share]:
        """Each defect, the first row of the table first."""
        rows, turns = self.counts["rows"], self.counts["rows_with_turns"]
        counts = {name: defect.counts["rows"] for name, defect in self.defects.items()}
        return [_Share(name, counts.get(name, 0), turns if name == ROLES else rows) for name in DEFECTS]

    def _examples(self, present: list[_Share]) -> list[Example]:
        """The first rows of each defect, the most frequent defect first."""
        ranked = sorted(present, key=lambda share: -share.share)
        kept = [list(self.defects[share.name].examples) for share in ranked]
        return [examples[at] for at in range(_EXAMPLES) for examples in kept if at < len(examples)]


def defects(batch: PairBatch) -> dict[str, NDArray[np.bool_]]:
    """The rows that have each defect."""
    turns = with_turns(batch) & comparable(batch)
    columns = {"prompt": batch.prompt, "chosen": batch.chosen, "rejected": batch.rejected}
    marks = {name: kernels.text_marks(batch.texts[name], threads=batch.threads).to_numpy() for name in columns}
    prompt, *responses = (damage(texts, marks[name]) for name, texts in columns.items())
    damaged = prompt | responses[0] | responses[1]
    return {
        EMPTY: (marks["chosen"] | marks["rejected"]) & Marks.BLANK > 0,
        NO_PROMPT: marks["prompt"] & Marks.BLANK > 0,
        ROLES: turns & out_of_order(batch, marks["prompt"]),
        PARTED: as_mask(batch.diverged),
        REPLACED: damaged.replaced,
        MOJIBAKE: damaged.mojibake,
        TOKENS: damaged.special_tokens,
    }


class _Share(NamedTuple):
    """How many of the rows that could have a defect have it."""

    name: str
    rows: int
    looked_at: int

    @property
    def share(self) -> float:
        return self.rows / max(self.looked_at, 1)

    def row(self) -> dict[str, str | int | float]:
        return {"defect": self.name, "rows": self.rows, "rows_looked_at": self.looked_at, "share": self.share}


class _Defect(Compound):
    """How many rows have one defect, and the first of them."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.examples = TopExamples(_EXAMPLES)

    def add(self, batch: PairBatch, rows: NDArray[np.bool_], name: str) -> None:
        """Count the rows where the mask is true."""
        self.counts.add(rows=int(rows.sum()))
        self.examples.add(batch, rows.astype(np.int64), rows, lambda _: name)
