"""Workbooks of Excel: the same rows as from any other container."""

from __future__ import annotations

import datetime as dt
import gzip
import sys
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from prefaudit.errors import SourceError
from prefaudit.load import load
from prefaudit.sources import open_source
from prefaudit.sources.base import Plain

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ["prompt", "chosen", "rejected"]
ROWS = [["Hi", "Hello 🙂\nthere", "What?"], ["Why?", "Because", "'tis so"]]


def written(path: Path, *sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def plain(path: Path, *names: str) -> list[Any]:
    return [row for batch in open_source(path).read(Plain(names)) for row in batch.plain]


def test_rows_and_columns(tmp_path: Path, read_pairs: Any) -> None:
    path = written(tmp_path / "pairs.xlsx", [HEADER, *ROWS])
    pairs, accounting = read_pairs(path)
    assert [[pair[name] for name in HEADER] for pair in pairs] == ROWS
    assert (pairs[0]["source"], [pair["row"] for pair in pairs]) == (path.as_posix(), [0, 1])
    assert accounting["rows_in"] == 2


def test_cells_keep_their_types(tmp_path: Path) -> None:
    moment = dt.datetime(2023, 5, 19, 13, 11, 45)  # noqa: DTZ001 - Excel knows no zones
    path = written(tmp_path / "types.xlsx", [["text", "number", "flag", "time", "error", "none"]])
    book = openpyxl.load_workbook(path)
    book.active.append(["007", 7, True, moment, "#N/A", None])
    book.save(path)
    assert plain(path, "text", "number", "flag", "time", "error", "none") == [
        {"text": "007", "number": 7, "flag": True, "time": moment, "error": None, "none": None}
    ]


def test_empty_rows_and_sheets_are_none(tmp_path: Path) -> None:
    path = written(tmp_path / "pairs.xlsx", [], [[], HEADER, ROWS[0], [None, None, None], ROWS[1]], [["other"], ["x"]])
    assert [list(row.values()) for row in plain(path, *HEADER)] == ROWS


def test_cells_outside_the_columns(tmp_path: Path, read_pairs: Any) -> None:
    path = written(tmp_path / "pairs.xlsx", [HEADER, ROWS[0], [*ROWS[1], "a note"], ["Hi", "yes"]])
    pairs, accounting = read_pairs(path)
    assert len(pairs) == 1
    assert accounting["rows_skipped"] == {
        "'rejected' is null or missing": 1,
        "the row has cells in columns without a name": 1,
    }


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    path = written(tmp_path / "pairs.xlsx", [[*HEADER, "chosen"], [*ROWS[0], "x"]])
    with pytest.raises(SourceError, match=r"pairs\.xlsx: two columns are called 'chosen'"):
        load(path)


def test_compressed(tmp_path: Path) -> None:
    path = tmp_path / "pairs.xlsx.gz"
    path.write_bytes(gzip.compress(written(tmp_path / "pairs.xlsx", [HEADER, *ROWS]).read_bytes()))
    assert [list(row.values()) for row in plain(path, *HEADER)] == ROWS


def test_no_rows(tmp_path: Path) -> None:
    for sheets in ([], [HEADER]):
        with pytest.raises(SourceError, match="holds no rows"):
            load(written(tmp_path / "empty.xlsx", sheets))


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut short"])
def test_no_workbook(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"broken\.xlsx cannot be read as a workbook"):
        load(path)


def test_a_workbook_cut_short(tmp_path: Path) -> None:
    path = written(tmp_path / "cut.xlsx", [HEADER, *ROWS])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(SourceError, match=r"cut\.xlsx cannot be read"):
        load(path)


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(SourceError, match=r"other\.xlsx cannot be read as a workbook"):
        load(path)


def test_without_openpyxl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "pairs.xlsx", [HEADER, *ROWS])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(SourceError) as error:
        load(path)
    assert 'pip install "prefaudit[xlsx]"' in str(error.value)
    assert "\n" not in str(error.value)
