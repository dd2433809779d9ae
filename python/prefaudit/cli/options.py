"""Options that several commands share, and how their text is read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from prefaudit.cli.sections import CHECKS, GATE, READ, REPORT, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prefaudit.project import Configuration


class Threshold(StrEnum):
    """The verdict from which on the exit code is 1."""

    WARN = "warn"
    FAIL = "fail"


Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="Files (.jsonl, .json, .csv, .parquet, .arrow, .xlsx; also compressed), a folder or a glob; several are"
        " read as one data set; - for stdin; or OWNER/NAME on the Hugging Face hub.",
    ),
]
Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="A file (.jsonl, .json, .csv, .parquet, .arrow, .xlsx; also compressed), folder or glob; - for stdin; or"
        " OWNER/NAME on the Hugging Face hub.",
    ),
]
Format = Annotated[
    Optional[str],
    typer.Option("--format", help="The layout of the rows; by default told from the first ones.", rich_help_panel=READ),
]
Columns = Annotated[
    Optional[str],
    typer.Option(
        "--columns",
        help="Your names for the columns: prompt=question,chosen=better,rejected=worse.",
        rich_help_panel=READ,
    ),
]
Split = Annotated[
    Optional[str], typer.Option("--split", help="The split of a data set; all for all of them.", rich_help_panel=READ)
]
Subset = Annotated[
    Optional[str],
    typer.Option("--subset", help="The configuration of a data set on the Hugging Face hub.", rich_help_panel=READ),
]
Revision = Annotated[
    Optional[str],
    typer.Option(
        "--revision", help="The branch, tag or commit of a data set on the Hugging Face hub.", rich_help_panel=READ
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Stop at the first row that cannot be used.", rich_help_panel=READ)
]
Threads = Annotated[Optional[int], typer.Option("--threads", min=1, help="Threads; by default one for every core.")]
Traceback = Annotated[bool, typer.Option("--traceback", help="Show where an error comes from.")]
Select = Annotated[
    Optional[list[str]],
    typer.Option(
        "--select",
        "--check",
        "--checks",
        metavar="CHECK",
        help="Run these checks only (repeat, or separate by commas).",
        rich_help_panel=CHECKS,
    ),
]
Ignore = Annotated[
    Optional[list[str]],
    typer.Option("--ignore", metavar="CHECK", help="Leave these checks out.", rich_help_panel=CHECKS),
]
By = Annotated[
    Optional[list[str]],
    typer.Option(
        "--by",
        metavar="COLUMN",
        help="Repeat checks inside the values of a column (domain, annotator, your own), by length or prompt-length.",
        rich_help_panel=CHECKS,
    ),
]
Limit = Annotated[
    Optional[int], typer.Option("--limit", min=1, help="Read the first so many rows only.", rich_help_panel=READ)
]
Json = Annotated[
    Optional[str],
    typer.Option(
        "--json",
        metavar="PATH",
        help="Also write the report as JSON; - writes it to stdout, the text to stderr.",
        rich_help_panel=REPORT,
    ),
]
Markdown = Annotated[
    Optional[str],
    typer.Option(
        "--markdown", metavar="PATH", help="Also write the report as Markdown; - to stdout.", rich_help_panel=REPORT
    ),
]
Tokenizer = Annotated[
    Optional[str],
    typer.Option(
        "--tokenizer", metavar="NAME", help="A tokenizer, by name or folder: what does it cut?", rich_help_panel=CHECKS
    ),
]
MaxLength = Annotated[
    Optional[int], typer.Option("--max-length", min=1, help="Tokens to which a text is cut.", rich_help_panel=CHECKS)
]
Examples = Annotated[
    int,
    typer.Option(
        "--examples",
        min=0,
        max=10,
        metavar="K",
        help="At most K example rows of each finding; 0 for none.",
        rich_help_panel=REPORT,
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "-v",
        "--verbose",
        help="All figures of all checks, not only of those that found something.",
        rich_help_panel=REPORT,
    ),
]
Timings = Annotated[bool, typer.Option("--timings", help="Say how long each check took.", rich_help_panel=REPORT)]
TargetPrompts = Annotated[
    Optional[str],
    typer.Option(
        "--target-prompts",
        metavar="FILE",
        help="Prompts that the data are meant for (.txt, a prompt a line; or any data with prompts): are they covered?",
        rich_help_panel=CHECKS,
    ),
]
FailOn = Annotated[
    Optional[Threshold],
    typer.Option("--fail-on", help="Exit with 1 when a verdict is this bad or worse.", rich_help_panel=GATE),
]
Require = Annotated[
    Optional[list[str]],
    typer.Option(
        "--require",
        metavar="CHECK",
        help="Exit with 1 when this check is UNDERPOWERED or NOT MEASURABLE.",
        rich_help_panel=GATE,
    ),
]
Set = Annotated[
    Optional[list[str]],
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Change a setting, as in length-bias.warn=0.03.", rich_help_panel=CHECKS
    ),
]
Config = Annotated[
    Optional[Path],
    typer.Option(
        "--config",
        metavar="FILE",
        help="The configuration; by default the closest prefaudit.toml, or pyproject.toml with [tool.prefaudit].",
        rich_help_panel=SETTINGS,
    ),
]
Isolated = Annotated[bool, typer.Option("--isolated", help="Look for no configuration.", rich_help_panel=SETTINGS)]


def one_or_all(sources: list[str]) -> str | list[str]:
    """What `load` takes: the only source, or all files."""
    return sources[0] if len(sources) == 1 else sources


def listed(values: Iterable[str] | None) -> list[str]:
    """The items of an option that can be repeated or hold several, separated by commas."""
    return [item.strip() for value in values or () for item in value.split(",") if item.strip()]


def mapping(columns: str | None) -> dict[str, str] | None:
    """The pairs of `prompt=question,chosen=better`."""
    if columns is None:
        return None
    pairs = [item.partition("=") for item in listed([columns])]
    if not pairs or not all(name and equals and value for name, equals, value in pairs):
        message = f"{columns!r} is not of the form prompt=question,chosen=better"
        raise typer.BadParameter(message, param_hint="--columns")
    return {name.strip(): value.strip() for name, _, value in pairs}


def reading(configured: Configuration, **named: str | None) -> list[str]:
    """The words of a command line that read the same rows again, after the source."""
    words = [word for name, value in named.items() if value for word in (f"--{name}", value)]
    if configured.get("format"):
        words += ["--format", configured.get("format")]
    if columns := configured.get("columns"):
        words += ["--columns", ",".join(f"{name}={column}" for name, column in columns.items())]
    for name, value in configured.get("options").items():
        words += [f"--{name.replace('_', '-')}", str(value)]
    return words


def configuration(
    file: Path | None,
    assignments: Iterable[str] | None,
    *,
    isolated: bool = False,
    **given: Any,
) -> Configuration:
    """What is configured: in a file, and on top of it on the command line."""
    from prefaudit.project import Configuration, found_configuration

    if file is not None:
        below = Configuration.of_file(file)
    else:
        below = Configuration() if isolated else found_configuration(Path.cwd())
    named = {name.replace("_", "-"): value for name, value in given.items()}
    return below | Configuration.of_command_line(named, assignments or ())
