"""Text for a terminal of about 100 columns: lists of names, and docstrings."""

from __future__ import annotations

import shutil
import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST, _LEAST = 100, 60
_LONGEST_HEADING = 40


def width() -> int:
    """As wide as the terminal, within reason; 100 columns where there is none."""
    return max(_LEAST, min(_MOST, shutil.get_terminal_size((_MOST, 24)).columns))


def name_list(rows: Iterable[tuple[str, str]], columns: int) -> Iterator[str]:
    r"""Names at the left, what they stand for beside them.

    Example:
        >>> print("\n".join(name_list([("a", "one two"), ("bc", "three")], 8)))
        a   one
            two
        bc  three
    """
    rows = list(rows)
    indent = max(len(name) for name, _ in rows) + 2
    for name, told in rows:
        lines = textwrap.wrap(told, max(columns - indent, 1), break_long_words=False, break_on_hyphens=False) or [""]
        yield f"{name:<{indent}}{lines[0]}".rstrip()
        yield from (" " * indent + line for line in lines[1:])


def reflowed(text: str, columns: int) -> Iterator[str]:
    r"""Paragraphs, which are lines of one indent, wrapped anew; a heading, which ends in a colon, stays alone.

    Example:
        >>> print("\n".join(reflowed("Why it matters:\n    One\n    two.\n\nEnd.", 40)))
        Why it matters:
            One two.
        <BLANKLINE>
        End.
    """
    for (indent, heading), lines in groupby(text.splitlines(), key=_kind):
        words = " ".join(line.strip() for line in lines)
        if heading or not words:
            yield words
            continue
        space = " " * indent
        yield from textwrap.wrap(
            words,
            columns,
            initial_indent=space,
            subsequent_indent=space,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _kind(line: str) -> tuple[int, bool]:
    """The indent, and whether it is a heading; blank lines are of a kind of their own."""
    if not line.strip():
        return -1, False
    indent = len(line) - len(line.lstrip())
    return indent, indent == 0 and line.endswith(":") and len(line) <= _LONGEST_HEADING
