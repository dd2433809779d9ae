"""`prefaudit audit`."""

from __future__ import annotations

from prefaudit.cli import options, running
from prefaudit.cli.exits import exit_codes


def audit(
    source: options.Source,
    format: options.Format = None,  # noqa: A002 - the option's name
    columns: options.Columns = None,
    split: options.Split = None,
    subset: options.Subset = None,
    revision: options.Revision = None,
    checks: options.Checks = None,
    json: options.Json = None,
    fail_on: options.FailOn = None,
    require: options.Require = None,
    set_: options.Set = None,
    config: options.Config = None,
    strict: options.Strict = False,
    threads: options.Threads = None,
    traceback: options.Traceback = False,
) -> None:
    """Audit preference data and report.

    Exit codes: 0 done; 1 a verdict at or above --fail-on, or a --require'd check without one; 2 usage; 3 the
    input cannot be read; 130 interrupted.
    """
    with exit_codes(traceback=traceback):
        names = options.mapping(columns)
        running.check_json(json)
        from prefaudit.audit import prepare_checks
        from prefaudit.load import load

        asked = prepare_checks(options.listed(checks) or None, options.settings(config, set_))
        required = options.required(require, asked)
        data = load(
            source,
            format=format,
            columns=names,
            split=split,
            config=subset,
            revision=revision,
            strict=strict,
            threads=threads,
        )
        running.run(data, asked, json, fail_on, required)
