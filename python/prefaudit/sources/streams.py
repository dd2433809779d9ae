"""Files as streams of bytes: compression undone, standard input made readable twice."""

from __future__ import annotations

import io
import lzma
import os
import shutil
import sys
import tempfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias, cast

import pyarrow as pa

from prefaudit.errors import NO_ROOM, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

_Codec: TypeAlias = Literal["gzip", "bz2", "zstd", "xz"]
#: The first bytes of each compression, and what pyarrow calls it (xz is not among its codecs).
_MAGIC: dict[bytes, _Codec] = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstd", b"\xfd7zXZ\x00": "xz"}

_MANY_ZEROS = 8
_READ_ERRORS = (OSError, EOFError, UnicodeDecodeError, pa.ArrowException, zlib.error, lzma.LZMAError)


@dataclass(frozen=True)
class File:
    """A file to read rows from, and what to call it.

    `spool` keeps the temporary copy alive of what can be read only once, or has to be jumped about in.
    """

    path: Path
    name: str
    spool: object = field(default=None, repr=False, compare=False)

    def open(self) -> IO[bytes]:
        """The content as a binary stream, decompressed."""
        codec = self._codec()
        if codec == "xz":
            return cast("IO[bytes]", lzma.open(self.path))
        raw = pa.OSFile(os.fspath(self.path), "rb")
        return cast("IO[bytes]", pa.CompressedInputStream(raw, codec) if codec else raw)

    def open_seekable(self) -> Any:
        """The content for readers that jump about in it; what is compressed as a whole goes to a temporary file."""
        return pa.OSFile(os.fspath(self._plain.path if self._codec() else self.path), "rb")

    @cached_property
    def _plain(self) -> File:
        """A copy without compression, made once."""
        with self.open() as stream:
            return spooled(stream, self.name)

    def head(self, size: int = 64) -> bytes:
        """The first bytes of the content."""
        with self.open() as stream:
            return stream.read(size)

    def _codec(self) -> _Codec | None:
        with self.path.open("rb") as stream:
            start = stream.read(8)
        return next((codec for magic, codec in _MAGIC.items() if start.startswith(magic)), None)


def spooled(stream: IO[bytes], name: str) -> File:
    """A copy of `stream` in a temporary file, deleted when the `File` goes.

    What can be read only once is needed twice: for its layout and for its rows.
    """
    copy = tempfile.NamedTemporaryFile(prefix="prefaudit-")  # noqa: SIM115 - it lives as long as the File
    try:
        shutil.copyfileobj(stream, copy, 1 << 20)
        copy.flush()
    except BaseException as error:
        copy.close()  # a traceback would keep it
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            msg = (
                f"{name} has to be copied to a temporary file, and {tempfile.gettempdir()} has no room for it:"
                " set TMPDIR to a folder on a larger disk"
            )
            raise SourceError(msg) from error
        raise
    return File(Path(copy.name), name, copy)


def standard_input() -> File:
    """Standard input."""
    if sys.stdin is None or sys.stdin.isatty():
        msg = "standard input is a terminal: pipe a file into it, as in `zcat pairs.jsonl.gz | prefaudit audit -`"
        raise SourceError(msg)
    return spooled(sys.stdin.buffer, "stdin")


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn whatever a reader raises into a `SourceError` that names the file."""
    try:
        yield
    except FileNotFoundError as error:
        msg = f"{name}: no such file"
        raise SourceError(msg) from error
    except _READ_ERRORS as error:
        msg = f"{name} cannot be read to its end ({_first_line(error)}). Is it complete? Fetch it again and retry."
        raise SourceError(msg) from error


def text_stream(stream: IO[bytes]) -> io.TextIOWrapper:
    """`stream` as text, without its BOM. Bytes that are not UTF-8 become lone surrogates, never an error."""
    return io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")


def refuse_utf16(start: bytes, name: str) -> None:
    """Raise a `SourceError` if the first bytes are UTF-16: its mark, or every other one is zero."""
    zeros = max(start[first:64:2].count(0) for first in (0, 1))
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or zeros >= _MANY_ZEROS:
        msg = f"{name} is UTF-16, and only UTF-8 is read: convert it with `iconv -f UTF-16 -t UTF-8`"
        raise SourceError(msg)


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).strip().splitlines()[0][:200]
