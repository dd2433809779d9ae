"""`prefaudit checks`."""

from __future__ import annotations

import typer

from prefaudit.cli import options
from prefaudit.cli.exits import exit_codes


def checks(traceback: options.Traceback = False) -> None:
    """List the checks, each with the question that it answers."""
    with exit_codes(traceback=traceback):
        list_checks()


def list_checks() -> None:
    """A line for each check."""
    from prefaudit.checks.registry import check_classes

    classes = check_classes()
    width = max(len(one.id) for one in classes)
    for one in classes:
        typer.echo(f"{one.id:<{width}}  {one.question()}")
