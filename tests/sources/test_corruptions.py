"""Valid files with bytes flipped, cut out and doubled: a clear error or the right count, never a traceback or a loss.

Eight kinds of file, 300 corruptions each.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from prefaudit.cli.app import app
from prefaudit.errors import FormatError, SourceError
from prefaudit.load import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = [
    {"prompt": f"Question {at}: é?", "chosen": f'An answer, "{at}"\nof two lines 🙂', "rejected": "no" * (at % 5)}
    for at in range(30)
]
TABLE = pa.Table.from_pylist([row | {"annotator": f"worker {at % 3}"} for at, row in enumerate(ROWS)])
MANY = settings(max_examples=300, suppress_health_check=list(HealthCheck))


def _csv() -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(ROWS[0]))
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


def _parquet(**options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(TABLE, sink, row_group_size=10, **options)
    return sink.getvalue()


def _arrow(new: Callable[..., Any]) -> bytes:
    sink = io.BytesIO()
    with new(sink, TABLE.schema) as writer:
        writer.write_table(TABLE, max_chunksize=10)
    return sink.getvalue()


JSONL = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
FILES = {
    "pairs.jsonl": JSONL,
    "pairs.jsonl.gz": gzip.compress(JSONL, mtime=0),
    "pairs.json": json.dumps(ROWS, indent=1).encode(),
    "pairs.csv": _csv(),
    "plain.parquet": _parquet(compression="none", use_dictionary=False),
    "packed.parquet": _parquet(compression="zstd"),
    "pairs.arrow": _arrow(pa.ipc.new_file),
    "stream.arrow": _arrow(pa.ipc.new_stream),
}


@st.composite
def corrupted(draw: st.DrawFn, content: bytes) -> bytes:
    """The content with one to three places broken."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content) - 1)) if content else 0
        end = min(start + draw(st.integers(1, 40) | st.integers(1, len(content) + 1)), len(content))
        piece = content[start:end]
        match draw(st.sampled_from(["flip a bit", "flip bytes", "cut out", "cut off", "double"])):
            case "flip a bit":
                piece = bytes([piece[0] ^ 1 << draw(st.integers(0, 7))]) + piece[1:] if piece else piece
            case "flip bytes":
                piece = bytes(byte ^ 0xFF for byte in piece[:8]) + piece[8:]
            case "cut out":
                piece = b""
            case "cut off":
                piece, end = b"", len(content)
            case "double":
                piece += piece
        content = content[:start] + piece + content[end:]
    return content


def _lines(content: bytes) -> int:
    return sum(bool(line.strip()) for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"))


def _unzipped_lines(content: bytes) -> int:
    return _lines(gzip.decompress(content))


def _elements(content: bytes) -> int:
    found = json.loads(content.decode("utf-8-sig", "surrogateescape"))
    assert isinstance(found, list)
    return len(found)


#: How many rows others find in it; an error where they find that it is broken.
ORACLES: dict[str, Callable[[bytes], int]] = {
    "pairs.jsonl": _lines,
    "pairs.jsonl.gz": _unzipped_lines,
    "pairs.json": _elements,
}
_BROKEN = (ValueError, AssertionError, EOFError, OSError, zlib.error, RecursionError)


def _rows_by_others(name: str, content: bytes) -> int | None:
    try:
        return ORACLES[name](content)
    except _BROKEN:
        return None


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@MANY
def test_an_error_or_the_right_count(name: str, tmp_path: Path, data: Any) -> None:
    content = data.draw(corrupted(FILES[name]))
    path = tmp_path / name
    path.write_bytes(content)
    by_others = _rows_by_others(name, content) if name in ORACLES else 0
    loaded, error, pairs = None, "", 0
    try:
        loaded = load(path)
        for batch in loaded.batches():
            pairs += len(batch)
    except (SourceError, FormatError) as refusal:
        error = str(refusal) or "nothing said"
    if error:
        assert error.startswith(path.as_posix())
        assert error.isprintable()
        assert len(error) < 1_500
    if loaded is not None:
        counts = loaded.accounting
        assert counts.rows_in == pairs + counts.rows_skipped.total()
        assert counts.rows_used == counts.votes == pairs
        if not error and name in ORACLES:
            assert counts.rows_in == by_others


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_the_command_line_says_so_in_one_line(name: str, tmp_path: Path, data: Any) -> None:
    path = tmp_path / name
    path.write_bytes(data.draw(corrupted(FILES[name])))
    done = CliRunner().invoke(app, ["audit", str(path), "--isolated", "--select", "identical", "--json", "-"])
    assert done.exit_code in {0, 3}
    assert done.exception is None or isinstance(done.exception, SystemExit)
    if done.exit_code:
        assert done.stderr.startswith("error: ")
        assert done.stderr.count("\n") == 1
    else:
        counts = json.loads(done.stdout)["accounting"]
        assert counts["rows_in"] == counts["rows_used"] + sum(counts["rows_skipped"].values())
        assert counts["votes"] == counts["rows_used"]
