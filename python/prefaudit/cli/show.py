"""`prefaudit show`."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from prefaudit.cli import format_options, options, running
from prefaudit.cli.exits import exit_codes


def show(
    context: typer.Context,
    sources: options.Sources,
    row: Annotated[int, typer.Option("--row", min=0, help="The row's number, from 0, as reports give it.")],
    file: Annotated[
        Optional[str], typer.Option("--file", help="The file that the row is in, where SOURCE holds several.")
    ] = None,
    format: options.Format = None,  # noqa: A002 - the option's name
    columns: options.Columns = None,
    split: options.Split = None,
    subset: options.Subset = None,
    revision: options.Revision = None,
    config: options.Config = None,
    isolated: options.Isolated = False,
    traceback: options.Traceback = False,
) -> None:
    """Print one pair: prompt, chosen and rejected, with what differs highlighted."""
    with exit_codes(traceback=traceback):
        configured = options.configuration(
            config,
            None,
            isolated=isolated,
            format=format,
            columns=options.mapping(columns),
            options=format_options.given(context),
        )
        from prefaudit.load import load
        from prefaudit.lookup import pairs_at
        from prefaudit.report.pair import print_pair

        console = running.console()
        data = load(
            options.one_or_all(sources),
            format=configured.get("format"),
            columns=configured.get("columns"),
            options=configured.get("options"),
            split=split,
            config=subset,
            revision=revision,
        )
        for pair in pairs_at(data, row, file):
            print_pair(pair, console)
