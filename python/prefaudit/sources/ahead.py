"""Read ahead: decode the next batch while this one is worked on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Generator

T = TypeVar("T")

_END = object()


def read_ahead(items: Generator[T]) -> Generator[T]:
    """The same items, one of them made ahead of time.

    The thread that makes them lives from the first item asked for to the end (or the closing) of this iterator,
    so nothing of it is left to be lost in a `fork()` before or after.
    """
    with closing(items), ThreadPoolExecutor(1, thread_name_prefix="prefaudit-read") as reader:
        coming = reader.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = reader.submit(next, items, _END)
            yield cast("T", item)
