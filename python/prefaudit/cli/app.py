"""The commands of `prefaudit`."""

from __future__ import annotations

from typing import Annotated

import typer

from prefaudit.cli import audit, checks, config, demo, explain, filtering, filters, formats, show, splitting
from prefaudit.cli.format_options import ReadsFormats

app = typer.Typer(
    help="Audit human-preference data (prompt, chosen, rejected): exact, fast, and honest about what it cannot know.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(cls=ReadsFormats)(audit.audit)
app.command(cls=ReadsFormats)(show.show)
app.command("filter", cls=ReadsFormats)(filtering.filter_pairs)
app.command()(filters.filters)
app.command(cls=ReadsFormats)(splitting.split)
app.command()(splitting.leakage)
app.command()(demo.demo)
app.command()(checks.checks)
app.command()(explain.explain)
app.command()(formats.formats)
app.command()(config.config)


def _version(wanted: bool) -> None:
    if wanted:
        import prefaudit

        typer.echo(f"prefaudit {prefaudit.__version__}")
        raise typer.Exit


@app.callback()
def _app(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass
