"""Data in memory gives the same rows as a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from prefaudit.errors import SourceError
from prefaudit.load import load
from prefaudit.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = [{"prompt": f"p{i}", "chosen": f"yes {i}", "rejected": "no" * i} for i in range(40)]
COLUMNS = {name: [row[name] for row in ROWS] for name in ROWS[0]}


class Stream:
    """What speaks the Arrow C stream interface and is of no library that is known by name."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return pa.table(COLUMNS).__arrow_c_stream__(requested_schema)


def _polars() -> Any:
    return pytest.importorskip("polars").DataFrame(COLUMNS)


def _lazy() -> Any:
    return _polars().lazy()


def _pandas() -> Any:
    frame = pytest.importorskip("pandas").DataFrame(COLUMNS, index=range(100, 140))
    return frame.assign(mixed=[1, "a"] * 20)


def _pandas_objects() -> Any:
    return _pandas().astype(object)


def _dataset() -> Any:
    return pytest.importorskip("datasets").Dataset.from_dict(COLUMNS)


def _shuffled_back() -> Any:
    """A data set whose Arrow data holds other rows, in another order, than the data set."""
    datasets = pytest.importorskip("datasets")
    doubled = datasets.Dataset.from_list([{**row, "n": n} for n, row in enumerate(ROWS[::-1] + ROWS[::-1])])
    return doubled.select(range(39, -1, -1))


def _streamed() -> Any:
    return _dataset().to_iterable_dataset(num_shards=3)


def _untyped_stream() -> Any:
    return pytest.importorskip("datasets").IterableDataset.from_generator(lambda: iter(ROWS))


READ_AGAIN: dict[str, Callable[[], Any]] = {
    "list": lambda: ROWS,
    "tuple": lambda: tuple(ROWS),
    "dict of columns": lambda: COLUMNS,
    "table": lambda: pa.table(COLUMNS),
    "chunks": lambda: pa.concat_tables([pa.table(COLUMNS).slice(0, 3), pa.table(COLUMNS).slice(3)]),
    "record batch": lambda: pa.RecordBatch.from_pydict(COLUMNS),
    "polars": _polars,
    "polars lazy": _lazy,
    "pandas": _pandas,
    "pandas objects": _pandas_objects,
    "dataset": _dataset,
    "selected dataset": _shuffled_back,
    "iterable dataset": _streamed,
    "untyped iterable dataset": _untyped_stream,
}
READ_ONCE: dict[str, Callable[[], Any]] = {
    "generator": lambda: (dict(row) for row in ROWS),
    "reader": lambda: pa.table(COLUMNS).to_reader(max_chunksize=7),
    "stream": Stream,
}


@pytest.mark.parametrize("kind", [*READ_AGAIN, *READ_ONCE])
def test_all_rows_are_read(kind: str, read_pairs: Any) -> None:
    data = (READ_AGAIN | READ_ONCE)[kind]()
    pairs, accounting = read_pairs(data)
    assert [{name: pair[name] for name in ROWS[0]} for pair in pairs] == ROWS
    assert [pair["row"] for pair in pairs] == list(range(40))
    assert accounting["rows_in"] == accounting["votes"] == 40


@pytest.mark.parametrize("kind", READ_AGAIN)
def test_read_again(kind: str) -> None:
    data = load(READ_AGAIN[kind]())
    assert [sum(map(len, data.batches())) for _ in range(2)] == [40, 40]
    assert data.accounting.rows_in == 40  # of the last pass, not of both


@pytest.mark.parametrize("kind", READ_ONCE)
def test_read_only_once(kind: str) -> None:
    data = load(READ_ONCE[kind]())
    assert sum(map(len, data.batches())) == 40
    with pytest.raises(SourceError, match="only once"):
        list(data.batches())


@pytest.mark.parametrize("kind", ["list", "table", "record batch", "polars", "pandas", "dataset", "selected dataset"])
def test_number_of_rows_is_known(kind: str) -> None:
    assert load(READ_AGAIN[kind]()).rows == 40


def test_bad_rows_among_dicts(read_pairs: Any) -> None:
    rows = [ROWS[0], 7, {"prompt": "p"}, {**ROWS[0], "chosen": float("nan")}, {**ROWS[0], "rejected": b"ok"}, ROWS[1]]
    pairs, accounting = read_pairs(rows)
    assert [pair["row"] for pair in pairs] == [0, 4, 5]
    assert accounting["rows_skipped"] == {"the row is not an object": 1, "'chosen' is null or missing": 2}
    with pytest.raises(SourceError, match="list, row 1: the row is not an object"):
        read_pairs(rows, strict=True)


def test_pandas_columns_of_objects(read_pairs: Any) -> None:
    pandas = pytest.importorskip("pandas")
    chosen = ["yes", None, pandas.NA, float("nan"), 5, "last"]
    pairs, accounting = read_pairs(pandas.DataFrame({"chosen": pandas.Series(chosen, dtype=object), "rejected": "no"}))
    assert [pair["row"] for pair in pairs] == [0, 5]
    assert accounting["rows_skipped"] == {"'chosen' is null or missing": 3, "'chosen' is a number, not text": 1}


def test_splits() -> None:
    datasets = pytest.importorskip("datasets")
    splits = datasets.DatasetDict(train=_dataset(), test=_dataset().select(range(5)))
    with pytest.raises(SourceError, match=r"several splits: name one with split=... \(--split\): 'train', 'test'"):
        load(splits)
    with pytest.raises(SourceError, match="has no split 'dev'"):
        load(splits, split="dev")
    assert load(splits, split="test").rows == 5
    everything = load(splits, split="all")
    sources = [source for batch in everything.batches() for source in batch.records.column("source").to_pylist()]
    assert [sources.count(name) for name in ("train", "test")] == [40, 5]
    assert load(datasets.DatasetDict(train=_dataset())).rows == 40
    streamed = datasets.IterableDatasetDict(train=_streamed(), test=_streamed())
    assert sum(map(len, load(streamed, split="train").batches())) == 40


def test_split_of_what_has_none() -> None:
    with pytest.raises(SourceError, match="list has no splits"):
        open_source(ROWS, split="train")


@pytest.mark.parametrize("data", [5, None, b"bytes", 1.5, {"a": 1}, {"a": [1], "b": []}])
def test_no_data_at_all(data: object) -> None:
    with pytest.raises(SourceError, match=r"pass a|equal length"):
        open_source(data)


@pytest.mark.parametrize("data", [[], (), iter([]), pa.table({"chosen": [], "rejected": []}), {"chosen": []}])
def test_empty(data: object) -> None:
    with pytest.raises(SourceError, match="holds no rows"):
        load(data)


@pytest.mark.parametrize("data", [["text"], [1, 2], iter([None])])
def test_no_dicts(data: object) -> None:
    with pytest.raises(SourceError, match=r"must give dicts|rows are dicts"):
        load(data)


def test_batches_of_a_table_are_bounded() -> None:
    table = pa.table({"chosen": ["x" * 10_000] * 10_000, "rejected": [""] * 10_000, "other": [1] * 10_000})
    sizes = [len(batch) for batch in load(table).batches()]
    assert sum(sizes) == 10_000
    assert max(sizes) * 10_000 <= 25 << 20
    tiny = pa.table({"chosen": ["x"] * 100_000, "rejected": ["y"] * 100_000})
    assert max(len(batch) for batch in load(tiny).batches()) <= 16_384


def test_no_library_is_imported_that_the_caller_does_not_use() -> None:
    import subprocess

    code = (
        "import sys; from prefaudit.sources import open_source; open_source([{'a': 'b'}]);"
        "print([name for name in ('polars', 'datasets', 'torch', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_small_batches_are_put_together() -> None:
    rows = pa.table({"chosen": [str(n) for n in range(20_000)], "rejected": ["no"] * 20_000})
    table = pa.Table.from_batches(rows.to_batches(max_chunksize=1))
    batches = list(load(table).batches())
    assert [text for batch in batches for text in batch.chosen.to_pylist()] == rows["chosen"].to_pylist()
    assert [row for batch in batches for row in batch.records.column("row").to_pylist()] == list(range(20_000))
    assert len(batches) < 10
