"""Folders that `datasets` wrote with `save_to_disk`; they are read without it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefaudit.errors import SourceError
from prefaudit.sources.arrow_ipc import ArrowIpc
from prefaudit.sources.hugging_face import choose_split
from prefaudit.sources.joined import Joined
from prefaudit.sources.streams import File

if TYPE_CHECKING:
    from collections.abc import Callable

    from prefaudit.sources.base import Source

_ONE, _SEVERAL = "state.json", "dataset_dict.json"


def is_saved(folder: Path) -> bool:
    """Whether the folder is a saved `Dataset` or `DatasetDict`."""
    return (folder / _ONE).is_file() or (folder / _SEVERAL).is_file()


def open_saved(folder: Path, split: str | None) -> Source:
    """The rows of a saved data set.

    `dataset_dict.json` lists the splits, each a folder; in each of them, `state.json` lists the files with the rows in
    their order. Other files beside them belong to no state and are not read.

    Raises:
        SourceError: if a split is not there or has to be named, or a description cannot be read.
    """
    if (folder / _SEVERAL).is_file():
        splits = _listed(folder / _SEVERAL, lambda found: found["splits"])
        names = choose_split(splits, split, folder.as_posix())
        files = [file for name in names for file in _files(folder / name)]
        return Joined(files, folder.as_posix())
    if split is not None:
        choose_split([], split, folder.as_posix())
    return Joined(_files(folder), folder.as_posix())


def _files(folder: Path) -> list[Source]:
    names = _listed(folder / _ONE, lambda found: [file["filename"] for file in found["_data_files"]])
    return [ArrowIpc(File(folder / name, (folder / name).as_posix())) for name in names]


def _listed(path: Path, names_in: Callable[[Any], list[str]]) -> list[str]:
    try:
        # Nothing but names beside the description: it says nothing about files elsewhere.
        return [Path(name).name for name in names_in(json.loads(path.read_text(encoding="utf-8")))]
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        msg = f"{path.as_posix()} does not say what `save_to_disk` writes to it ({type(error).__name__}): save it again"
        raise SourceError(msg) from error
