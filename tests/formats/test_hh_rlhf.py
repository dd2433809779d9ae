"""HH-RLHF: cut where the turns stop agreeing, without losing a byte."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from prefaudit.errors import SourceError
from prefaudit.load import load

if TYPE_CHECKING:
    from pathlib import Path

START = "\n\nHuman: Hi\n\nAssistant:"


def test_prompt_and_response_are_the_transcript(hh_file: Path, read_pairs: Any) -> None:
    rows = [json.loads(line) for line in gzip.decompress(hh_file.read_bytes()).splitlines()]
    pairs, accounting = read_pairs(hh_file)
    assert len(pairs) == len(rows) == accounting["rows_used"] == 2_312
    for number, (pair, row) in enumerate(zip(pairs, rows, strict=True)):
        assert pair["row"] == number
        assert pair["prompt"].endswith("\n\nAssistant:")
        assert pair["prompt"] + pair["chosen"] == row["chosen"] == pair["chosen_full"]
        assert pair["prompt"] + pair["rejected"] == row["rejected"] == pair["rejected_full"]


def test_published_counts(hh_file: Path, read_pairs: Any) -> None:
    pairs, _ = read_pairs(hh_file)
    assert sum(pair["diverged"] for pair in pairs) == 5
    texts = [pair[side] for pair in pairs if not pair["diverged"] for side in ("chosen", "rejected")]
    assert sum(not text.strip() for text in texts) == 4


def test_rows_without_a_shared_turn_are_skipped(read_pairs: Any) -> None:
    rows = [{"chosen": START + " yes", "rejected": START + " no"}] * 3
    rows.insert(1, {"chosen": START + " yes", "rejected": "\n\nHuman: something else"})
    rows.append({"chosen": "plain", "rejected": "text"})
    pairs, accounting = read_pairs(rows)
    assert [(pair["row"], pair["chosen"]) for pair in pairs] == [(0, " yes"), (2, " yes"), (3, " yes")]
    assert [pair["chosen_full"] for pair in pairs] == [START + " yes"] * 3
    assert accounting["rows_skipped"] == {"the transcripts share no assistant turn": 2}
    assert [example["row"] for example in accounting["skipped_examples"]] == [1, 4]
    with pytest.raises(SourceError, match="list, row 1: the transcripts share no assistant turn"):
        read_pairs(rows, strict=True)


def test_a_prompt_of_its_own_is_taken_at_its_word(read_pairs: Any) -> None:
    row = {"prompt": START, "chosen": START + " yes\n\nHuman: a\n\nAssistant: b", "rejected": START + " no"}
    (pair,), _ = read_pairs([row])
    assert load([row]).format == "generic"
    assert (pair["prompt"], pair["rejected"]) == (START, " no")


def test_columns_of_the_record_beside_transcripts_are_carried(read_pairs: Any) -> None:
    row = {"chosen": START + " yes", "rejected": START + " no", "annotator": "ann", "timestamp": "2024-05-01T10:00:00Z"}
    broken = {"chosen": "no turns", "rejected": "none", "annotator": "bob", "timestamp": "2024-05-01"}
    rows = [row, broken, row | {"annotator": 7}, row | {"timestamp": "some day"}]
    pairs, accounting = read_pairs(rows)
    found = [(pair["row"], pair["annotator"], pair["timestamp"].hour) for pair in pairs]
    assert found == [(0, "ann", 10), (2, "7", 10)]
    assert accounting["rows_skipped"] == {"the transcripts share no assistant turn": 1, "'timestamp' is not a time": 1}
    pairs, accounting = read_pairs(rows[:2] + rows[:1])
    assert [(pair["row"], pair["annotator"]) for pair in pairs] == [(0, "ann"), (2, "ann")]
