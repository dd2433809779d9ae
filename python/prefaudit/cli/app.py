"""The commands of `prefaudit`."""

from __future__ import annotations

from typing import Annotated

import typer

from prefaudit.cli import audit, checks, config, demo, explain, filtering, filters, formats, show, splitting
from prefaudit.cli.format_options import ReadsFormats
from prefaudit.cli.sections import Command, Group

app = typer.Typer(
    cls=Group,
    help="Audit human-preference data (prompt, chosen, rejected): exact, fast, and honest about what it cannot know.",
    epilog="prefaudit demo\nprefaudit audit pairs.jsonl\nprefaudit explain length-bias",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command(
    cls=ReadsFormats,
    epilog="""prefaudit audit pairs.jsonl.gz
prefaudit audit train.parquet test.parquet --json report.json
prefaudit audit data.csv --columns prompt=question,chosen=better,rejected=worse
prefaudit audit pairs.jsonl --by domain,length --tokenizer gpt2
prefaudit audit pairs.parquet --fail-on fail --require length-bias""",
)(audit.audit)
app.command(cls=ReadsFormats, epilog="prefaudit show pairs.jsonl --row 77")(show.show)
app.command(
    "filter",
    cls=ReadsFormats,
    epilog="prefaudit filter pairs.jsonl -o clean.jsonl --drop identical --drop near-duplicate:0.9",
)(filtering.filter_pairs)
app.command(cls=Command)(filters.filters)
app.command(cls=ReadsFormats, epilog="prefaudit split pairs.jsonl -o splits --fractions train=0.9,test=0.1")(
    splitting.split
)
app.command(cls=Command, epilog="prefaudit leakage train.jsonl test.jsonl")(splitting.leakage)
app.command(cls=Command, epilog="prefaudit demo\nprefaudit demo --rows 160000 --write demo.parquet")(demo.demo)
app.command(cls=Command)(checks.checks)
app.command(cls=Command, epilog="prefaudit explain length-bias")(explain.explain)
app.command(cls=Command, epilog="prefaudit formats shp")(formats.formats)
app.command(cls=Command, epilog="prefaudit config --set length-bias.warn=0.03")(config.config)


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
