"""prompt, chosen, rejected as they stand."""

from __future__ import annotations

from typing import Any

import pytest

ROW = {"prompt": "Hi", "chosen": "Hello", "rejected": "Go away"}


def test_as_is(read_pairs: Any) -> None:
    (pair,), accounting = read_pairs([ROW])
    assert pair == {**ROW, "source": "list", "row": 0}
    assert accounting == {
        "rows_in": 1,
        "rows_used": 1,
        "rows_skipped": {},
        "skipped_examples": [],
        "votes": 1,
        "pairs": 1,
        "ties": 0,
    }


def test_without_prompts(read_pairs: Any) -> None:
    (pair,), _ = read_pairs([{"chosen": "yes", "rejected": "no", "score": 7, "origin": "somewhere"}])
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == ("", "yes", "no")


@pytest.mark.parametrize("value", [None, 7, True, ["Hi"], {"role": "user"}])
def test_a_prompt_that_is_no_text(value: object, read_pairs: Any) -> None:
    pairs, accounting = read_pairs([ROW, ROW, {**ROW, "prompt": value}])
    assert len(pairs) == 2
    assert list(accounting["rows_skipped"].values()) == [1]


def test_transcripts_are_taken_as_they_are_when_asked(read_pairs: Any) -> None:
    row = {"chosen": "\n\nHuman: Hi\n\nAssistant: yes", "rejected": "\n\nHuman: Hi\n\nAssistant: no"}
    (pair,), _ = read_pairs([row], format="generic")
    assert (pair["prompt"], pair["chosen"]) == ("", row["chosen"])


def test_real_pairs(data_dir: Any, read_pairs: Any) -> None:
    pairs, _ = read_pairs(data_dir / "prometheus" / "hhh_alignment_flat.jsonl")
    assert len(pairs) == 221
    assert sum(len(pair["chosen"]) > len(pair["rejected"]) for pair in pairs) == 139


def test_real_pairs_under_other_names(data_dir: Any, read_pairs: Any) -> None:
    mapping = {"prompt": "question", "chosen": "response_j", "rejected": "response_k"}
    pairs, _ = read_pairs(data_dir / "stack_exchange_paired" / "stack_exchange_paired_tiny.json", columns=mapping)
    assert len(pairs) == 25
    assert all(pair["prompt"] and pair["chosen"] and pair["rejected"] for pair in pairs)
