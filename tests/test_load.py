"""From a source to pairs, with every row accounted for."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prefaudit
from prefaudit.accounting import EXAMPLES, Accounting
from prefaudit.errors import FormatError, SourceError
from prefaudit.load import load
from prefaudit.pairs import PairBatch

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {"prompt": "p", "chosen": "yes", "rejected": "no"}
VALUE = st.none() | st.text(max_size=3) | st.integers() | st.lists(st.integers(), max_size=2)
ROWS = st.lists(st.just(GOOD) | st.fixed_dictionaries(dict.fromkeys(GOOD, VALUE)) | VALUE, max_size=20)


@given(ROWS)
def test_every_row_is_used_or_skipped(rows: list[Any]) -> None:
    data = load([GOOD, *rows], format="generic")
    used = [row for batch in data.batches() for row in batch.records.column("row").to_pylist()]
    accounting = data.accounting
    assert accounting.rows_in == len(rows) + 1
    assert accounting.rows_used == len(used) == len(set(used))
    assert accounting.rows_in == accounting.rows_used + sum(accounting.rows_skipped.values())
    assert not {example.row for example in accounting.skipped_examples} & set(used)


def test_what_is_known_before_reading(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("chosen,rejected\nyes,no\n")
    data = load(path)
    assert (data.name, data.format, data.rows) == (path.as_posix(), "generic", None)
    assert data.accounting.rows_in == 0


def test_accounting_is_up_to_date_after_each_batch() -> None:
    data = load([GOOD] * 40_000)
    seen = 0
    for batch in data.batches():
        seen += len(batch)
        assert data.accounting.votes == data.accounting.rows_used == seen
    assert seen == 40_000


def test_no_row_holds_a_pair() -> None:
    data = load([{**GOOD, "chosen": None}, {"chosen": "yes"}], format="generic")
    with pytest.raises(FormatError, match="list: none of the 2 rows holds a pair that can be used"):
        list(data.batches())


def test_an_error_at_the_end_of_a_file_is_raised_after_good_batches(tmp_path: Path) -> None:
    line = b'{"chosen": "' + b"yes " * 1_000 + b'", "rejected": "no"}\n'
    path = tmp_path / "pairs.jsonl.gz"
    path.write_bytes(gzip.compress(line * 10_000)[:-4])
    batches = load(path).batches()
    assert len(next(batches)) > 0
    with pytest.raises(SourceError, match="cannot be read to its end"):
        list(batches)


def test_strict_names_the_place(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"chosen": "yes", "rejected": "no"}\n\n{"chosen": "yes", "rejected": no}\n')
    with pytest.raises(SourceError, match=r"pairs\.jsonl, row 1: the line is not valid JSON \(line 3, column 31"):
        list(load(path, strict=True).batches())


SKIPS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["one", "two"]), st.integers(0, 50)), unique=True)


@given(SKIPS, st.integers(0, 40))
def test_merging_parts_is_counting_the_whole(skips: list[tuple[str, str, int]], cut: int) -> None:
    def count(part: list[tuple[str, str, int]]) -> Accounting:
        accounting = Accounting()
        for source, reason, row in part:
            accounting.rows_in += 2
            accounting.skip(reason, source, row, "detail")
        accounting.deliver(PairBatch.from_lists(["p"], ["yes"], ["no"], tie=[True], pair_id=[f"pair {len(part)}"]))
        return accounting

    first, second, whole = count(skips[:cut]), count(skips[cut:]), count(skips)
    merged = count(skips[cut:])
    merged.merge(first)
    first.merge(second)
    assert first.to_dict() == merged.to_dict()
    for name in ("rows_in", "rows_used", "rows_skipped", "skipped_examples"):
        assert first.to_dict()[name] == whole.to_dict()[name]
    assert (first.votes, first.ties) == (2, 2)
    assert first.pairs == len({len(skips[:cut]), len(skips[cut:])})


def test_examples_are_few_for_each_reason() -> None:
    accounting = Accounting()
    for row in range(100, 0, -1):
        accounting.rows_in += 1
        accounting.skip(f"reason {row % 2}", "file", row, "")
    rows = [example.row for example in accounting.skipped_examples]
    assert rows == list(range(1, 2 * EXAMPLES + 1))


def test_what_is_read_or_filtered_already_is_taken_as_it_is() -> None:
    rows = [{"prompt": f"{at}?", "chosen": "yes", "rejected": "yes" if at % 3 == 0 else "no"} for at in range(30)]
    data = prefaudit.load(rows)
    assert prefaudit.load(data) is data
    filtered = prefaudit.filter(data, ["identical"])
    assert prefaudit.load(filtered) is filtered.data
    assert prefaudit.audit(filtered, checks=["identical"])["identical"].n == 20
    assert sum(map(len, prefaudit.split(filtered).values())) == 20
    assert len(prefaudit.filter(filtered, ["cap-per-prompt"]).data) == 20
