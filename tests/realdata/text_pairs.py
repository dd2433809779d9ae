"""Every pair of texts that the files of real data hold, however they lay it out."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: Columns that stand against each other.
SIDES = [
    ("chosen", "rejected"),
    ("chosen_messages", "rejected_messages"),
    ("response_j", "response_k"),
    ("response1", "response2"),
    ("result_x", "result_y"),
    ("answer_a", "answer_b"),
    ("completion_a", "completion_b"),
    ("conversation_a", "conversation_b"),
]


class TextPair(NamedTuple):
    """Two texts, and the first file that holds them."""

    file: str
    a: str
    b: str


def read_pairs(folder: Path) -> list[TextPair]:
    """The distinct pairs of all files, in a fixed order: whole texts, and the responses cut from transcripts."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(path for path in folder.rglob("*.*") if ".json" in path.name or path.suffix == ".csv"):
        if path.parent.name != "gpt2":
            for a, b in _pairs_of(_rows(path)):
                found.setdefault((a, b), str(path.relative_to(folder)))
    for a, b in _answers_to_one_question(folder):
        found.setdefault((a, b), "prd_vicuna80/answer_*.jsonl")
    return [TextPair(file, a, b) for (a, b), file in found.items()]


def _rows(path: Path) -> list[dict[str, Any]]:
    text = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()
    if path.suffix == ".csv":
        return list(csv.DictReader(text.splitlines(keepends=True)))
    if ".jsonl" in path.name:
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    rows: list[dict[str, Any]] = json.loads(text)
    return rows


def _pairs_of(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        for left, right in SIDES:
            if left in row and right in row:
                yield from _both(row[left], row[right])
        if "summaries" in row:
            yield from itertools.combinations([str(summary["text"]) for summary in row["summaries"]], 2)
        yield from _siblings(row.get("prompt"))
        yield from _siblings(row)


def _both(left: Any, right: Any) -> Iterator[tuple[str, str]]:
    """The two texts; of conversations the whole and the last message, of transcripts also the last answers."""
    a, b = _texts(left), _texts(right)
    if a and b:
        yield "\n\n".join(a), "\n\n".join(b)
        yield a[-1], b[-1]
        mark = "\n\nAssistant:"
        if mark in a[-1] and mark in b[-1]:
            yield a[-1].rpartition(mark)[2], b[-1].rpartition(mark)[2]


def _texts(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case {"content": inner} | {"value": inner}:
            return ["".join(_texts(inner))]
        case list():
            return [text for item in value for text in _texts(item)]
        case _:
            return []


def _siblings(message: Any) -> Iterator[tuple[str, str]]:
    """Replies to one message of a tree."""
    if isinstance(message, dict) and isinstance(message.get("replies"), list):
        yield from itertools.combinations([str(reply["text"]) for reply in message["replies"]], 2)
        for reply in message["replies"]:
            yield from _siblings(reply)


def _answers_to_one_question(folder: Path) -> Iterator[tuple[str, str]]:
    """Answers of several models, a file each, to the same questions."""
    answers = defaultdict(list)
    for path in sorted((folder / "prd_vicuna80").glob("answer_*.jsonl")):
        for row in _rows(path):
            answers[row["question_id"]].append(row["text"])
    for texts in answers.values():
        yield from itertools.combinations(texts, 2)
