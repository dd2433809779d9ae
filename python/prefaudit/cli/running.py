"""What `audit` and `demo` share: run with a progress bar, write the reports, choose the exit code."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from prefaudit.cli import exits
from prefaudit.cli.targets import check_targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from prefaudit.audit import Progress
    from prefaudit.checks.base import Check
    from prefaudit.data import PreferenceData
    from prefaudit.report.model import Report

_PLAIN_WIDTH = 100  # where there is no terminal to ask, nor a COLUMNS


def console(*, stderr: bool = False) -> Console:
    """A console that never fails on a character that the output cannot show."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # the standard streams are TextIOWrappers
    width = shutil.get_terminal_size((_PLAIN_WIDTH, 24)).columns  # COLUMNS, the terminal, or neither
    return Console(file=stream, width=width, highlight=False)


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the report goes, beside the text on stdout."""

    json: str | None = None
    markdown: str | None = None
    timings: bool = False
    examples: int = 3
    verbose: bool = False
    note: str = ""

    @classmethod
    def checked(cls, json: str | None, markdown: str | None, sources: Sequence[str] = (), **shown: Any) -> Outputs:
        """The outputs; paths that cannot or must not be written to are refused before the work is done."""
        check_targets({"--json": json, "--markdown": markdown}, sources)
        for option, path in (("--json", json), ("--markdown", markdown)):
            if path is not None and path != "-":
                _check_writable(option, path)
        if json == markdown == "-":
            message = "only one of the two can be written to stdout"
            raise typer.BadParameter(message, param_hint="--json and --markdown")
        return cls(json, markdown, **shown)

    def write(self, report: Report) -> None:
        """Write the report to each of them; the text moves to stderr where another takes stdout."""
        from prefaudit.export import replacing
        from prefaudit.report.text import print_report

        aside = "-" in {self.json, self.markdown}
        print_report(report, console(stderr=aside), verbose=self.verbose)
        if self.note:
            typer.echo(f"\n{self.note}", err=aside)
        for path, written in ((self.json, report.to_json), (self.markdown, report.to_markdown)):
            if path == "-":
                sys.stdout.buffer.write(written().encode())
            elif path is not None:
                with replacing(Path(path)) as file:
                    file.write_text(written(), encoding="utf-8")


def _check_writable(option: str, path: str) -> None:
    is_new = not Path(path).exists()
    try:
        Path(path).open("a", encoding="utf-8").close()
        if is_new:  # it appears when it is complete
            Path(path).unlink()
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise typer.BadParameter(message, param_hint=option) from error


@dataclass(frozen=True, slots=True)
class Gate:
    """Which verdicts end in exit code 1: from `fail_on` up, and none for a check in `require`."""

    fail_on: str | None = None
    require: Sequence[str] = ()

    def leave(self, report: Report) -> NoReturn:
        """Leave with 0, or say what does not pass and leave with 1."""
        hits = self.hit_by(report)
        if hits:
            typer.echo(f"not passed: {'; '.join(hits)}", err=True)
        raise typer.Exit(exits.VERDICT if hits else exits.DONE)

    def hit_by(self, report: Report) -> list[str]:
        """What does not pass, in words: a verdict too bad, or none where one is required."""
        from prefaudit.report.model import Verdict

        bad = {None: set(), "fail": {Verdict.FAIL}, "warn": {Verdict.WARN, Verdict.FAIL}}[self.fail_on]
        open_ = {Verdict.UNDERPOWERED, Verdict.NOT_MEASURABLE}
        return [
            f"{finding.check} is {finding.verdict}"
            for finding in report.worst_first()
            if finding.verdict in bad or (finding.check in self.require and finding.verdict in open_)
        ]


def run(data: PreferenceData, checks: list[Check], outputs: Outputs, gate: Gate, arguments: Sequence[str]) -> None:
    """Audit, write the reports, and leave with the exit code; `arguments` read the same rows again."""
    from prefaudit.audit import run_checks

    with _progress(data.name) as progress:
        report = run_checks(data, checks, progress, timings=outputs.timings, examples=outputs.examples)
    report = replace(report, dataset={**report.dataset, "arguments": list(arguments)})
    outputs.write(report)
    gate.leave(report)


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
