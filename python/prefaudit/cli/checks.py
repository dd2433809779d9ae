"""`prefaudit checks`."""

from __future__ import annotations

import typer

from prefaudit.cli import options
from prefaudit.cli.exits import exit_codes
from prefaudit.cli.wrapping import name_list, width


def checks(traceback: options.Traceback = False) -> None:
    """List the checks, each with the question that it answers."""
    with exit_codes(traceback=traceback):
        list_checks()


def list_checks() -> None:
    """A line for each check."""
    from prefaudit.checks.registry import check_classes

    rows = [(one.id, one.question()) for one in check_classes()]
    typer.echo("\n".join(name_list(rows, width())))
