"""The token ids of texts by those of their words: the extension's table, for `prefaudit.tokens`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefaudit import _core
from prefaudit.texts import TextBatch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from prefaudit.texts import Column

#: Bytes of words and ids from which on a table begins anew.
_MOST = 256 << 20


class WordIds:
    """Looks up the token ids of texts word by word; a word that is met for the first time is asked for.

    Args:
        encode: the ids of some words, int32.
        cuts: between which ASCII characters a text may be cut: each of the first text and each of the second.
        wide: the ASCII characters before which a text may be cut after a letter or digit that is not ASCII.
    """

    def __init__(
        self, encode: Callable[[Sequence[str]], pa.LargeListArray], cuts: Sequence[tuple[str, str]], wide: str
    ) -> None:
        self._encode = encode
        self._table = _core.WordIds(list(cuts), wide)

    def words(self, text: str) -> list[str]:
        """The parts of a text that are looked up."""
        return self._table.words(text)

    def pairs(
        self, prompts: Column, chosen: Column, rejected: Column, threads: int | None = None
    ) -> tuple[pa.LargeListArray, pa.LargeListArray]:
        """The ids of the texts prompt + chosen and prompt + rejected of each row; a null is an empty text."""
        if self._table.bytes() > _MOST:
            self._table.clear()
        begun, first, second = (_one(column) for column in (prompts, chosen, rejected))
        return self._table.encode(begun, first, second, self._encode, threads)


def _one(column: Column) -> _core.TextColumn:
    """A column in one piece."""
    (found,) = TextBatch(column).columns
    return found
