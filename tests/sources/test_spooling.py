"""What is compressed as a whole and has to be jumped about in waits on the disk, and leaves nothing there."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from prefaudit.load import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = 40_000
#: About 120 MB as they stand in the file, less than one when compressed.
TABLE = pa.table(
    {"prompt": ["p"] * ROWS, "chosen": ["a long answer " * 150] * ROWS, "rejected": ["a short one " * 75] * ROWS}
)
_PEAK = """
import sys
import prefaudit
from prefaudit.sources.files import open_file  # what both ways import is in both figures
data = prefaudit.load(sys.argv[1])
rows = sum(len(batch) for batch in data.batches())
try:  # ru_maxrss of a process that was forked can be that of its parent
    status = open("/proc/self/status").read()
    peak = int(status.partition("VmHWM:")[2].split()[0]) << 10
except FileNotFoundError:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(rows, peak)
"""


def _parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(TABLE, sink, compression="none", use_dictionary=False)
    return sink.getvalue()


def _arrow() -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, TABLE.schema) as writer:
        writer.write_table(TABLE, max_chunksize=1_000)
    return sink.getvalue()


def _feather() -> bytes:
    sink = io.BytesIO()
    pyarrow.feather.write_feather(TABLE, sink, compression="uncompressed", chunksize=1_000)
    return sink.getvalue()


def _xlsx(size: int = 120 << 20) -> bytes:
    """A small sheet, beside something large that workbooks may hold and nobody reads."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [("prompt", "chosen", "rejected"), ("p", "yes", "no")]:
        book.active.append(row)
    sink = io.BytesIO()
    book.save(sink)
    with zipfile.ZipFile(sink, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/media/picture", bytes(size))
    return sink.getvalue()


CASES: dict[str, tuple[Callable[[], bytes], str, int]] = {
    "parquet": (_parquet, ".gz", ROWS),
    "arrow": (_arrow, ".zst", ROWS),
    "feather": (_feather, ".gz", ROWS),
    "xlsx": (_xlsx, ".gz", 1),
}


def _compressed(content: bytes, ending: str) -> bytes:
    return gzip.compress(content, 1) if ending == ".gz" else bytes(pa.Codec("zstd").compress(content))


@pytest.mark.parametrize("kind", CASES)
def test_memory_does_not_grow_with_the_file(kind: str, tmp_path: Path) -> None:
    make, ending, rows = CASES[kind]
    content = make()
    plain, packed = tmp_path / f"pairs.{kind}", tmp_path / f"pairs.{kind}{ending}"
    plain.write_bytes(content)
    packed.write_bytes(_compressed(content, ending))
    spool = tmp_path / "spool"
    spool.mkdir()
    peaks = {}
    for path in (plain, packed):
        command = [sys.executable, "-c", _PEAK, str(path)]
        surroundings = os.environ | {"TMPDIR": str(spool)}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=surroundings)
        read, peak = map(int, done.stdout.split())
        assert read == rows
        peaks[path] = peak
    assert len(content) > 100 << 20
    assert peaks[packed] - peaks[plain] < len(content) // 3
    assert not list(spool.iterdir())


SMALL = pa.table({"prompt": ["p"] * 9, "chosen": ["yes"] * 9, "rejected": ["no"] * 9})


def _small_parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(SMALL, sink)
    return sink.getvalue()


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


def test_one_copy_while_the_data_are_used_and_none_after(tmp_path: Path, spool: Path) -> None:
    path = tmp_path / "pairs.parquet.gz"
    path.write_bytes(gzip.compress(_small_parquet()))
    data = load(path)
    assert len(data.to_table()) == len(data.to_table()) == data.rows == 9
    assert len(list(spool.iterdir())) == 1
    del data
    assert not list(spool.iterdir())


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "the compression ends early": lambda content: gzip.compress(content)[:-20],
    "the content ends early": lambda content: gzip.compress(content[: len(content) // 2]),
    "a damaged page": lambda content: gzip.compress(content[:20] + bytes(30) + content[50:]),
}


@pytest.mark.parametrize("why", BROKEN)
def test_nothing_stays_of_what_cannot_be_read(why: str, tmp_path: Path) -> None:
    path = tmp_path / "pairs.parquet.gz"
    path.write_bytes(BROKEN[why](_small_parquet()))
    spool = tmp_path / "spool"
    spool.mkdir()
    command = [sys.executable, "-m", "prefaudit", "audit", str(path), "--isolated"]
    surroundings = os.environ | {"TMPDIR": str(spool)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert f"{path.as_posix()} cannot be read to its end" in done.stderr
    assert not list(spool.iterdir())


def test_a_disk_without_room(tmp_path: Path) -> None:
    resource: Any = pytest.importorskip("resource")
    path = tmp_path / "pairs.parquet.gz"
    path.write_bytes(gzip.compress(_small_parquet() + bytes(1 << 20)))
    spool = tmp_path / "spool"
    spool.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "prefaudit", "audit", str(path), "--isolated"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"TMPDIR": str(spool)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, 1 << 19)),
    )
    assert done.returncode == 3
    assert f"and {spool} has no room for it: set TMPDIR" in done.stderr
    assert not list(spool.iterdir())
