"""CPython's difflib on many pairs, in as many processes as there are cores."""

from __future__ import annotations

import difflib
import multiprocessing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Two texts and whether autojunk is on.
Task = tuple[str, str, bool]


def ratio(task: Task) -> float:
    """The ratio as CPython computes it."""
    a, b, autojunk = task
    return difflib.SequenceMatcher(None, a, b, autojunk).ratio()


def ratios(tasks: Iterable[Task], chunk: int = 8) -> Iterator[float]:
    """The ratio of each task, in order."""
    with multiprocessing.get_context("spawn").Pool() as pool:
        yield from pool.imap(ratio, tasks, chunk)
