"""Paths and names: a file, a folder, a glob, standard input, or a data set on the Hugging Face hub."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from prefaudit.errors import SourceError
from prefaudit.sources.choices import refuse
from prefaudit.sources.files import by_content, in_folder, is_readable, joined, open_file, together
from prefaudit.sources.hub import HubName, open_hub
from prefaudit.sources.saved import is_saved, open_saved
from prefaudit.sources.streams import spooled, standard_input

if TYPE_CHECKING:
    from prefaudit.sources.base import Source

_PAGE = re.compile(r"https?://(?:www\.)?huggingface\.co/datasets/([\w.-]+/[\w.-]+)")


def open_path(
    path: str,
    *,
    split: str | None = None,
    config: str | None = None,
    revision: str | None = None,
    streaming: bool = True,
) -> Source:
    """The source that `path` means. What is on this machine goes before what is on the hub."""
    if _is_here(path):
        refuse(path, f"is on this machine (for the hub write hf://datasets/{path})", config=config, revision=revision)
        place = Path(path)
        if place.is_dir() and is_saved(place):
            return open_saved(place, split)
        refuse(path, "has no splits: name the file to read", split=split)
        return _open_here(path)
    if name := _on_the_hub(path):
        return open_hub(name, split=split, config=config, revision=revision, streaming=streaming)
    raise SourceError(_not_there(path))


def files_of(path: str) -> list[Path]:
    """The files on this machine that a path, a folder or a glob means; none for what is not on it."""
    place = Path(path)
    if not _is_here(path) or path == "-":
        return []
    return in_folder(place) if place.is_dir() else [place] if _exists(path) else _matches(path)


def open_files(paths: list[str]) -> Source:
    """Several files as one data set, in the order given.

    Raises:
        SourceError: if one of them is no file on this machine.
    """
    for path in paths:
        if not Path(path).is_file():
            msg = f"{path}: of several sources each is a file on this machine; this is none (rows are dicts)"
            raise SourceError(msg)
    name = paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
    return joined([Path(path) for path in paths], name)


def _is_here(path: str) -> bool:
    return path == "-" or _exists(path) or bool(_matches(path))


def _exists(path: str) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - Path.exists raises where a text is too long for a path


def _open_here(path: str) -> Source:
    if path == "-":
        return by_content(standard_input())
    place = Path(path)
    if place.is_dir():
        return together(in_folder(place), path)
    if place.is_file():
        return open_file(place)
    if place.exists():  # a pipe: /dev/stdin, <(zcat pairs.jsonl.gz)
        with place.open("rb") as stream:
            return by_content(spooled(stream, path))
    return together([file for file in _matches(path) if file.is_file()], path)


def _matches(path: str) -> list[Path]:
    return sorted(map(Path, glob.glob(path, recursive=True)))  # noqa: PTH207 - Path.glob takes no absolute pattern


def _on_the_hub(path: str) -> HubName | None:
    """The data set that `path` names: surely with `hf://`, else only where it can hardly be a mistyped path."""
    likely_a_path = is_readable(Path(path)) or _exists(str(Path(path).parent))
    return HubName.of(path) if path.startswith("hf://") or not likely_a_path else None


def _not_there(path: str) -> str:
    if page := _PAGE.match(path):
        return f"{path} is a page, not a file. To read the data set from the hub write {page[1]}"
    if path.startswith("hf://"):
        return f"{path} is no data set on the hub: write hf://datasets/owner/name, or owner/name"
    if "://" in path:
        return f"{path} is not on this machine: download it, or load it with `datasets` and pass the data set"
    if name := HubName.of(path):
        return f"there is no file or folder {path}. For the data set on the Hugging Face hub write hf://datasets/{name.repo}"
    return f"there is no file or folder {path}"
