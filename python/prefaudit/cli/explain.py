"""`prefaudit explain`."""

from __future__ import annotations

import inspect
from typing import Annotated, Optional

import typer

from prefaudit.cli import options
from prefaudit.cli.checks import list_checks
from prefaudit.cli.exits import exit_codes
from prefaudit.cli.wrapping import reflowed, width


def explain(
    check: Annotated[Optional[str], typer.Argument(help="A check's id; without it all are listed.")] = None,
    traceback: options.Traceback = False,
) -> None:
    """Say what a check does, why it matters and how it reaches its verdict."""
    with exit_codes(traceback=traceback):
        from prefaudit.checks.registry import check_class

        if check is None:
            list_checks()
            return
        found = check_class(check)
        settings = [f"    {found.id}.{name} = {value}" for name, value in found.defaults.items()]
        told = reflowed(inspect.getdoc(found) or "", width())
        typer.echo("\n".join([found.id, "", *told, "", "Settings:", *settings]))
