"""`prefaudit config`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from prefaudit.cli import options
from prefaudit.cli.exits import exit_codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefaudit.config import Setting
    from prefaudit.project import Configuration


def config(
    set_: options.Set = None,
    config: options.Config = None,
    isolated: options.Isolated = False,
    traceback: options.Traceback = False,
) -> None:
    """Print the configuration in force, as a prefaudit.toml that says where each value comes from."""
    with exit_codes(traceback=traceback):
        typer.echo("\n".join(_lines(options.configuration(config, set_, isolated=isolated))))


def _lines(configured: Configuration) -> Iterator[str]:
    from prefaudit.audit import prepare_checks
    from prefaudit.checks.registry import check_ids
    from prefaudit.project import KEYS

    asked = prepare_checks(configured.checks(check_ids()), configured.settings)
    for name in KEYS:
        setting = configured.setting(name)
        line = f"{name} = {_toml(setting.value)}" if setting.value is not None else f"# {name} is not set"
        yield f"{line:<24}  # {setting.origin}: {KEYS[name].help}"
    for check in asked:
        if check.settings:
            yield from ("", f"[{check.id}]")
        yield from (_line(name, setting) for name, setting in check.settings.items())


def _line(name: str, setting: Setting) -> str:
    return f"{name} = {_toml(setting.value)}  # {setting.origin}"


def _toml(value: Any) -> str:
    """A value as TOML: JSON but for inline tables."""
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(name)} = {_toml(one)}" for name, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    return json.dumps(value)
