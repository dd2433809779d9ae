"""`prefaudit audit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from prefaudit.cli import format_options, options, running
from prefaudit.cli.exits import exit_codes
from prefaudit.cli.startup import frugal, without_pandas

if TYPE_CHECKING:
    from prefaudit.project import Configuration


def audit(
    context: typer.Context,
    sources: options.Sources,
    format: options.Format = None,  # noqa: A002 - the option's name
    columns: options.Columns = None,
    split: options.Split = None,
    subset: options.Subset = None,
    revision: options.Revision = None,
    limit: options.Limit = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    by: options.By = None,
    tokenizer: options.Tokenizer = None,
    max_length: options.MaxLength = None,
    target_prompts: options.TargetPrompts = None,
    json: options.Json = None,
    markdown: options.Markdown = None,
    examples: options.Examples = 3,
    verbose: options.Verbose = False,
    timings: options.Timings = False,
    fail_on: options.FailOn = None,
    require: options.Require = None,
    set_: options.Set = None,
    config: options.Config = None,
    isolated: options.Isolated = False,
    strict: options.Strict = False,
    threads: options.Threads = None,
    traceback: options.Traceback = False,
) -> None:
    """Audit preference data and report.

    A format's own options are given as they are called: --min-score-ratio 2; `prefaudit formats NAME` lists them.

    Exit codes: 0 done; 1 a verdict at or above --fail-on, or a --require'd check without one; 2 usage; 3 the
    input cannot be read; 130 interrupted.
    """
    with exit_codes(traceback=traceback):
        configured = options.configuration(
            config,
            set_,
            isolated=isolated,
            tokenizer=tokenizer,
            max_length=max_length,
            target_prompts=target_prompts,
            format=format,
            columns=options.mapping(columns),
            options=format_options.given(context),
            select=options.listed(select),
            ignore=options.listed(ignore),
            by=options.listed(by),
            fail_on=fail_on,
            require=options.listed(require),
            strict=strict,
        )
        _check_given(select, max_length, configured)
        target = configured.settings.resolve("coverage", {"target_prompts": ""})["target_prompts"].value
        read = [*sources, *(str(path) for path in (target, config) if path)]
        outputs = running.Outputs.checked(json, markdown, read, timings=timings, examples=examples, verbose=verbose)
        without_pandas(*sources, str(target or "-"))
        frugal()
        from prefaudit.audit import columns_to_read, prepare_checks
        from prefaudit.checks.registry import check_ids
        from prefaudit.load import load

        asked = prepare_checks(configured.checks(check_ids()), configured.settings, by=configured.get("by"))
        gate = running.Gate(configured.get("fail-on"), configured.get("require"))
        data = load(
            options.one_or_all(sources),
            format=configured.get("format"),
            columns=columns_to_read(configured.get("columns"), configured.get("by")),
            options=configured.get("options"),
            split=split,
            config=subset,
            revision=revision,
            limit=limit,
            strict=configured.get("strict"),
            threads=threads,
        )
        arguments = [*sources, *options.reading(configured, split=split, subset=subset, revision=revision)]
        running.run(data, asked, outputs, gate, arguments)


def _check_given(select: list[str] | None, max_length: int | None, configured: Configuration) -> None:
    """Raise a usage error where an option does not do what whoever wrote it hopes for."""
    if select and not options.listed(select):
        message = "it names no check"
        raise typer.BadParameter(message, param_hint="--checks")
    tokenizer = configured.settings.resolve("truncation-collapse", {"tokenizer": ""})["tokenizer"].value
    if max_length is not None and not tokenizer:
        message = "it takes a tokenizer to count tokens: --tokenizer NAME"
        raise typer.BadParameter(message, param_hint="--max-length")
