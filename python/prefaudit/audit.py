"""The one loop: source, format, batches, checks, report."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import prefaudit
from prefaudit.checks.base import TakesTarget, TakesTokenizer
from prefaudit.checks.registry import SLICEABLE, check_classes
from prefaudit.checks.sliced import Sliced, checked_slicing, slicings
from prefaudit.config import Settings
from prefaudit.data import PreferenceData
from prefaudit.load import load
from prefaudit.report.model import Report
from prefaudit.sources.ahead import read_ahead

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping
    from typing import TypeAlias

    from prefaudit.checks.base import Check
    from prefaudit.pairs import PairBatch
    from prefaudit.report.model import Example

    #: Called after each batch with the rows read so far and, where it is known, how many there are.
    Progress: TypeAlias = Callable[[int, int | None], None]


#: Examples of each finding, where nobody says how many.
EXAMPLES = 3


def audit(
    data: Any,
    *,
    format: str | None = None,  # noqa: A002 - what everybody calls it
    columns: Mapping[str, str] | None = None,
    checks: Iterable[str] | str | None = None,
    options: Mapping[str, Any] | None = None,
    limit: int | None = None,
    split: str | None = None,
    config: str | None = None,
    revision: str | None = None,
    strict: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    timings: bool = False,
    by: Iterable[str] | str = (),
    tokenizer: Any = None,
    max_length: int | None = None,
    examples: int = EXAMPLES,
    target_prompts: Any = None,
    **settings: float | str,
) -> Report:
    """Audit preference data: read every row once, ask every check, report.

    Args:
        data: whatever `load` reads, or what it returned.
        format: the layout of the rows; None tells it from the first ones.
        columns: the data's names for the columns that the format reads, as in `{"prompt": "question"}`.
        checks: ids of the checks to run; None for all.
        options: choices that the format leaves to its user, as in `{"min_score_ratio": 2}`.
        limit: read the first so many rows only; the report says so.
        split: the split of a data set; "all" for all of them.
        config: the configuration of a data set on the Hugging Face hub.
        revision: its branch, tag or commit.
        strict: stop at the first row that cannot be used.
        threads: threads of the text kernels; None for every core this process may use.
        progress: called after each batch with the rows read so far and the number of rows, None if not known.
        timings: measure how long each check took, for `Report.timings`.
        by: columns (`domain`, `annotator` ..., `length`, `prompt-length`) inside whose values the checks of shares are
            repeated: `structure`, `identical`, `near-duplicate`, `duplicates`, `length-bias` and `scores`.
        tokenizer: a tokenizer, or the name or folder of one, for `truncation-collapse`.
        max_length: tokens to which that check cuts a text; 512 where nothing is said.
        examples: at most so many example rows of each finding, up to 10; 0 for none, and so no text in the report.
        target_prompts: the prompts that the data are meant for, for `coverage`: whatever `load` reads, a table with a
            column of prompts, a .txt file with one a line, or a list of texts.
        **settings: settings of the checks, as in `length_bias_warn=0.03`; `prefaudit explain CHECK` lists them.

    Raises:
        SourceError: the data cannot be read to its end.
        FormatError: its rows are in no format that prefaudit reads.
        ConfigError: a check or a setting does not exist, or has a value that it cannot have.

    Example:
        >>> report = audit([{"prompt": "Hi", "chosen": "Hello!", "rejected": "Hello!"}])
        >>> report["identical"].verdict
        <Verdict.FAIL: 'FAIL'>
    """
    if max_length is not None:
        settings["truncation_collapse_max_length"] = max_length
    columns_by = [by] if isinstance(by, str) else list(by)
    asked = prepare_checks(checks, Settings.of_arguments(settings), tokenizer, columns_by, target_prompts)
    if isinstance(data, PreferenceData):
        for name in columns_by:  # it is too late to look for columns that its format did not take
            checked_slicing(name)
    else:
        data = load(
            data,
            format=format,
            columns=columns_to_read(columns, columns_by),
            options=options,
            limit=limit,
            split=split,
            config=config,
            revision=revision,
            strict=strict,
            threads=threads,
        )
    return run_checks(data, asked, progress, timings=timings, examples=examples)


def columns_to_read(columns: Mapping[str, str] | None, by: Iterable[str]) -> dict[str, str]:
    """The names of columns, with the one to slice by as the domain where only the data know it."""
    own = {column: name for name, column in slicings(by).items() if column != name}
    return {**own, **(columns or {})}


def prepare_checks(
    ids: Iterable[str] | str | None,
    settings: Settings,
    tokenizer: Any = None,
    by: Iterable[str] = (),
    target_prompts: Any = None,
) -> list[Check]:
    """The named checks, or all, before they have seen a row.

    With a tokenizer and target prompts for those that take them, and a check more for each that is repeated in the
    slices of a column.
    """
    classes = check_classes([ids] if isinstance(ids, str) else ids)
    every = classes if ids is None else check_classes()
    settings.refuse_unknown(f"{one.id}.{name}" for one in every for name in one.defaults)
    checks = [one(settings) for one in classes]
    for check in checks:
        if tokenizer is not None and isinstance(check, TakesTokenizer):
            check.use(tokenizer)
        if target_prompts is not None and isinstance(check, TakesTarget):
            check.use_target(target_prompts)
    sliced = [
        Sliced(one, name, settings, column=column)
        for name, column in slicings(by).items()
        for one in classes
        if one.id in SLICEABLE
    ]
    return [*checks, *sliced]


def _prepared(data: PreferenceData) -> Generator[PairBatch]:
    """The batches of `data`, their texts handed to the core: one thread does that, so it is done ahead."""
    for batch in data.batches():
        batch.prepare()
        yield batch


def run_checks(
    data: PreferenceData,
    checks: list[Check],
    progress: Progress | None = None,
    *,
    timings: bool = False,
    examples: int = EXAMPLES,
) -> Report:
    """Show every batch to every check, and collect what they found.

    A check is taken out of the list once it has answered, so that what it holds is free for the answer of the next.
    With `timings` the report says how many seconds each check took. A column that several checks share is computed
    when the first of them asks for it, and counts there.
    """
    clock = _Clock()
    with closing(read_ahead(_prepared(data))) as batches:
        for batch in batches:
            clock.lap("reading")
            for check in checks:
                check.update(batch)
                clock.lap(check.id)
            if progress:
                progress(data.accounting.rows_in, data.rows)
    findings = []
    counted = "votes" if data.accounting.votes > data.accounting.pairs else "pairs"
    while checks:
        check = checks.pop(0)
        check.counted = counted
        finding = check.result()
        findings.append(replace(finding, examples=_different(finding.examples)[:examples]))
        clock.lap(check.id)
    return Report(_described(data), data.accounting.to_dict(), tuple(findings), clock.seconds if timings else {})


def _different(examples: Iterable[Example]) -> tuple[Example, ...]:
    """One example of each row and of each two texts: the votes on a pair show nothing that the first does not."""
    rows: dict[Any, Example] = {}
    for one in examples:
        rows.setdefault((one.source, one.row), one)
    texts: dict[Any, Example] = {}
    for one in rows.values():
        texts.setdefault((frozenset({one.chosen, one.rejected}) - {""}) or (one.source, one.row), one)
    return tuple(texts.values())


def _described(data: PreferenceData) -> dict[str, Any]:
    notes = {"notes": data.notes} if data.notes else {}
    return {
        **notes,
        "name": data.name,
        "format": data.format,
        "format_reason": data.format_reason,
        "limit": data.limit,
        "prefaudit": prefaudit.__version__,
    }


class _Clock:
    """Seconds by what they were spent on."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Count the time since the last lap for `name`."""
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._last
        self._last = now
