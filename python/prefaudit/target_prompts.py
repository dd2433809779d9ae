"""Prompts that data are meant for: from preference data, from a column of a table, or from lines of text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from prefaudit.data import PreferenceData
from prefaudit.errors import FormatError, SourceError
from prefaudit.formats.messages import checked_messages, is_messages, render
from prefaudit.formats.twins import PROMPT_NAMES
from prefaudit.formats.values import UnusableRow
from prefaudit.load import load
from prefaudit.sources import open_source
from prefaudit.sources.base import Plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prefaudit.sources.base import Sample, Source

#: Names of columns that hold prompts, the first of them that is there is taken.
_NAMES = ("prompt", "prompts", "text", *PROMPT_NAMES)


def target_prompts(source: Any) -> tuple[str, Iterator[pa.StringArray]]:
    """The prompts of a source, and what it is called.

    Args:
        source: whatever `load` reads; or a file or table with a column of prompts alone, as text or as messages; or a
            text file (.txt), a prompt a line; or a list of texts.

    Raises:
        SourceError: if it cannot be read.
        FormatError: if no column of it holds prompts.

    Example:
        >>> name, columns = target_prompts(["Which oak is that?", "Why do leaves fall?"])
        >>> name, [len(column) for column in columns]
        ('list', [2])
    """
    if isinstance(source, PreferenceData):
        return source.name, (batch.prompt for batch in source.batches())
    if isinstance(source, str | os.PathLike) and Path(source).suffix.lower() == ".txt":
        return str(source), iter([_lines(Path(source))])
    if isinstance(source, list | tuple) and all(isinstance(text, str) for text in source):
        return type(source).__name__, iter([pa.array(source, type=pa.string())])
    if hasattr(source, "__next__"):
        source = list(source)  # it is looked at twice
    try:
        data = load(source)
    except FormatError:
        rows = open_source(source)
        return rows.name, _column(rows, _prompt_column(rows))
    return data.name, (batch.prompt for batch in data.batches())


def _lines(path: Path) -> pa.StringArray:
    try:
        return pa.array(path.read_text(encoding="utf-8-sig").splitlines(), type=pa.string())
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: the target prompts cannot be read: {error}"
        raise SourceError(msg) from error


def _prompt_column(rows: Source) -> str:
    """The column that holds prompts: by its name, or because no other holds text."""
    sample = rows.sample()
    usable = [name for name in sample.columns if _holds_prompts(sample, name)]
    named = [name for name in _NAMES if name in usable]
    if named or len(usable) == 1:
        return (named or usable)[0]
    msg = f"{rows.name}: no column holds prompts. The columns are {sample.listed()}; call the one that does 'prompt'"
    raise FormatError(msg)


def _holds_prompts(sample: Sample, name: str) -> bool:
    values = sample.values(name)
    return bool(values) and (sample.holds_text(name) or all(is_messages(value) for value in values))


def _column(rows: Source, name: str) -> Iterator[pa.StringArray]:
    for batch in rows.read(Plain((name,))):
        yield pa.array(_texts(row.get(name) for row in batch.plain), type=pa.string())


def _texts(values: Iterable[Any]) -> Iterator[str | None]:
    """Each prompt as one text; None for what is none."""
    for value in values:
        try:
            yield value if isinstance(value, str) else render(checked_messages(value, "prompt"))
        except UnusableRow:
            yield None
