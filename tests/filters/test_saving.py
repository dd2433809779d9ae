"""Filtered data in files: the source's own columns, in its own types, written whole or not at all."""

from __future__ import annotations

import csv
import gzip
import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import prefaudit
from commands import prefaudit as prefaudit_
from prefaudit.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

ROWS: list[dict[str, Any]] = [
    {"id": at, "chosen": f"good {at}", "meta": {"tags": ["a", "b"]}, "rejected": "bad", "prompt": f"p{at}"}
    for at in range(50)
]
ROWS[7]["rejected"] = ROWS[7]["chosen"]
STAY = [one for one in ROWS if one["id"] != 7]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_json_lines_keep_their_keys_and_order(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{**one, "late": None} if one["id"] > 30 else one for one in ROWS]
    source.write_text("".join(json.dumps(one) + "\n" for one in rows))
    prefaudit.filter(source, ["identical"]).save(out)
    assert [json.dumps(one) for one in lines(out)] == [json.dumps(one) for one in rows if one["id"] != 7]


LINES = [
    '{"prompt": "p1",  "chosen":"a b", "rejected":"d", "x": 1.10, "n": {"k": [1e5, 12345678901234567890123, null]}}',
    '{"prompt":"p2","chosen":"same","rejected":"same","x":2.50}',
    '{"chosen": "caf\\u00e9 caf\u00e9", "prompt": "p3", "rejected": "y", "x": -0.0, "f": 1E+2, "half": "\\ud83d"}',
]


@pytest.mark.parametrize("packed", ["", ".gz"])
def test_json_lines_are_copied_as_they_are_written(packed: str, tmp_path: Path) -> None:
    source, out = tmp_path / f"in.jsonl{packed}", tmp_path / f"out.jsonl{packed}"
    pack = gzip.compress if packed else bytes
    unpack = gzip.decompress if packed else bytes
    source.write_bytes(pack("".join(f"{line}\r\n" for line in LINES).encode()))
    prefaudit.filter(source, ["identical"]).save(out)
    assert unpack(out.read_bytes()).decode().splitlines() == [LINES[0], LINES[2]]
    sides = prefaudit.split(source, {"all": 1.0})
    assert len(sides["all"]) == 3


def test_half_a_surrogate_is_written_as_an_escape(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in LINES]
    prefaudit.filter(rows, ["identical"]).save(tmp_path / "out.jsonl")
    assert lines(tmp_path / "out.jsonl") == [rows[0], rows[2]]


@pytest.mark.parametrize("kind", [".jsonl.gz", ".csv.gz", ".CSV"])
def test_other_kinds_are_read_again(kind: str, tmp_path: Path) -> None:
    filtered = prefaudit.filter(ROWS, ["identical"])
    filtered.save(tmp_path / f"out{kind}")
    filtered.save(tmp_path / f"again{kind}")
    assert (tmp_path / f"out{kind}").read_bytes() == (tmp_path / f"again{kind}").read_bytes()
    table = prefaudit.load(tmp_path / f"out{kind}").to_table()
    assert table["prompt"].to_pylist() == [one["prompt"] for one in STAY]


def test_parquet_keeps_its_metadata(tmp_path: Path) -> None:
    schema = pa.schema(
        [
            pa.field("chosen", pa.string(), metadata={"language": "en"}),
            pa.field("rejected", pa.string()),
            pa.field("kind", pa.dictionary(pa.int32(), pa.string())),
            pa.field("when", pa.timestamp("us", tz="UTC")),
        ],
        metadata={"licence": "MIT"},
    )
    rows = [{"chosen": f"a{at}", "rejected": "b", "kind": "x", "when": at} for at in range(9)]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), tmp_path / "in.parquet")
    prefaudit.filter(tmp_path / "in.parquet", ["identical"]).save(tmp_path / "out.parquet")
    before, after = (pq.read_schema(tmp_path / f"{name}.parquet") for name in ("in", "out"))
    assert after.equals(before, check_metadata=True)
    assert after.metadata[b"licence"] == b"MIT"


def test_the_source_itself_can_be_replaced(source: Path) -> None:
    again = prefaudit_("filter", source, "-o", source, "--drop", "identical", "--force")
    assert (again.returncode, again.stderr) == (0, "")
    assert "PASS" in again.stdout
    assert lines(source) == STAY
    refused = prefaudit_("filter", source, "-o", source, "--drop", "identical")
    assert (refused.returncode, "--force" in refused.stderr) == (2, True)


def test_an_interrupted_run_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C at any time: either all is there, or nothing."""
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({**one, "id": at}) + "\n" for at in range(4000) for one in ROWS[:9]))
    command = [sys.executable, "-m", "prefaudit", "filter", str(source), "-o", "out.parquet", "--drop", "identical"]
    running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while running.poll() is None and not any("out.parquet" in path.name for path in tmp_path.iterdir()):
        time.sleep(0.005)
    running.send_signal(signal.SIGINT)
    running.communicate()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == ({"in.jsonl"} if running.returncode == 130 else {"in.jsonl", "out.parquet"})


@pytest.mark.parametrize("kind", ["pyarrow", "pandas", "polars", "parquet"])
def test_arrow_data_keep_their_types(kind: str, tmp_path: Path) -> None:
    table = pa.Table.from_pylist(ROWS).cast(
        pa.schema(
            [
                pa.field("id", pa.int16()),
                pa.field("chosen", pa.large_string()),
                pa.field("meta", pa.struct([("tags", pa.list_(pa.string()))])),
                pa.field("rejected", pa.string()),
                pa.field("prompt", pa.string()),
            ]
        )
    )
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=8)
    source = {
        "pyarrow": table,
        "pandas": table.to_pandas(),
        "polars": pl.from_arrow(table),
        "parquet": tmp_path / "in.parquet",
    }[kind]
    prefaudit.filter(source, ["identical"]).save(tmp_path / "out.parquet")
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.to_pylist() == STAY
    assert out.schema.field("id").type == pa.int16()
    if kind in {"pyarrow", "parquet"}:
        assert out.schema.equals(table.schema)


def test_csv_to_csv_and_to_parquet(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    flat = [{name: str(one[name]) for name in ("id", "chosen", "rejected", "prompt")} for one in ROWS]
    pd.DataFrame(flat).to_csv(source, index=False)
    filtered = prefaudit.filter(source, ["identical"])
    filtered.save(tmp_path / "out.csv")
    filtered.save(tmp_path / "out.parquet")
    expected = [one for one in flat if one["id"] != "7"]
    with (tmp_path / "out.csv").open(newline="") as file:
        assert list(csv.DictReader(file)) == expected
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == expected


def test_mapped_columns_go_out_under_their_own_names(tmp_path: Path) -> None:
    rows = [{"q": one["prompt"], "good": one["chosen"], "bad": one["rejected"]} for one in ROWS]
    columns = {"prompt": "q", "chosen": "good", "rejected": "bad"}
    prefaudit.filter(rows, ["identical"], columns=columns).save(tmp_path / "out.jsonl")
    assert lines(tmp_path / "out.jsonl") == [one for one in rows if one["good"] != one["bad"]]


def test_several_files_become_one(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for part in range(3):
        rows = [{**one, **({"extra": 1.5} if part == 2 else {})} for one in ROWS]
        pq.write_table(pa.Table.from_pylist(rows), folder / f"part-{part}.parquet")
    prefaudit.filter(folder, ["identical"]).save(tmp_path / "out.parquet")
    out = pq.read_table(tmp_path / "out.parquet")
    assert out["id"].to_pylist() == [one["id"] for one in STAY] * 3
    assert out["extra"].to_pylist() == [None] * 98 + [1.5] * 49


def test_layouts_with_several_pairs_a_row_become_pairs(tmp_path: Path) -> None:
    answers = [{"answer": f"answer {rank}", "rank": rank, "model": "m"} for rank in (1, 2, 3)]
    row = {"prompt": "Why?", "answers": answers, "turns": 1, "num_responses": 3, "source": ["s"], "good_natured": True}
    prefaudit.filter([row], ["near-duplicate:1"], format="nectar").save(tmp_path / "out.parquet")
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.column_names[:5] == ["prompt", "chosen", "rejected", "source", "row"]
    assert out["chosen"].to_pylist().count("answer 1") >= 1


def test_a_stream_goes_out_as_pairs(tmp_path: Path) -> None:
    prefaudit.filter(iter(ROWS), ["identical"]).save(tmp_path / "out.jsonl")
    assert [one["chosen"] for one in lines(tmp_path / "out.jsonl")] == [one["chosen"] for one in STAY]


def test_columns_without_one_type_are_for_json_lines(tmp_path: Path) -> None:
    rows = [{**one, "id": "x" if one["id"] > 40 else one["id"]} for one in ROWS]
    filtered = prefaudit.filter(rows, ["identical"])
    with pytest.raises(ConfigError, match=r"write \.jsonl"):
        filtered.save(tmp_path / "out.parquet")
    assert not list(tmp_path.iterdir())
    filtered.save(tmp_path / "out.jsonl")
    assert lines(tmp_path / "out.jsonl") == [one for one in rows if one["id"] != 7]


def test_what_is_there_is_not_replaced_without_force(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("mine")
    filtered = prefaudit.filter(ROWS, ["identical"])
    with pytest.raises(ConfigError, match="is there already"):
        filtered.save(out)
    assert out.read_text() == "mine"
    filtered.save(out, force=True)
    assert len(lines(out)) == 49


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in ROWS) + '{"prompt": 1, "chosen": "x", "rejected": "y"}\n')
    return path


def test_the_command_accounts_for_every_row(source: Path, tmp_path: Path) -> None:
    report = tmp_path / "dropped.jsonl"
    done = prefaudit_("filter", source, "-o", tmp_path / "out.jsonl", "--drop", "identical", "--report", report)
    assert (done.returncode, done.stderr) == (0, "")
    assert "51 rows read, 1 skipped, 50 pairs; 49 kept" in " ".join(done.stdout.split())
    assert lines(tmp_path / "out.jsonl") == STAY
    (dropped,) = lines(report)
    assert (dropped["row"], dropped["filter"], dropped["flagged"]) == (7, "identical", False)
    assert "PASS" in done.stdout  # the check after the filter


def test_the_command_reads_standard_input(source: Path, tmp_path: Path) -> None:
    done = prefaudit_("filter", "-", "-o", tmp_path / "out.jsonl", "--drop", "identical", input=source.read_text())
    assert done.returncode == 0
    assert lines(tmp_path / "out.jsonl") == STAY


@pytest.mark.parametrize(
    "arguments",
    [
        ["-o", "out.txt", "--drop", "identical"],
        ["-o", "out.jsonl", "--drop", "identicall"],
        ["-o", "out.jsonl", "--drop", "scores"],
        ["-o", "there.jsonl", "--drop", "identical"],
        ["-o", "out.jsonl", "--drop", "identical", "--report", "there.jsonl"],
        ["-o", "none/out.jsonl", "--drop", "identical"],
        ["-o", "out.jsonl"],
    ],
)
def test_wrong_usage_leaves_nothing(arguments: list[str], source: Path, tmp_path: Path) -> None:
    (tmp_path / "there.jsonl").write_text("mine")
    done = prefaudit_("filter", source, *arguments, cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "there.jsonl"}
    assert (tmp_path / "there.jsonl").read_text() == "mine"


def test_a_source_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "in.parquet")
    (tmp_path / "in.parquet").write_bytes((tmp_path / "in.parquet").read_bytes()[:-100])
    done = prefaudit_("filter", tmp_path / "in.parquet", "-o", tmp_path / "out.parquet", "--drop", "identical")
    assert done.returncode == 3
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_filters_are_listed_and_shown() -> None:
    assert "near-duplicate" in prefaudit_("filters").stdout
    assert "threshold" in prefaudit_("filters", "near-duplicate").stdout
    assert prefaudit_("filters", "nearduplicate").returncode == 2
