"""Which reader a file needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefaudit.errors import SourceError
from prefaudit.sources.arrow_ipc import ArrowIpc
from prefaudit.sources.delimited import Delimited
from prefaudit.sources.joined import Joined
from prefaudit.sources.json_array import JsonArray
from prefaudit.sources.json_lines import JsonLines
from prefaudit.sources.parquet import Parquet
from prefaudit.sources.streams import File, reading
from prefaudit.sources.xlsx import Xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from prefaudit.sources.base import Source

_COMPRESSIONS = {".gz", ".bz2", ".xz", ".zst"}
#: What `datasets.save_to_disk` writes beside the rows.
_NOT_ROWS = {"dataset_info.json", "state.json", "dataset_dict.json", "dataset_infos.json"}


def _json(file: File) -> Source:
    return (
        JsonArray(file)
        if file.head(1 << 12).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")
        else JsonLines(file)
    )


_READERS: dict[str, Callable[[File], Source]] = {
    ".jsonl": JsonLines,
    ".ndjson": JsonLines,
    ".json": _json,
    ".csv": lambda file: Delimited(file, ","),
    ".tsv": lambda file: Delimited(file, "\t"),
    ".parquet": Parquet,
    ".arrow": ArrowIpc,
    ".feather": ArrowIpc,
    ".xlsx": Xlsx,
}

_KNOWN = f"{', '.join(_READERS)} (also .gz, .bz2, .xz, .zst)"


def open_file(path: Path) -> Source:
    """The rows of a file."""
    file = File(path, path.as_posix())
    with reading(file.name):
        reader = _READERS.get(kind(path))
        return reader(file) if reader else by_content(file)


def by_content(file: File) -> Source:
    """The reader for a file whose name tells nothing."""
    with reading(file.name):
        start = file.head(1 << 12).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"PAR1"):
        return Parquet(file)
    if start.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return ArrowIpc(file)
    if start.startswith((b"{", b"[")):
        return _json(file)
    if start.startswith(b"PK\x03\x04") and file.spool:  # of the kinds that are read, the one that is a zip
        return Xlsx(file)
    if not start or file.spool:  # nothing, or a stream, which can only be a table still
        return Delimited(file, "\t" if b"\t" in start.split(b"\n")[0] else ",")
    msg = f"{file.name}: this kind of file is not read. Those that are: {_KNOWN}"
    raise SourceError(msg)


def is_readable(path: Path) -> bool:
    """Whether the name of a file says that it can be read."""
    return kind(path) in _READERS


def kind(path: Path) -> str:
    """The last part of a file's name that is no compression: ".jsonl" for `pairs.jsonl.gz`."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    while suffixes and suffixes[-1] in _COMPRESSIONS:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def in_folder(folder: Path) -> list[Path]:
    """The files with rows in a folder and its folders, but for names with a dot or an underscore first."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and kind(path) in _READERS
        and path.name not in _NOT_ROWS
        and not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    ]


def together(files: Sequence[Path], name: str) -> Source:
    """The rows of several files of one kind."""
    if not files:
        msg = f"{name} holds no files that can be read. Those that can: {_KNOWN}"
        raise SourceError(msg)
    kinds = sorted({kind(file) for file in files})
    if len(kinds) > 1:
        msg = (
            f"{name} holds files of several kinds ({', '.join(kinds)}), which may be the same rows twice:"
            f" name those to read, as in '{name}/*{kinds[0]}*'"
        )
        raise SourceError(msg)
    return Joined([open_file(file) for file in files], name)
