"""What may be wrong with input: for each kind a real broken file, from Python and from the command line."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import prefaudit
from prefaudit.cli.app import app
from prefaudit.errors import FormatError, PrefauditError, SourceError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {"prompt": "p", "chosen": "yes", "rejected": "no"}
LINE = json.dumps(GOOD).encode()
TURNS = {side: f"\n\nHuman: Hi\n\nAssistant: {side}" for side in ("chosen", "rejected")}


class Case(NamedTuple):
    """Files by name (the first is loaded, or their folder), and what becomes of them.

    Args:
        files: what lies where.
        used: rows that are used; None where the whole is refused.
        skipped: reasons and rows.
        said: what the error, or with `--strict` the error, must hold.
    """

    files: dict[str, bytes]
    used: int | None = None
    skipped: dict[str, int] = {}  # noqa: RUF012 - a NamedTuple
    said: tuple[str, ...] = ()


def _lines(*middle: bytes, name: str = "pairs.jsonl", end: bytes = b"\n", start: bytes = b"") -> dict[str, bytes]:
    return {name: start + end.join([LINE, *middle, LINE]) + end}


def _row(**changed: object) -> bytes:
    return json.dumps(GOOD | changed).encode()


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


WHOLE = _parquet(pa.Table.from_pylist([GOOD] * 500))
LONG = b"".join(_row(prompt=f"{at * at} why") + b"\n" for at in range(5_000))
NOT_TEXT = {
    "number": (7, "a number"),
    "bool": (True, "true or false"),
    "list": (["yes"], "a list"),
    "object": ({}, "an object"),
}
CASES: dict[str, Case] = {
    "truncated gzip": Case(
        {"pairs.jsonl.gz": gzip.compress(LONG)[:-100]}, said=("cannot be read to its end", "Fetch it again")
    ),
    "broken line": Case(
        _lines(b'{"prompt": "p", "chosen'), 2, {"the line is not valid JSON": 1}, ("row 1", "line 2, column 17")
    ),
    "not UTF-8": Case(
        _lines(LINE.replace(b"yes", b"caf\xe9")),
        2,
        {"'chosen' is not valid Unicode": 1},
        ("row 1", "line 2, column 'chosen'", "byte 0xe9 after 3 characters"),
    ),
    "BOM": Case(_lines(start=b"\xef\xbb\xbf"), 2),
    "BOM in CSV": Case({"pairs.csv": b"\xef\xbb\xbfprompt,chosen,rejected\np,yes,no\n"}, 1),
    "CRLF": Case(_lines(end=b"\r\n"), 2),
    "CRLF in CSV": Case({"pairs.csv": b'prompt,chosen,rejected\r\np,"two\r\nlines",no\r\np,yes,no\r\n'}, 2),
    "no object": Case(_lines(b"[1, 2]"), 2, {"the row is not an object": 1}, ("row 1", "line 2", "a list")),
    "missing column": Case(
        {"pairs.jsonl": b'{"prompt": "p", "chosen": "yes"}\n'}, said=("no preference pairs", "'prompt', 'chosen'")
    ),
    "missing in a row": Case(
        _lines(b'{"prompt": "p", "chosen": "yes"}'),
        2,
        {"'rejected' is null or missing": 1},
        ("row 1", "column 'rejected'"),
    ),
    "null": Case(_lines(_row(chosen=None)), 2, {"'chosen' is null or missing": 1}, ("row 1", "column 'chosen'")),
    **{
        kind: Case(_lines(_row(chosen=value)), 2, {f"'chosen' is {what}, not text": 1}, ("row 1", "column 'chosen'"))
        for kind, (value, what) in NOT_TEXT.items()
    },
    "empty file": Case({"pairs.jsonl": b""}, said=("holds no rows",)),
    "Parquet cut short": Case({"pairs.parquet": WHOLE[: len(WHOLE) * 2 // 3]}, said=("cannot be read to its end",)),
    "another type in the second file": Case(
        {"data/a.parquet": WHOLE, "data/b.parquet": _parquet(pa.Table.from_pylist([GOOD | {"chosen": 7}]))},
        500,
        {"'chosen' is a number, not text": 1},
        ("b.parquet, row 0",),
    ),
    "100 MB in a row": Case(_lines(_row(chosen="x" * 100_000_000)), 3),
    "lone surrogate": Case(
        _lines(LINE.replace(b"yes", b"x\\ud800")),
        2,
        {"'chosen' is not valid Unicode": 1},
        ("row 1", "lone surrogate \\ud800 after 1 characters"),
    ),
    "NUL": Case(_lines(_row(chosen="a\0b")), 3),
    "two formats": Case(
        {"pairs.jsonl": json.dumps({"prompt": "Hi"} | TURNS).encode()},
        said=("the rows fit 'generic' and 'hh-rlhf'", "--format NAME"),
    ),
    "broken array": Case({"pairs.json": b"[" + LINE + b",\n" + LINE[:20]}, said=("line 2, column", "mend the file")),
    "open quote": Case(
        {"pairs.csv": b'prompt,chosen,rejected\np,"yes,no\np,a,b\n'}, said=("line 2: a quote", "never closed")
    ),
    "UTF-16": Case({"pairs.csv": "prompt,chosen,rejected\np,yes,no\n".encode("utf-16")}, said=("UTF-16", "iconv")),
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Case]:
    found = CASES[request.param]
    for name, content in found.files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    first = tmp_path / next(iter(found.files))
    return (first.parent if len(found.files) > 1 else first), found


def _by_python(source: Path, **options: Any) -> dict[str, Any]:
    data = prefaudit.load(source, **options)
    for _ in data.batches():
        pass
    return data.accounting.to_dict()


def test_from_python(case: tuple[Path, Case]) -> None:
    source, asked = case
    if asked.used is None:
        with pytest.raises((SourceError, FormatError)) as error:
            _by_python(source)
    else:
        counts = _by_python(source)
        assert (counts["rows_used"], counts["rows_skipped"]) == (asked.used, asked.skipped)
        assert counts["rows_in"] == asked.used + sum(asked.skipped.values())
        if not asked.skipped:
            assert _by_python(source, strict=True) == counts
            return
        with pytest.raises(PrefauditError) as error:
            _by_python(source, strict=True)
    message = str(error.value)
    assert message.startswith(source.as_posix())
    assert all(part in message for part in asked.said), message


def test_from_the_command_line(case: tuple[Path, Case]) -> None:
    source, asked = case
    arguments = ["audit", str(source), "--isolated", "--select", "identical", "--json", "-"]
    if asked.used is not None:
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.stderr
        counts = json.loads(done.stdout)["accounting"]
        assert (counts["rows_used"], counts["rows_skipped"]) == (asked.used, asked.skipped)
        shown = " ".join(done.stderr.split())  # with `--json -` the text goes there
        for reason, rows in asked.skipped.items():
            assert f"skipped {rows}: {reason} (row " in shown
        arguments.append("--strict")
    done = CliRunner().invoke(app, arguments)
    if asked.used is not None and not asked.skipped:
        assert done.exit_code == 0
        return
    assert (done.exit_code, done.stdout) == (3, "")
    assert isinstance(done.exception, SystemExit)
    assert done.stderr.startswith(f"error: {source.as_posix()}")
    assert done.stderr.count("\n") == 1
    assert all(part in done.stderr for part in asked.said)
