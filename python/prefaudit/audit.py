"""The one loop: source, format, batches, checks, report."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import prefaudit
from prefaudit.checks.registry import check_classes
from prefaudit.config import Settings
from prefaudit.load import PreferenceData, load
from prefaudit.report.model import Report
from prefaudit.sources.ahead import read_ahead

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping
    from typing import TypeAlias

    from prefaudit.checks.base import Check
    from prefaudit.pairs import PairBatch

    #: Called after each batch with the rows read so far and, where it is known, how many there are.
    Progress: TypeAlias = Callable[[int, int | None], None]


def audit(
    data: Any,
    *,
    format: str | None = None,  # noqa: A002 - what everybody calls it
    columns: Mapping[str, str] | None = None,
    checks: Iterable[str] | None = None,
    split: str | None = None,
    config: str | None = None,
    revision: str | None = None,
    strict: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    **settings: float,
) -> Report:
    """Audit preference data: read every row once, ask every check, report.

    Args:
        data: whatever `load` reads, or what it returned.
        format: the layout of the rows; None tells it from the first ones.
        columns: the data's names for the columns that the format reads, as in `{"prompt": "question"}`.
        checks: ids of the checks to run; None for all.
        split: the split of a data set; "all" for all of them.
        config: the configuration of a data set on the Hugging Face hub.
        revision: its branch, tag or commit.
        strict: stop at the first row that cannot be used.
        threads: threads of the text kernels; None for every core this process may use.
        progress: called after each batch with the rows read so far and the number of rows, None if not known.
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
    asked = prepare_checks(checks, Settings.of_arguments(settings))
    if not isinstance(data, PreferenceData):
        data = load(
            data,
            format=format,
            columns=columns,
            split=split,
            config=config,
            revision=revision,
            strict=strict,
            threads=threads,
        )
    return run_checks(data, asked, progress)


def prepare_checks(ids: Iterable[str] | None, settings: Settings) -> list[Check]:
    """The named checks, or all, before they have seen a row."""
    classes = check_classes(ids)
    every = classes if ids is None else check_classes()
    settings.refuse_unknown(f"{one.id}.{name}" for one in every for name in one.defaults)
    return [one(settings) for one in classes]


def _prepared(data: PreferenceData) -> Generator[PairBatch]:
    """The batches of `data`, their texts handed to the core: one thread does that, so it is done ahead."""
    for batch in data.batches():
        batch.prepare()
        yield batch


def run_checks(data: PreferenceData, checks: Iterable[Check], progress: Progress | None = None) -> Report:
    """Show every batch to every check, and collect what they found."""
    checks = list(checks)
    with closing(read_ahead(_prepared(data))) as batches:
        for batch in batches:
            for check in checks:
                check.update(batch)
            if progress:
                progress(data.accounting.rows_in, data.rows)
    dataset = {"name": data.name, "format": data.format, "prefaudit": prefaudit.__version__}
    return Report(dataset, data.accounting.to_dict(), tuple(check.result() for check in checks))
