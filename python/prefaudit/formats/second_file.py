"""Texts that lie in other files than the judgments: where they are, and what they hold."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefaudit.errors import FormatError
from prefaudit.formats.options import Option
from prefaudit.sources import open_source
from prefaudit.sources.base import Plain, is_null

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from prefaudit.sources.base import Sample


def texts_option(what: str) -> Option:
    """The option `texts` of a format that keeps its texts elsewhere; `what` says what lies there."""
    return Option(None, f"{what}: a file, folder or glob; without it, looked for beside the judgments")


def text_files(sample: Sample, asked: str | None, pattern: str, what: str) -> list[Path]:
    """The files that hold the texts: those asked for, else those beside the judgments that match `pattern`.

    Args:
        sample: the judgments, which know their folder when they come from a file.
        asked: the value of the option `texts`: a file, a folder or a glob.
        pattern: which files of a folder hold texts, as in "answer_*.json*".
        what: what they are called in a message.

    Raises:
        FormatError: if there are none.
    """
    found = _asked(asked, pattern) if asked is not None else _matching(sample.folder, pattern)
    if found:
        return found
    place = f"nothing that '{asked}' names" if asked is not None else f"no {pattern} beside the judgments"
    msg = (
        f"the rows judge texts that lie in other files, and there is {place}: say where {what} are with"
        ' options={"texts": "PATH"} (a file, folder or glob)'
    )
    raise FormatError(msg)


def rows_of(path: Path, needs: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """The rows of a file of texts, those left out that lack something.

    Raises:
        FormatError: if the file has none of the columns in `needs`.
        SourceError: if it cannot be read.
    """
    source = open_source(path)
    columns = source.sample().columns
    if missing := [name for name in needs if name not in columns]:
        msg = f"{path} was to hold texts, but has no column '{missing[0]}'; it has {', '.join(map(repr, columns))}"
        raise FormatError(msg)
    for batch in source.read(Plain(tuple(needs))):
        yield from (row for row in batch.plain if not any(is_null(row.get(name)) for name in needs))


def _asked(asked: str, pattern: str) -> list[Path]:
    path = Path(asked)
    if path.is_dir():
        return _matching(path, pattern)
    if path.is_file():
        return [path]
    return [Path(found) for found in sorted(glob.glob(asked)) if Path(found).is_file()]  # noqa: PTH207 - may be absolute


def _matching(folder: Path | None, pattern: str) -> list[Path]:
    return [path for path in sorted(folder.glob(pattern)) if path.is_file()] if folder else []
