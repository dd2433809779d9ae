"""What is written is neither what is read nor written twice: checked before the work, as data would be lost by it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def check_targets(
    targets: Mapping[str, str | os.PathLike[str] | None], sources: Iterable[str] = (), may_replace: str = ""
) -> None:
    """Raise a usage error if an output would go over another one, or over a file that the sources are read from.

    Args:
        targets: where each output goes, by its option; None and - are nowhere.
        sources: what is read, as the command line names it.
        may_replace: the option that may name a source all the same.
    """
    taken: dict[Path, str] = {}
    for option, path in targets.items():
        target = _place(path)
        if target is None:
            continue
        if target in taken:
            message = f"{path} is where {taken[target]} goes as well"
            raise typer.BadParameter(message, param_hint=option)
        taken[target] = option
    read = set(_files(sources)) if taken else set()
    for target, option in taken.items():
        if target in read and option != may_replace:
            message = f"{targets[option]} is what is read: write to another file"
            raise typer.BadParameter(message, param_hint=option)


def _place(path: str | os.PathLike[str] | None) -> Path | None:
    """The regular file, there already or to be made, that a path means."""
    if path is None or os.fspath(path) == "-":
        return None
    place = Path(path).expanduser()
    return place.resolve() if place.is_file() or not place.exists() else None


def _files(sources: Iterable[str]) -> Iterable[Path]:
    from prefaudit.sources.paths import files_of

    return (file.resolve() for source in sources for file in files_of(source))
