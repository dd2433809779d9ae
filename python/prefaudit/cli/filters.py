"""`prefaudit filters`."""

from __future__ import annotations

import inspect
from typing import Annotated, Optional

import typer

from prefaudit.cli import options
from prefaudit.cli.exits import exit_codes
from prefaudit.cli.wrapping import name_list, width


def filters(
    name: Annotated[Optional[str], typer.Argument(help="A filter's id; without it all are listed.")] = None,
    traceback: options.Traceback = False,
) -> None:
    """List the filters, or show one and its settings."""
    with exit_codes(traceback=traceback):
        from prefaudit.filters.registry import FILTERS, filter_class

        if name is not None:
            found = filter_class(name)
            typer.echo(f"{found.id}\n\n{inspect.getdoc(found)}")
            return
        rows = [(one.id, (inspect.getdoc(one) or "").splitlines()[0]) for one in FILTERS]
        typer.echo("\n".join(name_list(rows, width())))
