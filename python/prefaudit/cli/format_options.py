"""Options of formats on the command line: `--min-score-ratio 2` belongs to the format shp, not to a command."""

from __future__ import annotations

from typing import Any

import typer

from prefaudit.cli.sections import Command

_KEY = "prefaudit.format_options"


class ReadsFormats(Command):
    """A command that takes the options of all formats beside its own; `given` hands them out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Set the options of formats aside, and leave the others to click."""
        own = {name for parameter in self.params for name in parameter.opts}
        kept: list[str] = []
        given: dict[str, str] = {}
        words = iter(args)
        for word in words:
            if word == "--":
                kept += [word, *words]
                break
            option, equals, value = word.partition("=")
            name = option.removeprefix("--").replace("-", "_")
            if not option.startswith("--") or option in own or name not in _names():
                kept.append(word)
                continue
            given[name] = value if equals else _following(words, option)
        ctx.meta[_KEY] = given
        left: list[str] = super().parse_args(ctx, kept)
        return left


def given(context: typer.Context) -> dict[str, Any]:
    """The options of formats that a command was given."""
    return dict(context.meta.get(_KEY, {}))


def _following(words: Any, option: str) -> str:
    value = next(words, None)
    if value is None:
        message = f"{option} needs a value"
        raise typer.BadParameter(message)
    return str(value)


def _names() -> set[str]:
    """The options of all formats: looked up only when there is a word that click does not know."""
    from prefaudit.formats import formats

    return {name for layout in formats().values() for name in layout.options}
