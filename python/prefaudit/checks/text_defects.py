"""Texts that were damaged on their way: undecodable or wrongly decoded characters, and tokens of a model's template."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.checks.columns import as_mask
from prefaudit.marks import Marks

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What the later bytes of a character look like in Latin-1, and in Windows-1252 but for the quotation marks, dashes
# and dots that also follow a letter in ordinary text.
_COMMON = set("\u2018\u2019\u201c\u201d\u2013\u2014\u2026")
_WINDOWS = set(bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")) - _COMMON
_TRAIL = r"\x{80}-\x{bf}" + "".join(sorted(_WINDOWS))
#: UTF-8 read as Latin-1 or Windows-1252: accented letters, symbols, punctuation, emoji, a byte order mark.
MOJIBAKE = rf"Ã[{_TRAIL}]|Â[\x{{a0}}-\x{{bf}}]|â€|â\x{{80}}|ðŸ|ð\x{{9f}}|ï»¿|ï¿½"
#: Tokens by which templates of well-known models mark turns, ends, padding and gaps, as their tokenizers list them.
SPECIAL_TOKENS = (
    r"<\|[A-Za-z0-9_ -]{1,40}\|>|<\x{ff5c}[^\x{ff5c}<>]{1,40}\x{ff5c}>|\[/?INST\]|<</?SYS>>|</?s>"
    r"|<(?:unk|pad|bos|eos|mask)>|<(?:start|end)_of_turn>|<extra_id_[0-9]+>|\[(?:PAD|CLS|SEP|MASK|UNK)\]"
)


class Damage(NamedTuple):
    """Which texts of a column hold what they should not."""

    replaced: NDArray[np.bool_]
    mojibake: NDArray[np.bool_]
    special_tokens: NDArray[np.bool_]

    def __or__(self, other: Damage) -> Damage:
        """The damage of two columns, row by row."""
        return Damage(*(mine | theirs for mine, theirs in zip(self, other, strict=True)))


def damage(texts: pa.StringArray, marks: NDArray[np.uint8]) -> Damage:
    """What each text of a column without nulls holds; only those are searched whose marks say that they may."""
    return Damage(
        marks & Marks.REPLACED > 0,
        _matching(texts, np.flatnonzero(marks & Marks.MISREAD), MOJIBAKE),
        _matching(texts, np.flatnonzero(marks & Marks.OPENED), SPECIAL_TOKENS),
    )


def _matching(texts: pa.StringArray, rows: NDArray[np.int64], pattern: str) -> NDArray[np.bool_]:
    """The texts of some rows that match a regular expression."""
    matching = np.zeros(len(texts), dtype=np.bool_)
    if len(rows):
        matching[rows] = as_mask(pc.match_substring_regex(texts.take(pa.array(rows)), pattern))
    return matching
