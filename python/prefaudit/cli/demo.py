"""`prefaudit demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from prefaudit.cli import options, running
from prefaudit.cli.exits import exit_codes

_NOTE = "The commands above read demo.jsonl, which `prefaudit demo --rows {} --write demo.jsonl` writes."


def demo(
    rows: Annotated[int, typer.Option("--rows", min=1, help="How many rows.")] = 5000,
    write: Annotated[
        Optional[Path],
        typer.Option(
            "--write",
            metavar="FILE",
            help="Write the data to FILE (.parquet, .jsonl, .csv, .jsonl.gz, .csv.gz) instead of auditing it.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    json: options.Json = None,
    verbose: options.Verbose = False,
    fail_on: options.FailOn = None,
    threads: options.Threads = None,
    traceback: options.Traceback = False,
) -> None:
    """Audit a made-up data set in which known defects are planted.

    Among its transcripts are near-duplicate and identical responses, a preference for the longer response, and
    rows that have to be skipped or left out. The same rows come out on every machine.
    """
    with exit_codes(traceback=traceback):
        from prefaudit.sources import demo as data_set

        if write:
            _write(write, rows, force=force)
            typer.echo(f"wrote {rows:,} rows to {write}; to audit them: prefaudit audit {write}")
            return
        outputs = running.Outputs.checked(json, None, verbose=verbose, note=_NOTE.format(rows))
        from prefaudit.audit import prepare_checks
        from prefaudit.config import Settings
        from prefaudit.load import load

        data = load(data_set.demo(rows), threads=threads)
        running.run(data, prepare_checks(None, Settings()), outputs, running.Gate(fail_on), ["demo.jsonl"])


def _write(path: Path, rows: int, *, force: bool) -> None:
    from prefaudit.export import kind_of_file, refuse_existing, replacing, writer
    from prefaudit.sources import demo as data_set

    target = refuse_existing(path, force=force)
    with replacing(target) as temporary, writer(temporary, data_set.SCHEMA, kind=kind_of_file(target)) as file:
        for batch in data_set.demo_batches(rows):
            file.write(batch)
