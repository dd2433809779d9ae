"""Which reader a file needs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from prefaudit.errors import SourceError
from prefaudit.sources.arrow_ipc import ArrowIpc
from prefaudit.sources.delimited import Delimited
from prefaudit.sources.joined import Joined
from prefaudit.sources.json_array import JsonArray
from prefaudit.sources.json_lines import JsonLines
from prefaudit.sources.parquet import Parquet
from prefaudit.sources.streams import File, reading, refuse_utf16
from prefaudit.sources.xlsx import Xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prefaudit.sources.base import Source

_COMPRESSIONS = {".gz", ".bz2", ".xz", ".zst"}
#: What `datasets.save_to_disk` writes beside the rows.
_NOT_ROWS = {"dataset_info.json", "state.json", "dataset_dict.json", "dataset_infos.json"}
#: What lies beside rows and holds none.
_NOT_ROWS |= {"config.json", "croissant.json", "metadata.json", "package.json"}


def _json(file: File) -> Source:
    start = file.head(1 << 12)
    refuse_utf16(start, file.name)
    return JsonArray(file) if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[") else JsonLines(file)


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

#: What to do with some that are not.
_WAYS_OUT = {
    (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".7z", ".rar"): (
        ": unpack it, and name the folder"
    ),
    (".xls", ".ods", ".numbers"): ": save it as .xlsx or as .csv",
    (".pkl", ".pickle", ".pt", ".npy", ".h5", ".sqlite", ".db"): (
        ": open it in Python, and pass the rows to prefaudit.load or prefaudit.audit as a frame or a list of dicts"
    ),
    (".txt", ".md", ".yaml", ".yml", ".xml"): ": if its lines are JSON objects or CSV, name it .jsonl or .csv",
}
#: How files begin that are told by that.
_MARKS: dict[bytes, Callable[[File], Source]] = {b"PAR1": Parquet, b"ARROW1": ArrowIpc}
_POINTER = b"version https://git-lfs"

_KNOWN = f"{', '.join(_READERS)} (also .gz, .bz2, .xz, .zst)"


def open_file(path: Path) -> Source:
    """The rows of a file."""
    file = File(path, path.as_posix())
    with reading(file.name):
        start = file.head(len(_POINTER))
        for mark, of_content in _MARKS.items():  # whatever the name says
            if start.startswith(mark):
                return of_content(file)
        if start == _POINTER:
            msg = f"{file.name} is not the file but a pointer to it, which Git LFS keeps elsewhere: `git lfs pull`"
            raise SourceError(msg)
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
    way_out = next((way for ends, way in _WAYS_OUT.items() if file.path.name.lower().endswith(ends)), "")
    msg = f"{file.name}: this kind of file is not read{way_out}. Those that are: {_KNOWN}"
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


def _pattern(files: Sequence[Path], name: str) -> str:
    """A glob for the kind of file that holds most, as data do beside what describes them."""
    sizes: Counter[str] = Counter()
    for file in files:
        sizes[kind(file)] += file.stat().st_size
    most = max(sizes, key=lambda one: sizes[one])
    chosen = [file for file in files if kind(file) == most]
    ending = "".join(chosen[0].suffixes[-2:]) if all(is_packed(file) for file in chosen) else most
    deeper = "" if all(file.parent == Path(name) for file in chosen) else "**/"
    return f"{name}/{deeper}*{ending}"


def is_packed(path: Path) -> bool:
    """Whether the name of a file says that it is compressed."""
    return path.suffix.lower() in _COMPRESSIONS


def together(files: Sequence[Path], name: str) -> Source:
    """The rows of the files that a folder or a glob has, which are of one kind."""
    if not files:
        msg = f"{name} holds no files that can be read. Those that can: {_KNOWN}"
        raise SourceError(msg)
    kinds = sorted({kind(file) for file in files})
    if len(kinds) > 1:
        msg = (
            f"{name} holds files of several kinds ({', '.join(kinds)}), which may be the same rows twice:"
            f" name those to read, as in '{_pattern(files, name)}'"
        )
        raise SourceError(msg)
    return joined(files, name)


def joined(files: Sequence[Path], name: str) -> Source:
    """The rows of several files, whatever their kinds."""
    return Joined([open_file(file) for file in files], name)
