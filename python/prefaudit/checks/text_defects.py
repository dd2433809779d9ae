"""Texts that were damaged on their way: undecodable or wrongly decoded characters, and tokens of a model's template."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.checks.columns import as_mask
from prefaudit.checks.text_bytes import TextBytes

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
# What follows an angle or a square bracket in one of them; 0xEF begins the fullwidth bar.
_TOKEN_STARTS = ((b"<", b"|/s<upbem\xef"), (b"[", b"I/PCSMU"))
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()
#: The letters that mojibake begins with are this byte and one of these.
_LATIN, _MISREAD = b"\xc3", bytes(letter.encode()[1] for letter in "ÃÂâðï")


class Damage(NamedTuple):
    """Which texts of a column hold what they should not."""

    replaced: NDArray[np.bool_]
    mojibake: NDArray[np.bool_]
    special_tokens: NDArray[np.bool_]

    def __or__(self, other: Damage) -> Damage:
        """The damage of two columns, row by row."""
        return Damage(*(mine | theirs for mine, theirs in zip(self, other, strict=True)))


def damage(texts: pa.StringArray) -> Damage:
    """What each text of a column without nulls holds.

    The bytes are scanned for what such a place begins with; only rows that have it are searched in full.
    """
    scanned, n = TextBytes(texts), len(texts)
    ascii_only = pc.all(pc.string_is_ascii(texts), min_count=0).as_py()
    marks = [scanned.followed(scanned.find(start), after) for start, after in _TOKEN_STARTS]
    tokens = _matching(texts, scanned.rows(np.concatenate(marks)), SPECIAL_TOKENS)
    if ascii_only:
        return Damage(np.zeros(n, np.bool_), np.zeros(n, np.bool_), tokens)
    replaced = np.zeros(n, dtype=np.bool_)
    replaced[scanned.rows(scanned.reads(scanned.find(_REPLACEMENT[:2]), _REPLACEMENT))] = True
    latin = scanned.followed(scanned.find(_LATIN), _MISREAD)
    return Damage(replaced, _matching(texts, scanned.rows(latin), MOJIBAKE), tokens)


def blank(texts: pa.StringArray) -> NDArray[np.bool_]:
    """The texts that are empty or nothing but whitespace."""
    return as_mask(pc.or_(pc.equal(pc.binary_length(texts), 0), pc.utf8_is_space(texts)))


def _matching(texts: pa.StringArray, rows: NDArray[np.int64], pattern: str) -> NDArray[np.bool_]:
    """The texts of some rows (which may be named twice) that match a regular expression."""
    matching = np.zeros(len(texts), dtype=np.bool_)
    rows = np.unique(rows)
    if len(rows):
        matching[rows] = as_mask(pc.match_substring_regex(texts.take(pa.array(rows)), pattern))
    return matching
