"""`prefaudit split` and `prefaudit leakage`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from prefaudit.cli import format_options, options, running
from prefaudit.cli.exits import exit_codes
from prefaudit.cli.targets import check_targets


class Kind(StrEnum):
    """The kinds of files that can be written."""

    PARQUET = "parquet"
    JSONL = "jsonl"
    CSV = "csv"


def split(
    context: typer.Context,
    source: options.Source,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where to write a file a side.")],
    fractions: Annotated[
        str, typer.Option("--fractions", metavar="NAME=SHARE,...", help="The sides and their shares of the prompts.")
    ] = "train=0.8,validation=0.1,test=0.1",
    salt: Annotated[str, typer.Option("--salt", help="Another salt gives another split.")] = "",
    kind: Annotated[Kind, typer.Option("--kind", help="What kind of files to write.")] = Kind.PARQUET,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    format: options.Format = None,  # noqa: A002 - the option's name
    columns: options.Columns = None,
    source_split: options.Split = None,
    subset: options.Subset = None,
    revision: options.Revision = None,
    limit: options.Limit = None,
    config: options.Config = None,
    isolated: options.Isolated = False,
    strict: options.Strict = False,
    threads: options.Threads = None,
    traceback: options.Traceback = False,
) -> None:
    """Split data by prompt into files: no prompt is on two sides, and it stays on its own when rows are added."""
    with exit_codes(traceback=traceback):
        shares = _shares(fractions)
        configured = options.configuration(
            config,
            None,
            isolated=isolated,
            format=format,
            columns=options.mapping(columns),
            options=format_options.given(context),
            strict=strict,
        )
        from prefaudit import splitting
        from prefaudit.copying import save_part
        from prefaudit.export import folder, refuse_existing
        from prefaudit.load import load

        check_targets({f"side {name}": output / f"{name}.{kind}" for name in shares}, [source])
        targets = {name: refuse_existing(folder(output) / f"{name}.{kind}", force=force) for name in shares}
        data = load(
            source,
            format=configured.get("format"),
            columns=configured.get("columns"),
            options=configured.get("options"),
            split=source_split,
            config=subset,
            revision=revision,
            limit=limit,
            strict=configured.get("strict"),
            threads=threads,
        )
        sides = splitting.split(data, shares, salt=salt)
        total = sum(len(side) for side in sides.values())
        counts = data.accounting.to_dict()
        if skipped := counts["rows_skipped"]:
            reasons = ", ".join(f"{reason} ({count:,})" for reason, count in skipped.items())
            typer.echo(f"{sum(skipped.values()):,} of {counts['rows_in']:,} rows are on no side: {reasons}")
        for name, side in sides.items():
            save_part(side.whole, side, targets[name])
            typer.echo(f"{name}: {len(side):,} of {total:,} pairs ({len(side) / total:.1%}), in {targets[name]}")


def leakage(
    sources: Annotated[list[str], typer.Argument(help="Two files or more, or whatever else is read.")],
    json: options.Json = None,
    fail_on: options.FailOn = None,
    format: options.Format = None,  # noqa: A002 - the option's name
    columns: options.Columns = None,
    traceback: options.Traceback = False,
) -> None:
    """Look for prompts and pairs that several files share."""
    with exit_codes(traceback=traceback):
        if len(set(sources)) < 2:  # noqa: PLR2004
            message = "name at least two different ones"
            raise typer.BadParameter(message, param_hint="SOURCES")
        outputs = running.Outputs.checked(json, None, sources, timings=False)
        from prefaudit.load import load
        from prefaudit.splitting import leakage_report

        parts = {source: load(source, format=format, columns=options.mapping(columns)) for source in sources}
        report = leakage_report(parts)
        outputs.write(report)
        running.Gate(fail_on).leave(report)


def _shares(text: str) -> dict[str, float]:
    shares: dict[str, float] = {}
    for name, _, share in (item.partition("=") for item in options.listed([text])):
        try:
            shares[name.strip()] = float(share)
        except ValueError:
            shares = {}
            break
    if not shares or not all(name.isidentifier() for name in shares):
        message = f"{text!r} is not of the form train=0.9,test=0.1"
        raise typer.BadParameter(message, param_hint="--fractions")
    return shares
