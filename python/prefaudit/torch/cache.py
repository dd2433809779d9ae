"""Token ids in an Arrow file that is mapped into memory."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from prefaudit.errors import ConfigError
from prefaudit.tokens import Ragged, TokenPairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

_IDS = pa.large_list(pa.int32())
_KEY = b"prefaudit"
#: Ends of the names of files that are hardly a cache.
_DATA = {".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".gz", ".zst", ".py", ".md"}
#: Raised when the layout of the file changes.
_VERSION = 2


class TokenCache:
    """The token ids of all pairs, in one file. Pickled it is a path: workers map the same file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open()

    @classmethod
    def made(
        cls,
        path: str | os.PathLike[str],
        fingerprint: str,
        pairs: int,
        ids: Callable[[], Iterable[TokenPairs]],
        counts: Callable[[], dict[str, int]],
    ) -> TokenCache:
        """The cache at `path`; made anew when it is not the one of this fingerprint, or not whole.

        Args:
            path: where it is.
            fingerprint: of all that decides about the ids.
            pairs: how many there are.
            ids: the ids of all pairs.
            counts: what is to be known of them, once they have been made.

        Raises:
            ConfigError: if the place cannot be written to, or holds something else.
        """
        place = Path(os.fspath(path)).expanduser()
        if _is_something_else(place):
            msg = f"{place} cannot be written: it is there already and is no cache of token ids; name another file"
            raise ConfigError(msg)
        if not _is_whole(place, fingerprint, pairs):
            _write(place, fingerprint, ids(), counts)
        return cls(place)

    def take(self, at: NDArray[np.int64]) -> TokenPairs:
        """The ids of the pairs at some places."""
        return TokenPairs(self._chosen.take(at), self._rejected.take(at))

    def lengths(self) -> NDArray[np.int64]:
        """Tokens of the longer text of each pair."""
        found: NDArray[np.int64] = np.maximum(self._chosen.lengths, self._rejected.lengths)
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {"_path": self._path}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._path = state["_path"]
        self._open()

    def _open(self) -> None:
        self._map = pa.memory_map(os.fspath(self._path))
        table = pa.ipc.open_file(self._map).read_all()
        #: What was counted when it was made.
        self.counts: dict[str, int] = _described(table.schema)["counts"]
        self._chosen, self._rejected = (Ragged.of_arrow(table[name].chunk(0)) for name in ("chosen", "rejected"))


def _is_something_else(path: Path) -> bool:
    """Whether there is what nobody would want replaced: no file, or data. A cache that was spoilt is not."""
    if not path.is_file():
        return path.exists()
    try:
        with pa.memory_map(os.fspath(path)) as file:
            return not _described(pa.ipc.open_file(file).schema)
    except (OSError, pa.ArrowException, ValueError):
        return path.suffix.lower() in _DATA


def _is_whole(path: Path, fingerprint: str, pairs: int) -> bool:
    """Whether the file is there, complete, and of this fingerprint."""
    try:
        with pa.memory_map(os.fspath(path)) as file:
            reader = pa.ipc.open_file(file)
            known = _described(reader.schema)
            batch = reader.get_batch(0)
            batch.validate(full=True)
            rows = batch.num_rows
    except (OSError, pa.ArrowException, ValueError, IndexError):
        return False
    return bool((known.get("version"), known.get("fingerprint"), rows) == (_VERSION, fingerprint, pairs))


def _described(schema: pa.Schema) -> dict[str, Any]:
    """What the file says of itself."""
    found = json.loads((schema.metadata or {}).get(_KEY, b"{}"))
    return found if isinstance(found, dict) else {}


def _write(path: Path, fingerprint: str, parts: Iterable[TokenPairs], counts: Callable[[], dict[str, int]]) -> None:
    chosen, rejected = [], []
    for part in parts:
        chosen.append(part.chosen.to_arrow())
        rejected.append(part.rejected.to_arrow())
    described = {"version": _VERSION, "fingerprint": fingerprint, "counts": counts()}
    schema = pa.schema([("chosen", _IDS), ("rejected", _IDS)], metadata={_KEY: json.dumps(described).encode()})
    batch = pa.RecordBatch.from_arrays([pa.concat_arrays(chosen), pa.concat_arrays(rejected)], schema=schema)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file, pa.ipc.new_file(file, schema) as writer:
                writer.write_batch(batch)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror or error}"
        raise ConfigError(msg) from error
