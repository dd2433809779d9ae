"""`prefaudit formats`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from prefaudit.cli import options
from prefaudit.cli.exits import exit_codes
from prefaudit.cli.wrapping import name_list, reflowed, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefaudit.formats import Format
    from prefaudit.formats.options import Option


def formats(
    name: Annotated[Optional[str], typer.Argument(help="A format's name; without it all are listed.")] = None,
    traceback: options.Traceback = False,
) -> None:
    """List the layouts of preference data that are read, or show one and its options."""
    with exit_codes(traceback=traceback):
        from prefaudit.formats import format_class
        from prefaudit.formats import formats as known

        if name is not None:
            typer.echo("\n".join(_described(format_class(name))))
            return
        rows = [(one.name, (inspect.getdoc(one) or "").splitlines()[0]) for one in known().values()]
        typer.echo("\n".join(name_list(rows, width())))


def _described(layout: type[Format]) -> Iterator[str]:
    columns = width()
    yield from (layout.name, "", *reflowed(inspect.getdoc(layout) or "", columns), "")
    yield from reflowed(
        f"Columns that it is told from: {', '.join(layout.needs) or 'what the first rows hold'}", columns
    )
    if layout.options:
        rows = [(f"    --{name.replace('_', '-')} {_values(one)}", _help(one)) for name, one in layout.options.items()]
        yield from ("", "Options:", *name_list(rows, columns))


def _values(option: Option) -> str:
    return "|".join(option.choices) or {int: "N", float: "X"}.get(option.kind, "TEXT")


def _help(option: Option) -> str:
    return option.help if option.default is None else f"{option.help} (default: {option.default})"
