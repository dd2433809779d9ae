"""Columns beside the texts: carried under the record's names, whatever the container makes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prefaudit.pairs import SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {"prompt": "Hi", "chosen": "Hello", "rejected": "Go away"}
AT = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
FULL = {
    **TEXTS,
    "prompt_messages": [{"role": "user", "content": "Hi"}],
    "tie": False,
    "diverged": False,
    "pair_id": "p1",
    "prompt_id": "q1",
    "annotator": "ann",
    "session": "s1",
    "timestamp": AT,
    "seconds": 12.5,
    "first_shown": "rejected",
    "score_chosen": 4.0,
    "score_rejected": 1.5,
    "strength": 2.0,
    "aspects": [{"name": "helpful", "chosen": 4.0, "rejected": 2.0}],
    "chosen_full": "H: Hi A: Hello",
    "rejected_full": "H: Hi A: Go away",
    "domain": "greetings",
    "split": "train",
}


def test_the_fixture_has_every_column() -> None:
    assert {*FULL, "source", "row"} == set(SCHEMA.names)


@pytest.mark.parametrize("container", ["list", "parquet", "jsonl"])
def test_every_column_arrives(container: str, read_pairs: Any, tmp_path: Path) -> None:
    source: Any = [FULL]
    if container == "parquet":
        source = tmp_path / "full.parquet"
        pq.write_table(pa.Table.from_pylist([FULL]), source)
    elif container == "jsonl":
        source = tmp_path / "full.jsonl"
        source.write_text(json.dumps({**FULL, "timestamp": AT.isoformat()}) + "\n")
    (pair,), _ = read_pairs(source)
    assert {name: value for name, value in pair.items() if name not in {"source", "row"}} == FULL


def test_numbers_moments_and_flags_of_a_csv_file(read_pairs: Any, tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(
        "prompt,chosen,rejected,annotator,timestamp,score_chosen,tie,first_shown\n"
        "Hi,Hello,Go,007,2024-05-06T07:08:09Z,4.5,false,chosen\n"
        "Ho,Hello,Go,,,,true,\n"
    )
    (first, second), _ = read_pairs(path)
    assert (first["annotator"], first["timestamp"], first["score_chosen"]) == ("007", AT, 4.5)
    assert (first["tie"], first["first_shown"]) == (False, "chosen")
    assert [second[name] for name in ("annotator", "timestamp", "score_chosen", "tie")] == [None, None, None, True]


def test_identifiers_may_be_numbers(read_pairs: Any) -> None:
    whole, _ = read_pairs([{**TEXTS, "annotator": 7}, {**TEXTS, "annotator": 8}])
    assert [pair["annotator"] for pair in whole] == ["7", "8"]
    with_gaps = pa.table({name: [text] * 2 for name, text in TEXTS.items()} | {"annotator": [7.0, None]})
    pairs, _ = read_pairs(with_gaps)
    assert [pair["annotator"] for pair in pairs] == ["7", None]


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        ("first_shown", "chosen", "left"),
        ("score_chosen", "4", "high"),
        ("score_chosen", 4.0, float("inf")),
        ("timestamp", "2024-05-06", "yesterday"),
        ("tie", "true", "perhaps"),
        ("annotator", 7, [1]),
        ("aspects", [{"name": "helpful", "chosen": 4.0, "rejected": 2.0}], "none"),
    ],
)
def test_a_cell_that_cannot_be_read_costs_its_row_by_name(column: str, good: Any, bad: Any, read_pairs: Any) -> None:
    rows = [{**TEXTS, column: good}] * 40 + [{**TEXTS, column: bad}]
    pairs, accounting = read_pairs(rows)
    assert len(pairs) == 40
    (skipped,) = accounting["skipped_examples"]
    assert skipped["row"] == 40
    assert column in skipped["reason"]
    assert (accounting["rows_in"], accounting["rows_used"]) == (41, 40)


def test_a_column_that_holds_something_else_is_no_column_of_the_record(read_pairs: Any) -> None:
    (pair,), _ = read_pairs([{**TEXTS, "timestamp": True, "tie": 3.5, "domain": ["a"], "aspects": "many"}])
    assert set(pair) == {*TEXTS, "source", "row"}


def test_nothing_is_no_number(read_pairs: Any) -> None:
    pairs, _ = read_pairs(
        pa.table({name: [text] * 2 for name, text in TEXTS.items()} | {"score_chosen": [float("nan"), 1.0]})
    )
    assert [pair["score_chosen"] for pair in pairs] == [None, 1.0]


@pytest.mark.parametrize("container", ["list", "jsonl"])
def test_ids_that_become_text_after_many_numbers(container: str, read_pairs: Any, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{**TEXTS, "pair_id": at, "annotator": at % 7} for at in range(40_000)]
    rows[30_000]["pair_id"], rows[39_999]["annotator"] = "thirty", "bob"
    source: Any = rows
    if container == "jsonl":
        source = tmp_path / "late.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found, accounting = read_pairs(source)
    assert (len(found), accounting["rows_skipped"]) == (len(rows), {})
    assert [found[at]["pair_id"] for at in (0, 29_999, 30_000, 30_001)] == ["0", "29999", "thirty", "30001"]
    assert [found[at]["annotator"] for at in (39_998, 39_999)] == [str(39_998 % 7), "bob"]


@pytest.mark.parametrize("nothing", [0, -1, 0.0, "0", "n/a", "N/A", "none", "NaN", "unknown", ""])
def test_what_is_written_where_no_time_is_known(nothing: Any, read_pairs: Any) -> None:
    rows = [{**TEXTS, "timestamp": 1_700_000_000}, {**TEXTS, "timestamp": nothing}]
    found, accounting = read_pairs(rows)
    assert accounting["rows_skipped"] == {}
    assert [pair["timestamp"] for pair in found] == [datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), None]
