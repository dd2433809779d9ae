"""`prefaudit filter`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from prefaudit.cli import format_options, options, running
from prefaudit.cli.exits import exit_codes
from prefaudit.cli.targets import check_targets

if TYPE_CHECKING:
    from prefaudit.filtering import Filtered
    from prefaudit.report.model import Finding


def filter_pairs(
    context: typer.Context,
    sources: options.Sources,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Where to write (.parquet, .jsonl, .csv, .jsonl.gz, .csv.gz)."
        ),
    ],
    drop: Annotated[
        list[str],
        typer.Option(
            "--drop",
            metavar="FILTER",
            help="near-duplicate:0.9, or FILTER:name=value,name=value (repeat; one after the other is applied).",
        ),
    ],
    report: Annotated[
        Optional[Path],
        typer.Option("--report", metavar="FILE", help="Write each dropped row and why (.jsonl, .parquet, .csv)."),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare/--no-compare", help="Run the checks that the filters are for before and after.")
    ] = True,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    format: options.Format = None,  # noqa: A002 - the option's name
    columns: options.Columns = None,
    split: options.Split = None,
    subset: options.Subset = None,
    revision: options.Revision = None,
    limit: options.Limit = None,
    config: options.Config = None,
    isolated: options.Isolated = False,
    strict: options.Strict = False,
    threads: options.Threads = None,
    traceback: options.Traceback = False,
) -> None:
    """Drop pairs and write the others, in their own columns where one row is one pair.

    `prefaudit filters` lists what can be dropped. The file appears when it is complete.
    """
    with exit_codes(traceback=traceback):
        configured = options.configuration(
            config,
            None,
            isolated=isolated,
            format=format,
            columns=options.mapping(columns),
            options=format_options.given(context),
            strict=strict,
        )
        from prefaudit import filtering
        from prefaudit.export import refuse_existing
        from prefaudit.filters import filter_of
        from prefaudit.load import load

        filters = [filter_of(one) for one in drop]
        check_targets({"--output": output, "--report": report}, sources, may_replace="--output")
        for path in (output, *([report] if report else [])):
            refuse_existing(path, force=force)
        data = load(
            options.one_or_all(sources),
            format=configured.get("format"),
            columns=configured.get("columns"),
            options=configured.get("options"),
            split=split,
            config=subset,
            revision=revision,
            limit=limit,
            strict=configured.get("strict"),
            threads=threads,
        )
        filtered = filtering.filter(data, filters)
        found = filtered.compare() if compare else []  # now: what is written may take the source's place
        if report:
            filtered.save_dropped(report)
        filtered.save(output, force=force)
        _print(filtered, output, found)


def _print(filtered: Filtered, output: Path, found: list[tuple[Finding, Finding]]) -> None:
    from prefaudit.report.filtered import print_filtered

    print_filtered(filtered, str(output), running.console(), found)
