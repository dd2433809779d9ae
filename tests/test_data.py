"""PreferenceData: batches, tables, frames, files, and what a notebook shows of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import prefaudit
from prefaudit.errors import ConfigError, SourceError
from prefaudit.pairs import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS: list[dict[str, Any]] = [
    {
        "prompt": f"Question {at}?",
        "chosen": f"Answer <{at}>, \u4f60\u597d",
        "rejected": "No\nanswer",
        "annotator": f"a{at % 7}",
        "timestamp": datetime(2024, 1, 1 + at % 28, tzinfo=UTC),
        "score_chosen": at / 2,
        "tie": at % 5 == 0,
        "aspects": [{"name": "style", "chosen": 1.0, "rejected": None}],
    }
    for at in range(20_000)
]
BAD = {"prompt": "Why?", "chosen": None, "rejected": "So"}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [*ROWS[:100], BAD, *ROWS[100:]]


def without_place(table: pa.Table) -> list[dict[str, Any]]:
    return table.drop_columns(["source", "row"]).to_pylist()  # type: ignore[no-any-return]


def test_to_table_has_every_pair_in_order(rows: list[dict[str, Any]]) -> None:
    data = prefaudit.load(rows)
    table = data.to_table()
    assert without_place(table) == ROWS
    assert table["row"].to_pylist() == [at for at in range(20_001) if at != 100]
    assert all(field.equals(SCHEMA.field(field.name)) for field in table.schema)
    assert len(list(data)) > 1  # several batches


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl"])
def test_what_is_saved_is_loaded_again(suffix: str, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / f"pairs{suffix}"
    prefaudit.load(rows).save(path)
    assert without_place(prefaudit.load(path).to_table()) == ROWS
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_csv_keeps_flat_columns_and_writes_nested_ones_as_json(tmp_path: Path) -> None:
    prefaudit.load(ROWS[:50]).save(tmp_path / "pairs.csv")
    flat = [{name: value for name, value in row.items() if name != "aspects"} for row in ROWS[:50]]
    assert without_place(prefaudit.load(tmp_path / "pairs.csv").to_table()) == flat
    assert '""name"": ""style""' in (tmp_path / "pairs.csv").read_text()


def test_layouts_keep_what_they_know_of_a_pair(tmp_path: Path) -> None:
    row = {"history": "Why?", "human_ref_A": "So", "human_ref_B": "No", "labels": 1, "score_A": 9, "score_B": 3}
    row |= {"score_ratio": 3.0, "post_id": "x", "domain": "askculinary", "upvote_ratio": 0.9}
    names = {"c_root_id_A": "a", "c_root_id_B": "b", "created_at_utc_A": 10, "created_at_utc_B": 11}
    data = prefaudit.load([{**row, **names}], format="shp")
    data.save(tmp_path / "shp.parquet")
    again = prefaudit.load(tmp_path / "shp.parquet")
    assert again.format == "generic"
    assert without_place(again.to_table()) == without_place(data.to_table())


def test_a_file_that_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "pairs.parquet"
    prefaudit.load(ROWS[:3]).save(path)
    before = path.read_bytes()
    with pytest.raises(SourceError):
        prefaudit.load([*ROWS, BAD], strict=True).save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["pairs.parquet"]


@pytest.mark.parametrize("name", ["pairs.jsonl", "../{folder}/pairs.jsonl"])
def test_what_is_read_is_not_written_over(name: str, tmp_path: Path) -> None:
    path, other = tmp_path / "pairs.jsonl", tmp_path / "other.jsonl"
    for one in (path, other):
        prefaudit.load(ROWS[:3]).save(one)
    before = path.read_bytes()
    for source in (path, tmp_path, [str(other), str(path)]):
        with pytest.raises(ConfigError, match="is what is read"):
            prefaudit.load(source).save(tmp_path / name.format(folder=tmp_path.name))
    assert path.read_bytes() == before
    assert {file.name for file in tmp_path.iterdir()} == {"pairs.jsonl", "other.jsonl"}


@pytest.mark.parametrize("name", ["pairs.txt", "pairs", "none/pairs.csv", "."])
def test_places_that_cannot_be_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ends in|cannot be written"):
        prefaudit.load(ROWS[:3]).save(tmp_path / name)


def test_length_of_data_in_memory_and_with_a_footer(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "pairs.parquet")
    assert len(prefaudit.load(rows)) == len(prefaudit.load(tmp_path / "pairs.parquet")) == 20_000


def test_length_of_a_stream_is_known_after_it_was_read() -> None:
    def stream() -> Iterator[dict[str, Any]]:
        yield from ROWS[:30]

    data = prefaudit.load(stream())
    assert data
    with pytest.raises(TypeError, match="when they have been read"):
        len(data)
    assert data.to_table().num_rows == len(data) == 30


def test_frames(rows: list[dict[str, Any]]) -> None:
    pandas, polars = prefaudit.load(rows).to_pandas(), prefaudit.load(rows).to_polars()
    assert list(pandas["chosen"]) == polars["chosen"].to_list() == [row["chosen"] for row in ROWS]
    assert polars["timestamp"].to_list()[:3] == [row["timestamp"] for row in ROWS[:3]]


def test_hugging_face_datasets() -> None:
    datasets = pytest.importorskip("datasets")
    made = prefaudit.load(ROWS[:20]).to_datasets()
    assert isinstance(made, datasets.Dataset)
    assert made[3]["chosen"] == ROWS[3]["chosen"]
    assert made[3]["source"] == "list"
    assert without_place(prefaudit.load(made).to_table()) == ROWS[:20]


def test_repr_says_what_is_known() -> None:
    data = prefaudit.load(ROWS[:20])
    assert repr(data) == "PreferenceData('list', format='generic', 20 rows)"
    data.to_table()
    assert repr(data) == "PreferenceData('list', format='generic', 20 pairs)"
    assert "rows not counted yet" in repr(prefaudit.load(iter(ROWS[:20])))


def test_a_notebook_shows_the_first_pairs_and_reads_nothing() -> None:
    data = prefaudit.load(iter([*ROWS[:20], {**ROWS[0], "prompt": "x" * 1000}]))
    shown = data._repr_html_()
    assert shown.count("<tr>") == 6
    assert "Answer &lt;1&gt;, \u4f60\u597d" in shown
    assert data.to_table().num_rows == 21


def test_head_is_of_the_pairs() -> None:
    assert [pair["chosen"] for pair in prefaudit.load(ROWS).head(2)] == [row["chosen"] for row in ROWS[:2]]
