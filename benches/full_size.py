"""Data of full size, made of the rows at hand and kept in the cache.

The rows are repeated, and in each repetition the letters are exchanged by a permutation of the alphabet (upper and
lower case alike, the markers of turns left as they are): no two copies share a text, but every length, word
count, ratio and frequency is what it was.
"""

from __future__ import annotations

import gzip
import json
import random
import string
from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from benches import cache as kept
from benches.texts import data_folder, transcripts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS = 160_800
GROUP_ROWS = 10_000
_MARKERS = ("\n\nHuman:", "\n\nAssistant:")
_SCHEMA = pa.schema([("chosen", pa.string()), ("rejected", pa.string())])


def parquet(rows: int = ROWS, *, compression: str = "none", one_group: bool = False) -> Path:
    """A Parquet file of so many pairs; uncompressed it has the size of its text."""
    path = _path(rows, f"{compression}{'-one-group' if one_group else ''}.parquet")
    if not path.exists():
        group = rows if one_group else GROUP_ROWS
        part = path.with_suffix(".part")
        with pq.ParquetWriter(part, _SCHEMA, compression=compression, use_dictionary=False) as writer:
            if one_group:
                writer.write_table(pa.Table.from_batches(_batches(rows)), row_group_size=group)
            else:
                for batch in _batches(rows):
                    writer.write_batch(batch, row_group_size=group)
        part.rename(path)
    return path


def json_lines(rows: int = ROWS) -> Path:
    """The same pairs as JSON-lines, gzipped."""
    path = _path(rows, "jsonl.gz")
    if not path.exists():
        part = path.with_suffix(".part")
        with gzip.open(part, "wt", encoding="utf-8", compresslevel=6) as lines:
            for batch in _batches(rows):
                lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in batch.to_pylist())
        part.rename(path)
    return path


def _path(rows: int, ending: str) -> Path:
    return kept.folder() / f"{'real' if data_folder() else 'demo'}-{rows}-{ending}"


def _batches(rows: int) -> Iterator[pa.RecordBatch]:
    chosen: list[str] = []
    rejected: list[str] = []
    for a, b in _rows(rows):
        chosen.append(a)
        rejected.append(b)
        if len(chosen) == GROUP_ROWS:
            yield _batch(chosen, rejected)
            chosen, rejected = [], []
    if chosen:
        yield _batch(chosen, rejected)


def _batch(chosen: list[str], rejected: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"chosen": chosen, "rejected": rejected}, schema=_SCHEMA)


def _rows(rows: int) -> Iterator[tuple[str, str]]:
    source = transcripts()
    for k in range(rows):
        copy, row = divmod(k, len(source))
        a, b = source[row]
        yield (_exchanged(a, copy), _exchanged(b, copy)) if copy else (a, b)


def _exchanged(text: str, copy: int) -> str:
    letters, markers = _permutation(copy)
    text = text.translate(letters)
    for changed, marker in markers:
        text = text.replace(changed, marker)
    return text


@cache
def _permutation(copy: int) -> tuple[dict[int, int], list[tuple[str, str]]]:
    lower = list(string.ascii_lowercase)
    random.Random(copy).shuffle(lower)
    into = "".join(lower)
    letters = str.maketrans(string.ascii_letters, into + into.upper())
    return letters, [(marker.translate(letters), marker) for marker in _MARKERS]
