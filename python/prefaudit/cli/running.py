"""What `audit` and `demo` share: run with a progress bar, write the reports, choose the exit code."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from prefaudit.cli import exits
from prefaudit.cli.options import Threshold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from prefaudit.audit import Progress
    from prefaudit.checks.base import Check
    from prefaudit.data import PreferenceData
    from prefaudit.report.model import Report

_PLAIN_WIDTH = 100  # where there is no terminal to ask


def console(*, stderr: bool = False) -> Console:
    """A console that never fails on a character that the output cannot show."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # the standard streams are TextIOWrappers
    return Console(file=stream, width=None if stream.isatty() else _PLAIN_WIDTH, highlight=False)


def run(
    data: PreferenceData, checks: list[Check], json: str | None, fail_on: Threshold | None, require: list[str]
) -> None:
    """Audit, write the reports, and leave with the exit code."""
    from prefaudit.audit import run_checks
    from prefaudit.report.text import print_report

    with _progress(data.name) as progress:
        report = run_checks(data, checks, progress)
    print_report(report, console(stderr=json == "-"))
    if json == "-":
        sys.stdout.buffer.write(report.to_json().encode())
    elif json is not None:
        Path(json).write_text(report.to_json(), encoding="utf-8")
    raise typer.Exit(_exit_code(report, fail_on, require))


def check_json(json: str | None) -> None:
    """Refuse a path that cannot be written to before the work is done, not after it."""
    if json in {None, "-"}:
        return
    try:
        Path(json).open("a", encoding="utf-8").close()
    except OSError as error:
        message = f"{json} cannot be written: {error.strerror}"
        raise typer.BadParameter(message, param_hint="--json") from error


def _exit_code(report: Report, fail_on: Threshold | None, require: list[str]) -> int:
    from prefaudit.report.model import Verdict

    bad = {None: set(), Threshold.FAIL: {Verdict.FAIL}, Threshold.WARN: {Verdict.WARN, Verdict.FAIL}}[fail_on]
    open_ = {Verdict.UNDERPOWERED, Verdict.NOT_MEASURABLE}
    failed = any(
        finding.verdict in bad or (finding.check in require and finding.verdict in open_) for finding in report.findings
    )
    return exits.VERDICT if failed else exits.DONE


@contextmanager
def _progress(name: str) -> Iterator[Progress | None]:
    """A bar on stderr; nothing where that is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
