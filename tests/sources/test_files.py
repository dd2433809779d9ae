"""Every container gives the same rows."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from prefaudit.errors import FormatError, SourceError
from prefaudit.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = [
    {"prompt": "Say 007.", "chosen": "007", "rejected": "7"},
    {"prompt": "Null?", "chosen": "NA", "rejected": ""},
    {"prompt": "Date?", "chosen": "2020-01-01", "rejected": 'a "quoted", comma'},
    {"prompt": "Lines?\r\nYes", "chosen": "one\ntwo\n", "rejected": "tab\tand 🙂 é 漢"},
    {"prompt": "", "chosen": "true", "rejected": "1e5"},
]


def _csv(delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(ROWS[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


def _arrow(*, file: bool) -> bytes:
    table, sink = pa.Table.from_pylist(ROWS), io.BytesIO()
    with (pa.ipc.new_file if file else pa.ipc.new_stream)(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return sink.getvalue()


def _written(write: Callable[[pa.Table, Any], object]) -> bytes:
    sink = io.BytesIO()
    write(pa.Table.from_pylist(ROWS), sink)
    return sink.getvalue()


def _zstd(content: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(content))


CONTAINERS = {
    "jsonl": "\n".join(map(json.dumps, ROWS)).encode(),
    "ndjson": "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS).encode() + b"\n",
    "json": json.dumps(ROWS, indent=2).encode(),
    "lines.json": "\n".join(map(json.dumps, ROWS)).encode(),
    "csv": _csv(","),
    "tsv": _csv("\t"),
    "parquet": _written(pq.write_table),
    "arrow": _arrow(file=True),
    "stream.arrow": _arrow(file=False),
    "feather": _written(pyarrow.feather.write_feather),
}
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": _zstd,
}


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("container", CONTAINERS)
def test_container(container: str, compression: str, tmp_path: Path, read_pairs: Any) -> None:
    path = tmp_path / f"pairs.{container}{compression}"
    path.write_bytes(COMPRESSIONS[compression](CONTAINERS[container]))
    pairs, accounting = read_pairs(path)
    assert [{name: pair[name] for name in ROWS[0]} for pair in pairs] == ROWS
    assert [pair["row"] for pair in pairs] == list(range(len(ROWS)))
    assert {pair["source"] for pair in pairs} == {path.as_posix()}
    assert accounting["rows_in"] == accounting["rows_used"] == len(ROWS)


@pytest.mark.parametrize("container", ["jsonl", "json", "csv", "tsv", "parquet", "arrow", "stream.arrow"])
def test_standard_input(container: str, tmp_path: Path, read_pairs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "content"
    path.write_bytes(CONTAINERS[container])
    with path.open("rb") as stream, io.TextIOWrapper(stream) as text:
        monkeypatch.setattr("sys.stdin", text)
        pairs, _ = read_pairs("-")
    assert [pair["chosen"] for pair in pairs] == [row["chosen"] for row in ROWS]
    assert pairs[0]["source"] == "stdin"


def test_folder_is_read_in_the_order_of_its_names(tmp_path: Path, read_pairs: Any) -> None:
    for number, name in enumerate(["b.jsonl", "a.jsonl.gz", "deep/c.jsonl"]):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        content = json.dumps({"chosen": f"yes {number}", "rejected": "no"}).encode()
        path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    for ignored in ["README.md", ".hidden.jsonl", "_SUCCESS", "dataset_info.json"]:
        (tmp_path / ignored).write_text("not rows")
    pairs, accounting = read_pairs(tmp_path)
    assert [pair["chosen"] for pair in pairs] == ["yes 1", "yes 0", "yes 2"]
    assert [pair["row"] for pair in pairs] == [0, 0, 0]
    assert accounting["rows_in"] == 3


def test_glob(tmp_path: Path, read_pairs: Any) -> None:
    for name in ["train-0.jsonl", "train-1.jsonl", "test-0.jsonl"]:
        (tmp_path / name).write_bytes(CONTAINERS["jsonl"])
    assert len(read_pairs(str(tmp_path / "train-*.jsonl"))[0]) == 2 * len(ROWS)


def test_folder_of_several_kinds_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(CONTAINERS["jsonl"])
    (tmp_path / "a.csv").write_bytes(CONTAINERS["csv"])
    with pytest.raises(SourceError, match=r"several kinds \(\.csv, \.jsonl\)"):
        open_source(tmp_path)


def test_files_of_several_kinds_are_read_where_each_is_named(tmp_path: Path, read_pairs: Any) -> None:
    files = [tmp_path / name for name in ("a.jsonl", "a.csv")]
    for file in files:
        file.write_bytes(CONTAINERS[file.suffix[1:]])
    found, _ = read_pairs([str(file) for file in files])
    assert [pair["chosen"] for pair in found] == [row["chosen"] for row in ROWS] * 2


def test_folder_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no files that can be read"):
        open_source(tmp_path)


def test_unknown_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.docx"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(SourceError, match="this kind of file is not read"):
        open_source(path)


def test_kind_is_told_from_the_content_when_the_name_tells_nothing(tmp_path: Path, read_pairs: Any) -> None:
    path = tmp_path / "download"
    path.write_bytes(gzip.compress(CONTAINERS["jsonl"]))
    assert len(read_pairs(path)[0]) == len(ROWS)


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("s3://bucket/y.parquet", "download it"),
        ("https://example.org/pairs.jsonl", "download it"),
        ("./nowhere.jsonl", "no file or folder"),
    ],
)
def test_missing_path(path: str, advice: str) -> None:
    with pytest.raises(SourceError, match=advice):
        open_source(path)


def test_columns_are_renamed(tmp_path: Path, read_pairs: Any) -> None:
    path = tmp_path / "qa.csv"
    path.write_text("question,good,bad,chosen\nWhy?,because,no idea,7\n")
    mapping = {"prompt": "question", "chosen": "good", "rejected": "bad"}
    (pair,), _ = read_pairs(path, columns=mapping)
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == ("Why?", "because", "no idea")
    with pytest.raises(FormatError, match="no column 'better'; it has 'question'"):
        read_pairs(path, columns={"chosen": "better"})


@pytest.mark.parametrize("rows_a_group", [10, 100_000])
def test_parquet_batches_are_bounded(rows_a_group: int, tmp_path: Path) -> None:
    path = tmp_path / "pairs.parquet"
    table = pa.table({"chosen": ["long " * 1_000] * 20_000, "rejected": ["short"] * 20_000})
    pq.write_table(
        table.slice(0, 200 if rows_a_group == 10 else None), path, row_group_size=rows_a_group, use_dictionary=False
    )
    schema = pa.schema([("chosen", pa.string())])
    sizes = [batch.records.nbytes for batch in open_source(path).read(schema)]
    assert max(sizes) < 32 << 20
    assert len(sizes) >= 20_000 * 5_000 // (32 << 20) or rows_a_group == 10
