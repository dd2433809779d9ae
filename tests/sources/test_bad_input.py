"""What is wrong with a file is named; nothing is lost in silence and nothing ends in a traceback."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prefaudit.errors import FormatError, SourceError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {"prompt": "p", "chosen": "yes", "rejected": "no"}
LINE = json.dumps(GOOD)


def _write(tmp_path: Path, content: bytes | str, name: str = "pairs.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


#: The second of three lines, why it is skipped, and what is said about the place.
BAD_LINES = [
    ('{"prompt": "p", "chosen": "yes", "rejected": "n', "the line is not valid JSON", "column 46"),
    (LINE + LINE, "the line is not valid JSON", f"column {len(LINE) + 1}: Extra data"),
    ("[1, 2]", "the row is not an object", "a list"),
    ("null", "the row is not an object", "null"),
    ("7", "the row is not an object", "a number"),
    ('"text"', "the row is not an object", "text"),
    ('{"prompt": "p", "chosen": null, "rejected": "no"}', "'chosen' is null or missing", "column 'chosen'"),
    ('{"prompt": "p", "chosen": "yes"}', "'rejected' is null or missing", "column 'rejected'"),
    ('{"prompt": 7, "chosen": "yes", "rejected": "no"}', "'prompt' is a number, not text", "7"),
    ('{"prompt": "p", "chosen": true, "rejected": "no"}', "'chosen' is true or false, not text", "True"),
    ('{"prompt": "p", "chosen": ["yes"], "rejected": "no"}', "'chosen' is a list, not text", "yes"),
    ('{"prompt": "p", "chosen": {"a": 1}, "rejected": "no"}', "'chosen' is an object, not text", "a"),
    ('{"prompt": "p", "chosen": "x\\ud800", "rejected": "no"}', "'chosen' is not valid Unicode", r"\ud800 after 1"),
    (b'{"prompt": "p", "chosen": "caf\xe9", "rejected": "no"}', "'chosen' is not valid Unicode", "byte 0xe9 after 3"),
    ('{"a":' * 100_000, "the line is not valid JSON", ""),
    ('{"prompt": "p", "chosen": "a\tb", "rejected": "no"}', "the line is not valid JSON", "control character"),
    ('{"prompt": "p", "chosen": "a\0b", "rejected": "no"}', "the line is not valid JSON", "control character"),
    ('{"n": ' + "1" * 5_000 + "}", "the line is not valid JSON", "digits"),
]


@pytest.mark.parametrize(("line", "reason", "detail"), BAD_LINES, ids=[reason for _, reason, _ in BAD_LINES])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_one_bad_line_is_skipped_and_named(
    line: str | bytes, reason: str, detail: str, position: int, tmp_path: Path, read_pairs: Any
) -> None:
    lines = [LINE.encode()] * 2
    lines.insert(position, line.encode() if isinstance(line, str) else line)
    path = _write(tmp_path, b"\n".join(lines))
    pairs, accounting = read_pairs(path)
    assert [pair["row"] for pair in pairs] == [row for row in range(3) if row != position]
    assert accounting["rows_skipped"] == {reason: 1}
    assert (accounting["rows_in"], accounting["rows_used"]) == (3, 2)
    (example,) = accounting["skipped_examples"]
    assert (example["source"], example["row"]) == (path.as_posix(), position)
    assert example["detail"].startswith(f"line {position + 1}, ")
    assert detail in example["detail"]
    with pytest.raises(SourceError, match=rf"pairs.jsonl, row {position}: .*line {position + 1}, "):
        read_pairs(path, strict=True)


def test_blank_lines_are_no_rows_but_count_as_lines(tmp_path: Path, read_pairs: Any) -> None:
    path = _write(tmp_path, f"\n{LINE}\n\n  \n{{broken\n{LINE}\n\n")
    pairs, accounting = read_pairs(path)
    assert [pair["row"] for pair in pairs] == [0, 2]
    assert accounting["skipped_examples"][0]["detail"].startswith("line 5, column 2")


@pytest.mark.parametrize("name", ["pairs.jsonl", "pairs.json", "pairs.csv", "pairs.tsv"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_bom_and_crlf(name: str, bom: bytes, end: bytes, tmp_path: Path, read_pairs: Any) -> None:
    content = {
        "jsonl": [LINE.encode(), LINE.encode()],
        "json": [b"[", LINE.encode() + b",", LINE.encode(), b"]"],
        "csv": [b"prompt,chosen,rejected", b"p,yes,no", b'p,"yes",no'],
        "tsv": [b"prompt\tchosen\trejected", b"p\tyes\tno", b"p\tyes\tno"],
    }[name.partition(".")[2]]
    pairs, _ = read_pairs(_write(tmp_path, bom + end.join(content) + end, name))
    assert [{column: pair[column] for column in GOOD} for pair in pairs] == [GOOD, GOOD]


@pytest.mark.parametrize("name", ["pairs.jsonl", "pairs.json", "pairs.csv"])
def test_utf16_is_refused(name: str, tmp_path: Path, read_pairs: Any) -> None:
    with pytest.raises(SourceError, match="UTF-16"):
        read_pairs(_write(tmp_path, LINE.encode("utf-16"), name))


@pytest.mark.parametrize("name", ["pairs.jsonl", "pairs.json", "pairs.csv", "pairs.tsv", "pairs.jsonl.gz", "pairs"])
@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_empty_file(name: str, content: bytes, tmp_path: Path, read_pairs: Any) -> None:
    with pytest.raises(SourceError, match="holds no rows"):
        read_pairs(_write(tmp_path, gzip.compress(content) if name.endswith("gz") else content, name))


@pytest.mark.parametrize(
    ("name", "content"), [("a.json", "[]"), ("a.json", " [ ] \n"), ("a.csv", "prompt,chosen,rejected\n")]
)
def test_no_rows(name: str, content: str, tmp_path: Path, read_pairs: Any) -> None:
    with pytest.raises(SourceError, match="holds no rows"):
        read_pairs(_write(tmp_path, content, name))


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.feather"])
def test_empty_binary_file(name: str, tmp_path: Path, read_pairs: Any) -> None:
    with pytest.raises(SourceError, match="cannot be read to its end"):
        read_pairs(_write(tmp_path, b"", name))


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, pa.Codec("zstd").compress])
@pytest.mark.parametrize("cut", [1, 9])
def test_truncated_compression(compress: Any, cut: int, tmp_path: Path, read_pairs: Any) -> None:
    lines = "\n".join(json.dumps({"chosen": f"yes {i}", "rejected": f"no {i * i}"}) for i in range(50_000))
    content = bytes(compress(lines.encode()))
    with pytest.raises(SourceError, match="cannot be read to its end"):
        read_pairs(_write(tmp_path, content[:-cut]))


@pytest.mark.parametrize("cut", [0.2, 0.9, 0.999])
def test_parquet_cut_short(cut: float, tmp_path: Path, read_pairs: Any) -> None:
    path = tmp_path / "pairs.parquet"
    pq.write_table(pa.Table.from_pylist([GOOD] * 1_000), path)
    content = path.read_bytes()
    with pytest.raises(SourceError, match="cannot be read to its end"):
        read_pairs(_write(tmp_path, content[: int(len(content) * cut)], "cut.parquet"))


def test_damaged_parquet_is_not_reported_as_the_whole(tmp_path: Path, read_pairs: Any) -> None:
    path = tmp_path / "pairs.parquet"
    texts = [f"text {i * i}" for i in range(100_000)]
    pq.write_table(pa.table({"chosen": texts, "rejected": texts}), path, row_group_size=10_000, compression="zstd")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2_000] = bytes(2_000)
    with pytest.raises(SourceError, match="cannot be read to its end"):
        read_pairs(_write(tmp_path, bytes(content), "damaged.parquet"))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_arrow_cut_short(share: float, tmp_path: Path, read_pairs: Any) -> None:
    path = tmp_path / "pairs.arrow"
    table = pa.Table.from_pylist([GOOD] * 1_000)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    content = path.read_bytes()
    with pytest.raises(SourceError, match="cannot be read to its end"):
        read_pairs(_write(tmp_path, content[: int(len(content) * share)], "cut.arrow"))


def test_arrow_that_points_outside_of_itself(tmp_path: Path, read_pairs: Any) -> None:
    path = tmp_path / "pairs.arrow"
    table = pa.table({"prompt": ["p"] * 9, "chosen": ["yes"] * 9, "rejected": ["no"] * 9})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    offsets = b"".join((3 * at).to_bytes(4, "little") for at in range(1, 10))
    content = path.read_bytes()
    assert content.count(offsets) == 1
    path.write_bytes(content.replace(offsets, offsets[:8] + b"\xf0\xff\xff\x7f" + offsets[12:]))
    with pytest.raises(SourceError, match="cannot be read to its end"):
        read_pairs(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"[{LINE}, {LINE}", "the file ends inside the array"),
        (f"[{LINE}, ", "Expecting value"),
        (f"[{LINE} {LINE}]", "expected , or ], found '{'"),
        (f"[{LINE},\n\n  {{'broken': 1}}, {LINE}]", "line 3, column 4: Expecting property name"),
        (f"[{LINE}] trailing", "more follows"),
        (f"[{LINE}, {LINE[:20]}", "Unterminated string"),
    ],
)
def test_broken_array(content: str, message: str, tmp_path: Path, read_pairs: Any) -> None:
    with pytest.raises(SourceError) as error:
        read_pairs(_write(tmp_path, content, "pairs.json"))
    assert message in str(error.value)


@pytest.mark.parametrize(
    "element", ["null", "7", "[]", '{"chosen": 1}', '{"prompt": "", "chosen": "\\udfff", "rejected": ""}']
)
def test_bad_element_of_an_array_is_skipped(element: str, tmp_path: Path, read_pairs: Any) -> None:
    pairs, accounting = read_pairs(_write(tmp_path, f"[\n{LINE},\n{element},\n{LINE}\n]", "pairs.json"))
    assert [pair["row"] for pair in pairs] == [0, 2]
    assert accounting["skipped_examples"][0]["detail"].startswith("line 3, ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{broken\n" * 3, "holds no JSON objects, one a line (line 1, column 2"),
        ('"a"\n"b"\n', "(line 1, it is text)"),
        ('{\n "chosen": "spread over lines"\n}', "line 1, column 2"),
    ],
)
def test_no_line_is_an_object(content: str, message: str, tmp_path: Path, read_pairs: Any) -> None:
    with pytest.raises(SourceError) as error:
        read_pairs(_write(tmp_path, content))
    assert message in str(error.value)


def test_bad_csv_rows_are_skipped_and_named(tmp_path: Path, read_pairs: Any) -> None:
    content = b'chosen,rejected\nyes,no\nyes,no,more\nyes\n\n"y"es,no\n"two\nlines",no\ncaf\xe9,no\nyes,nul\0\n'
    pairs, accounting = read_pairs(_write(tmp_path, content, "pairs.csv"))
    assert [(pair["row"], pair["chosen"], pair["rejected"]) for pair in pairs] == [
        (0, "yes", "no"),
        (4, "two\nlines", "no"),
        (6, "yes", "nul\0"),
    ]
    assert accounting["rows_skipped"] == {
        "'chosen' is not valid Unicode": 1,
        "the row has another number of cells than the header": 2,
        "the row is not valid CSV": 1,
    }
    places = [example["detail"].split(",")[0] for example in accounting["skipped_examples"]]
    assert places == ["line 3", "line 4", "line 6", "line 9"]


@pytest.mark.parametrize("name", ["pairs.csv", "pairs.tsv"])
def test_two_columns_of_one_name(name: str, tmp_path: Path, read_pairs: Any) -> None:
    content = "prompt,chosen,rejected,chosen\np,yes,no,what\n"
    with pytest.raises(SourceError, match="two columns are called 'chosen': rename one of them"):
        read_pairs(_write(tmp_path, content.replace(",", "\t" if name.endswith("tsv") else ","), name))


def test_csv_without_names_of_columns(tmp_path: Path, read_pairs: Any) -> None:
    content = f'What is it?,"It is\n{"very " * 30}long",No\n' * 2
    with pytest.raises(FormatError, match="the first line seems to be a row and not the names") as error:
        read_pairs(_write(tmp_path, content, "pairs.csv"))
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 600


def test_csv_quote_never_closed(tmp_path: Path, read_pairs: Any) -> None:
    content = 'chosen,rejected\nyes,no\nyes,"no\nyes,no\n'
    with pytest.raises(SourceError, match="line 3: a quote that opens in this row is never closed"):
        read_pairs(_write(tmp_path, content, "pairs.csv"))


def test_nul_characters_are_text(tmp_path: Path, read_pairs: Any) -> None:
    row = {"prompt": "\0", "chosen": "a\0b", "rejected": "\0\0"}
    (pair,), _ = read_pairs(_write(tmp_path, json.dumps(row)))
    assert {name: pair[name] for name in row} == row


@pytest.mark.parametrize("name", ["pairs.jsonl", "pairs.json", "pairs.csv"])
def test_row_of_100_megabytes(name: str, tmp_path: Path) -> None:
    from prefaudit.load import load

    size = 100_000_000
    huge = "x" * size
    rows = [GOOD, GOOD | {"chosen": huge}, GOOD]
    content = {
        "pairs.jsonl": "\n".join(map(json.dumps, rows)),
        "pairs.json": json.dumps(rows),
        "pairs.csv": "\n".join(["prompt,chosen,rejected", *(",".join(row.values()) for row in rows)]),
    }[name]
    data = load(_write(tmp_path, content, name))
    lengths = [length for batch in data.batches() for length in pa.compute.utf8_length(batch.chosen).to_pylist()]
    assert lengths == [3, size, 3]


OTHER_TYPES = {
    "numbers": pa.table({"prompt": ["p"], "chosen": [7], "rejected": ["no"]}),
    "lists": pa.table({"prompt": ["p"], "chosen": [["yes"]], "rejected": ["no"]}),
    "missing": pa.table({"prompt": ["p"], "rejected": ["no"]}),
    "nulls": pa.table({"prompt": ["p"], "chosen": pa.nulls(1), "rejected": ["no"]}),
    "nothing at all": pa.table({"x": ["p"]}),
}


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_second_file_of_a_folder_has_other_columns(kind: str, tmp_path: Path, read_pairs: Any) -> None:
    pq.write_table(pa.Table.from_pylist([GOOD] * 2), tmp_path / "a.parquet")
    pq.write_table(OTHER_TYPES[kind], tmp_path / "b.parquet")
    pairs, accounting = read_pairs(tmp_path)
    assert len(pairs) == 2
    assert accounting["rows_in"] == 3
    assert sum(accounting["rows_skipped"].values()) == 1
    assert accounting["skipped_examples"][0]["source"].endswith("b.parquet")
    (reason,) = accounting["rows_skipped"]
    assert {
        "numbers": "'chosen' is a number, not text",
        "lists": "'chosen' is a list, not text",
        "missing": "'chosen' is null or missing",
        "nulls": "'chosen' is null or missing",
        "nothing at all": "'prompt' is null or missing",
    }[kind] == reason


TEXT_TYPES = [
    pa.large_string(),
    pa.string_view(),
    pa.binary(),
    pa.large_binary(),
    pa.dictionary(pa.int32(), pa.string()),
    pa.dictionary(pa.int8(), pa.large_string()),
]


@pytest.mark.parametrize("kind", TEXT_TYPES, ids=str)
def test_second_file_of_a_folder_has_text_of_another_kind(kind: pa.DataType, tmp_path: Path, read_pairs: Any) -> None:
    for name, chosen in [("a", pa.array(["yes"])), ("b", pa.array(["yes"]).cast(kind))]:
        table = pa.table({"chosen": chosen, "rejected": ["no"]})
        with pa.OSFile(str(tmp_path / f"{name}.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    pairs, _ = read_pairs(tmp_path)
    assert [pair["chosen"] for pair in pairs] == ["yes", "yes"]


def test_parquet_text_that_is_not_utf8(tmp_path: Path, read_pairs: Any) -> None:
    broken = pa.array([b"yes", b"caf\xe9", None], type=pa.binary()).view(pa.string())
    pq.write_table(pa.table({"chosen": broken, "rejected": ["no"] * 3}), tmp_path / "a.parquet")
    pairs, accounting = read_pairs(tmp_path / "a.parquet")
    assert [pair["row"] for pair in pairs] == [0]
    assert accounting["rows_skipped"] == {"'chosen' is not valid Unicode": 1, "'chosen' is null or missing": 1}


def test_no_row_can_be_used(tmp_path: Path, read_pairs: Any) -> None:
    rows = [GOOD] * 1 + [{"prompt": "p", "chosen": None, "rejected": "no"}]
    path = _write(tmp_path, "\n".join(map(json.dumps, rows[1:] * 3 + [{"prompt": "p", "chosen": "", "rejected": 1}])))
    with pytest.raises(FormatError, match="none of the 4 rows holds a pair"):
        read_pairs(path, format="generic")
