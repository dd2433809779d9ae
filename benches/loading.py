"""Loading: files to pairs, beside the readers that make a table of the same file and stop there.

`python -m benches.loading READER FILE` reads one file and prints nothing: a whole process, to be timed. With a third
argument, a small file that is read before, it prints the seconds that the first read of the large one takes.
"""

from __future__ import annotations

import gzip
import sys
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benches import full_size, process
from benches.kernel import reached
from benches.tables import number, table
from benches.texts import data_folder
from benches.timing import ratio_of, take_turns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OURS = "prefaudit"
#: In units of pyarrow's reader (Parquet), or of the faster of pyarrow's and polars' (JSON lines).
RATIO = 1.5
#: Seconds of a whole process.
SMALL = 1.0
_SMALL_FILES = {
    "OASST, 100 trees": "oasst/en_100_tree.jsonl",
    "LLMFAO, 8,931 votes": "llmfao/crowd-comparisons.csv",
}
_SECONDS = 20.0
#: Of which the first read of a process is measured: the copy that `datasets` makes is no such thing.
_TABLES = ("pyarrow", "polars")
#: Pairs of a file that makes a reader import what it needs.
_FEW = 64


def pairs(file: str) -> int:
    """The number of pairs of a file; every batch is made, with prompts cut from transcripts, and let go."""
    return sum(len(batch) for batch in import_module("prefaudit").load(file).batches())


def by_pyarrow(file: str) -> object:
    """The file as a table of pyarrow."""
    if file.endswith(".parquet"):
        return import_module("pyarrow.parquet").read_table(file)
    if file.endswith(".csv"):
        return import_module("pyarrow.csv").read_csv(
            file, parse_options=import_module("pyarrow.csv").ParseOptions(newlines_in_values=True)
        )
    return import_module("pyarrow.json").read_json(
        file, read_options=import_module("pyarrow.json").ReadOptions(block_size=16 << 20)
    )


def by_polars(file: str) -> object:
    """The file as a frame of polars."""
    polars = import_module("polars")
    if file.endswith(".parquet"):
        return polars.read_parquet(file)
    if file.endswith(".csv"):
        return polars.read_csv(file)
    if file.endswith(".gz"):
        with gzip.open(file) as stream:
            return polars.read_ndjson(stream)
    return polars.read_ndjson(file)


def by_datasets(file: str) -> object:
    """The file as a data set, the copy that `datasets` makes of it included."""
    datasets = import_module("datasets")
    datasets.disable_progress_bars()
    kind = "parquet" if file.endswith(".parquet") else "csv" if file.endswith(".csv") else "json"
    with TemporaryDirectory() as folder:
        return datasets.load_dataset(kind, data_files=file, split="train", cache_dir=folder)


READERS: dict[str, Callable[[str], object]] = {
    OURS: pairs,
    "pyarrow": by_pyarrow,
    "polars": by_polars,
    "datasets": by_datasets,
}


def readers() -> dict[str, Callable[[str], object]]:
    """Those that are installed."""
    return {name: reader for name, reader in READERS.items() if find_spec(name)}


def measure(*, quick: bool = False) -> dict[str, Any]:
    """Large files within one process, small ones as whole processes."""
    rows = full_size.ROWS // 10 if quick else full_size.ROWS
    parquet = {
        "Parquet": full_size.parquet(rows),
        "Parquet, snappy": full_size.parquet(rows, compression="snappy"),
    }
    large = parquet | {"JSON lines, gzip": full_size.json_lines(rows)}
    folder = data_folder()
    small = {name: folder / file for name, file in _SMALL_FILES.items()} if folder else {}
    return {
        "rows": rows,
        "first": [_first(name, file, runs=3 if quick else 9) for name, file in parquet.items()],
        "large": [_large(name, file, quick=quick) for name, file in large.items()],
        "small": [_small(name, file, runs=3 if quick else 7) for name, file in small.items()],
    }


def _large(name: str, file: Path, *, quick: bool) -> dict[str, Any]:
    calls = {reader: partial(read, str(file)) for reader, read in readers().items()}
    times = take_turns(calls, 1.0 if quick else _SECONDS, least=3 if quick else 5)
    peers = [peer for peer in ("pyarrow", "polars") if peer in times and (peer == "pyarrow" or "JSON" in name)]
    best = min(peers, key=lambda peer: median(times[peer]))
    return {
        "name": name,
        "seconds": {reader: median(spent) for reader, spent in times.items()},
        "peer": best,
        "ratio": ratio_of(times, OURS, best),
    }


def _first(name: str, file: Path, *, runs: int) -> dict[str, Any]:
    """Reads in processes that have imported what they need, and read nothing large yet."""
    small = full_size.parquet(_FEW)
    times: dict[str, list[float]] = {reader: [] for reader in (OURS, *_TABLES) if reader in readers()}
    for _ in range(runs):
        for reader, spent in times.items():
            command = [sys.executable, "-m", "benches.loading", reader, str(file), str(small)]
            spent.append(float(process.run(*command).output))
    seconds = {reader: median(spent) for reader, spent in times.items()}
    return {"name": name, "seconds": seconds, "peer": "pyarrow", "ratio": ratio_of(times, OURS, "pyarrow")}


def _small(name: str, file: Path, *, runs: int) -> dict[str, Any]:
    seconds: dict[str, float | None] = {}
    for reader in readers():
        command = [sys.executable, "-m", "benches.loading", reader, str(file)]
        try:
            process.run(*command)
        except RuntimeError:  # the layout is more than this reader takes
            seconds[reader] = None
        else:
            seconds[reader] = median(process.run(*command).wall for _ in range(runs))
    return {"name": name, "seconds": seconds}


def render(result: dict[str, Any]) -> str:
    """The chapter on loading."""
    names = list(READERS)
    small = [
        [
            *(case["name"], *(number(case["seconds"].get(name)) for name in names)),
            *(f"{SMALL:.0f}", reached(case["seconds"][OURS], SMALL)),
        ]
        for case in result["small"]
    ]
    seconds = [f"{name}, s" for name in names]
    beside = ["file", *seconds, "beside", "ratio", "must", "reached"]
    parts = [
        (
            f"{result['rows']:,} pairs of transcripts. prefaudit makes pairs: it tells the format, finds prompts and "
            "responses, checks and counts every row; the others read their file into a table and stop. pyarrow and "
            "polars use all cores; `datasets` writes its copy of the file, as it does on the first load. The ratio is "
            "to pyarrow, for JSON lines to the faster of pyarrow and polars."
        ),
        (
            "The first read of a process that has imported what it needs, as whoever reads a file once has it: a table "
            "needs memory from the system, a stream of pairs needs little."
        ),
        table(beside, [_row(case, names) for case in result["first"]]),
        "Again and again in one process, in turns: the tables are written to memory that the process holds already.",
        table(beside, [_row(case, names) for case in result["large"]]),
    ]
    if small:
        parts += [
            "Whole processes, from the start of Python to its end; `-`: that reader cannot read the file.",
            table(["file", *seconds, "must", "reached"], small),
        ]
    return "\n\n".join(parts)


def _row(case: dict[str, Any], names: list[str]) -> list[str]:
    times = [number(case["seconds"].get(name)) for name in names]
    return [case["name"], *times, case["peer"], f"{case['ratio']:.2f}", f"{RATIO}", reached(case["ratio"], RATIO)]


def _print_first(reader: str, file: str, small: str) -> None:
    READERS[reader](small)
    start = perf_counter()
    READERS[reader](file)
    print(perf_counter() - start)


if __name__ == "__main__":
    if sys.argv[3:]:
        _print_first(*sys.argv[1:])
    else:
        READERS[sys.argv[1]](sys.argv[2])
