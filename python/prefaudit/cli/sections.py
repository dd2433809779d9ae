"""Help in sections: options and commands stand with those that they belong to."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

#: The sections of options, in the order in which they are printed; `rich_help_panel` says which one an option is in.
READ, CHECKS, REPORT, GATE, SETTINGS = "Reading", "Checks", "Report", "Gate", "Configuration"
_OPTIONS = (READ, CHECKS, REPORT, GATE, SETTINGS)
#: The commands by section.
COMMANDS = {
    "Look": ("audit", "show", "leakage", "demo"),
    "Change": ("filter", "split"),
    "Explain": ("checks", "explain", "formats", "filters", "config"),
}
_WIDTH = 100


class Command(TyperCommand):
    """A command whose options are printed section by section, and its examples as they are written."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments, then the options that only this command has, then the sections."""
        sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": [], **{name: [] for name in _OPTIONS}}
        other: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            if parameter.name in {"traceback", "threads", "help"}:
                other.append(record)
            else:
                own = "Arguments" if parameter.param_type_name == "argument" else "Options"
                sections[getattr(parameter, "rich_help_panel", None) or own].append(record)
        for name, records in {**sections, "Other": other}.items():
            if records:
                with formatter.section(name):
                    formatter.write_dl(records, col_max=28)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The examples, a line each."""
        del ctx
        if self.epilog:
            with formatter.section("Examples"):
                for line in self.epilog.splitlines():
                    formatter.write(f"  {line}\n" if line else "\n")


class Group(TyperGroup):
    """Commands by what they are for."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """A section for each purpose."""
        del ctx
        for name, commands in COMMANDS.items():
            with formatter.section(name):
                formatter.write_dl(
                    [(command, self.commands[command].get_short_help_str(_WIDTH)) for command in commands]
                )

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The examples, a line each."""
        Command.format_epilog(self, ctx, formatter)  # type: ignore[arg-type]  # it has an epilog, too
