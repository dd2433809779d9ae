"""Files as people have them: other encodings, separators and kinds, and what lies beside the rows."""

from __future__ import annotations

import gzip
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prefaudit.errors import FormatError, SourceError

if TYPE_CHECKING:
    from pathlib import Path

LINE = json.dumps({"prompt": "p", "chosen": "yes", "rejected": "no"})
TABLE = "prompt,chosen,rejected\np,yes,no\nq,yes,no\n"


def _write(tmp_path: Path, name: str, content: bytes | str) -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
@pytest.mark.parametrize("name", ["pairs.csv", "pairs.tsv"])
def test_separators(separator: str, name: str, tmp_path: Path, read_pairs: Any) -> None:
    pairs, _ = read_pairs(_write(tmp_path, name, TABLE.replace(",", separator)))
    assert [(pair["prompt"], pair["chosen"], pair["rejected"]) for pair in pairs] == [
        ("p", "yes", "no"),
        ("q", "yes", "no"),
    ]


def test_the_own_separator_goes_first(tmp_path: Path, read_pairs: Any) -> None:
    content = "chosen,rejected,a;b;c;d\ny;s,no,1\n"
    ((pair,), _) = read_pairs(_write(tmp_path, "pairs.csv", content))
    assert (pair["chosen"], pair["rejected"]) == ("y;s", "no")


def test_blanks_about_the_names_of_columns(tmp_path: Path, read_pairs: Any) -> None:
    ((pair, _), _) = read_pairs(_write(tmp_path, "pairs.csv", TABLE.replace(",", ", ", 2)))
    assert (pair["prompt"], pair["chosen"]) == ("p", "yes")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("name", "content"), [("pairs.csv", TABLE), ("pairs.jsonl", LINE), ("pairs.json", f"[{LINE}]")]
)
def test_utf16_with_and_without_its_mark(
    encoding: str, name: str, content: str, tmp_path: Path, read_pairs: Any
) -> None:
    with pytest.raises(SourceError, match="is UTF-16, and only UTF-8 is read: convert it with `iconv"):
        read_pairs(_write(tmp_path, name, content.encode(encoding)))


def test_another_encoding(tmp_path: Path, read_pairs: Any) -> None:
    content = TABLE.replace("yes", "café").encode("cp1252")
    with pytest.raises(FormatError, match="If it is in another encoding, convert it: iconv -f WINDOWS-1252 -t UTF-8"):
        read_pairs(_write(tmp_path, "pairs.csv", content))


@pytest.mark.parametrize(
    "name", ["pairs.parquet", "pairs.jsonl", "pairs.json", "pairs.csv", "pairs.arrow", "pairs.xlsx"]
)
def test_pointers_of_git_lfs(name: str, tmp_path: Path, read_pairs: Any) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1234\n"
    with pytest.raises(SourceError, match="a pointer to it, which Git LFS keeps elsewhere: `git lfs pull`"):
        read_pairs(_write(tmp_path, name, pointer))


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("data.zip", "unpack it"), ("data.tar.gz", "unpack it"), ("data.xls", r"save it as \.xlsx"),
        ("data.pkl", "open it in Python"),
        ("data.txt", r"name it \.jsonl or \.csv"), ("data.what", "Those that are"),
    ],
)  # fmt: skip
def test_kinds_that_are_not_read(name: str, way: str, tmp_path: Path, read_pairs: Any) -> None:
    with pytest.raises(SourceError, match=f"this kind of file is not read.*{way}"):
        read_pairs(_write(tmp_path, name, b"PK\x03\x04 whatever"))


def test_objects_over_several_lines(tmp_path: Path, read_pairs: Any) -> None:
    content = "\n".join(json.dumps(json.loads(LINE), indent=2) for _ in range(3))
    with pytest.raises(SourceError, match=r"`jq -c \. FILE > rows\.jsonl` puts objects over several lines on one"):
        read_pairs(_write(tmp_path, "pairs.jsonl", content))


def test_an_array_that_is_called_lines(tmp_path: Path, read_pairs: Any) -> None:
    with pytest.raises(SourceError, match=r"it is a list\)\. If it is one array, name it \.json"):
        read_pairs(_write(tmp_path, "pairs.jsonl", f"[{LINE}, {LINE}]"))


@pytest.mark.parametrize("name", ["pairs.jsonl", "pairs.csv", "pairs.arrow", "pairs.parquet", "pairs", "pairs.json.gz"])
@pytest.mark.parametrize("packed", [False, True])
def test_parquet_and_arrow_are_known_by_their_first_bytes(
    name: str, packed: bool, tmp_path: Path, read_pairs: Any
) -> None:
    table = pa.Table.from_pylist([json.loads(LINE)] * 2)
    parquet, arrow = io.BytesIO(), io.BytesIO()
    pq.write_table(table, parquet)
    with pa.ipc.new_file(arrow, table.schema) as writer:
        writer.write_table(table)
    for content in (parquet.getvalue(), arrow.getvalue()):
        path = _write(tmp_path, name, gzip.compress(content) if packed else content)
        assert len(read_pairs(path)[0]) == 2


def test_what_lies_beside_the_rows(tmp_path: Path, read_pairs: Any) -> None:
    beside = [
        "README.md",
        "LICENSE",
        ".gitattributes",
        "LICENSE.txt",
        "dataset_infos.json",
        "croissant.json",
        "config.json",
    ]
    for name in beside:
        _write(tmp_path, name, '{"a": 1}')
    _write(tmp_path, "data/train.jsonl", LINE)
    assert len(read_pairs(tmp_path)[0]) == 1


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
@pytest.mark.parametrize("folder", ["", "data/"])
def test_the_pattern_that_is_proposed_finds_the_rows(ending: str, folder: str, tmp_path: Path, read_pairs: Any) -> None:
    content = LINE.encode() * 1 + b"\n" + LINE.encode()
    _write(tmp_path, f"{folder}a{ending}", gzip.compress(content) if ending.endswith("gz") else content)
    _write(tmp_path, "about.json", '{"a": 1}')
    with pytest.raises(SourceError, match="several kinds") as error:
        read_pairs(tmp_path)
    proposed = re.search(r"as in '(.*)'", str(error.value))
    assert proposed
    assert len(read_pairs(proposed[1])[0]) == 2
