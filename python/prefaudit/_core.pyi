"""The extension's own functions; `prefaudit.kernels` is their only caller."""

from typing import final

import pyarrow as pa

__all__ = [
    "TextColumn",
    "char_counts",
    "cut_transcripts",
    "letter_counts",
    "matching_blocks",
    "ratio",
    "ratios",
    "sameness",
    "text_hashes",
    "word_counts",
]

@final
class TextColumn:
    """One Arrow array of text, checked once and then shared by any number of kernels."""

    def __new__(cls, array: pa.Array) -> TextColumn: ...
    def __len__(self) -> int: ...

def ratio(a: str, b: str, autojunk: bool) -> float: ...
def matching_blocks(a: str, b: str, autojunk: bool) -> list[tuple[int, int, int]]: ...
def ratios(
    a: TextColumn, b: TextColumn, autojunk: bool, score_cutoff: float, threads: int | None
) -> pa.DoubleArray: ...
def word_counts(texts: TextColumn, threads: int | None) -> pa.Int64Array: ...
def char_counts(texts: TextColumn, threads: int | None) -> pa.Int64Array: ...
def letter_counts(texts: TextColumn, threads: int | None) -> tuple[int, int]: ...
def text_hashes(texts: TextColumn, threads: int | None) -> pa.FixedSizeBinaryArray: ...
def sameness(a: TextColumn, b: TextColumn, threads: int | None) -> pa.UInt8Array: ...
def cut_transcripts(chosen: TextColumn, rejected: TextColumn, threads: int | None) -> pa.RecordBatch: ...
