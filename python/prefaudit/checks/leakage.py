"""Do splits share prompts or pairs?"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.checks.base import Check
from prefaudit.checks.columns import as_mask, combined, pair_keys
from prefaudit.checks.examples import KEPT, Sources
from prefaudit.prompts import prompt_keys
from prefaudit.report.model import Example, Measure
from prefaudit.stats.intervals import clopper_pearson
from prefaudit.stats.keyed import Keyed
from prefaudit.stats.rules import census
from prefaudit.stats.table import RowTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from prefaudit.config import Settings, Value
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Finding

#: The words by which files are named after splits.
_SPLITS = re.compile(r"(?:^|[^a-z])(train|valid|validation|val|dev|eval|test|holdout)(?:ing)?(?:[^a-z]|$)")
_SAME = {"valid": "validation", "val": "validation"}


class Leakage(Check):
    """Do splits share prompts or pairs?

    What it measures:
        The share of the rows outside the largest split whose prompt stands in another split, too.

    Why it matters:
        A reward model remembers prompts. What it has been trained on is no test, and the accuracy on such
        rows is better than it will ever be in use.

    How it is computed:
        The splits are those of the column `split`; without it, those that the names of the files have a word for
        (train, validation, test ...). `prefaudit leakage A B` compares any data. Prompts are the same whatever their
        case, whitespace and Unicode form, pairs the same in either order of the responses. The table has each two
        splits. Prompts that are empty are no prompts: those rows go by their responses.

    Verdict:
        WARN when more than `warn` (none) of these rows share a prompt, FAIL when more than `fail` (1%) do. Every
        row is read, so the share is a fact; its interval (Clopper-Pearson) is about future data, and decides only
        with `sampled`. NOT MEASURABLE where there is one split.

    Limits:
        Prompts that say the same in other words are not seen. Where several turns of one dialog are prompts
        of their own, a longer one holds a shorter one without being equal to it.

    References:
        Kapoor & Narayanan 2023, Patterns 4:100804 (leakage and what it does to results); Clopper & Pearson 1934,
        Biometrika 26:404.
    """

    id = "leakage"
    measure = Measure("rows that leak", "share")
    advice = "split by prompt, not by row: prefaudit split does"
    defaults: ClassVar[Mapping[str, Value]] = {"warn": 0.0, "fail": 0.01, "sampled": False}

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.splits: Keyed[RowTable] = Keyed(lambda: RowTable(prompt="u8", pair="u8", row="u4"))
        self.sources: Keyed[Sources] = Keyed(Sources)

    def update(self, batch: PairBatch) -> None:
        """Keep the prompts of the rows of one batch that belong to a split."""
        names = _splits(batch)
        if names is None:
            return
        columns = _columns(batch)
        for name in pc.unique(names).to_pylist():
            if name:
                self._add(name, batch, columns, as_mask(pc.fill_null(pc.equal(names, name), fill_value=False)))

    def add(self, split: str, batch: PairBatch) -> None:
        """Keep the prompts of a batch that belongs to a split as a whole."""
        self._add(split, batch, _columns(batch), np.ones(len(batch), dtype=np.bool_))

    def _add(self, split: str, batch: PairBatch, columns: Mapping[str, NDArray[Any]], rows: NDArray[np.bool_]) -> None:
        self.sources[split].note(batch, rows)
        self.splits[split].add(**{name: values[rows] for name, values in columns.items()})

    def result(self) -> Finding:
        """The share of rows outside the largest split that share a prompt with another."""
        splits = {name: table.columns() for name, table in self.splits.items()}
        # The largest one is what is learned from; of two equal ones "train" is, then the first by name.
        order = sorted(splits, key=lambda name: (-len(splits[name]["row"]), name != "train", name))
        figures: dict[str, Any] = {"rows": {name: len(splits[name]["row"]) for name in order}}
        if len(splits) < 2:  # noqa: PLR2004
            return self._not_measurable(
                "there are no two splits: no column split, and no files with names like train and test",
                figures,
                missing="two splits (column split, or files named train, test ...)",
            )
        shared = {name: _shared(splits, name) for name in order[1:]}
        figures["splits"] = list(_table(splits, order))
        leaking, n = sum(int(rows.sum()) for rows in shared.values()), sum(map(len, shared.values()))
        interval = clopper_pearson(leaking, n)
        reason = (
            f"{leaking:,} of {n:,} rows ({leaking / n:.2%}) outside the largest split ({order[0]}) have a prompt"
            " that is in another split"
        )
        verdict = census(leaking, n, interval, **self.values())
        brief = f"{leaking:,} rows have a prompt of {order[0]} or another split"
        examples = self._examples(splits, shared)
        return self._finding(verdict, leaking / n, interval, n, reason, figures, examples, brief=brief, counted="rows")

    def _examples(
        self, splits: Mapping[str, Mapping[str, NDArray[Any]]], shared: Mapping[str, NDArray[np.bool_]]
    ) -> Iterator[Example]:
        """The first leaking rows of each split."""
        for name, rows in shared.items():
            for row in np.sort(splits[name]["row"][rows])[:KEPT]:
                yield Example(self.sources[name].name, int(row), 1.0, f"of {name}: its prompt is in another split")


def _splits(batch: PairBatch) -> pa.Array | None:
    """The split of each row; None where nothing names one."""
    column = batch.column("split")
    if column is not None:
        return column
    source = batch.source
    names = pa.array([_split_of(name) for name in source.dictionary.to_pylist()], type=pa.string())
    return names.take(source.indices) if names.null_count < len(names) else None


def _split_of(source: str) -> str | None:
    found = _SPLITS.search(PurePath(source).name.lower())
    return _SAME.get(found[1], found[1]) if found else None


def _columns(batch: PairBatch) -> dict[str, NDArray[Any]]:
    prompts, keys = prompt_keys(batch), pair_keys(batch)
    pairs = combined(prompts, np.minimum(keys.chosen, keys.rejected), np.maximum(keys.chosen, keys.rejected))
    return {"prompt": prompts, "pair": pairs, "row": batch.row.to_numpy() & 0xFFFFFFFF}


def _shared(splits: Mapping[str, Mapping[str, NDArray[Any]]], name: str) -> NDArray[np.bool_]:
    """The rows of a split whose prompt is in any other."""
    others = np.concatenate([columns["prompt"] for other, columns in splits.items() if other != name])
    found: NDArray[np.bool_] = np.isin(splits[name]["prompt"], others)
    return found


def _table(splits: Mapping[str, Mapping[str, NDArray[Any]]], order: list[str]) -> Iterator[dict[str, Any]]:
    for at, one in enumerate(order):
        for two in order[at + 1 :]:
            rows = {what: np.isin(splits[two][what], splits[one][what]) for what in ("prompt", "pair")}
            yield {
                "split": two,
                "in": one,
                "rows": len(rows["prompt"]),
                "shared_prompts": len(np.unique(splits[two]["prompt"][rows["prompt"]])),
                "rows_with_one": int(rows["prompt"].sum()),
                "rows_shared_as_pairs": int(rows["pair"].sum()),
                "share_with_one": float(rows["prompt"].mean()),
            }
