"""What is saved is what is loaded again: every column of the record, whatever it holds, wherever it begins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import prefaudit
from prefaudit.pairs import REQUIRED, SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_name = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
_number = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**6), 10**6).map(float)
_messages = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": _text}), max_size=3
)
_aspects = st.lists(
    st.fixed_dictionaries({"name": _name, "chosen": st.none() | _number, "rejected": st.none() | _number}), max_size=3
)
#: The columns that a source may have beside texts and place.
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "prompt_messages": _messages,
    "tie": st.booleans(),
    "diverged": st.booleans(),
    **dict.fromkeys(("pair_id", "prompt_id", "annotator", "session", "domain", "split"), _name),
    "timestamp": st.datetimes(timezones=st.just(UTC)),
    "first_shown": st.sampled_from(["chosen", "rejected"]),
    **dict.fromkeys(("seconds", "score_chosen", "score_rejected", "strength"), _number),
    "aspects": _aspects,
}
TEXTS = ("chosen_full", "rejected_full")


def test_no_column_is_forgotten() -> None:
    assert {*REQUIRED, *OPTIONAL, *TEXTS} == set(SCHEMA.names)


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows with some of the columns; in a column any cell may be null, and the first forty often are."""
    columns = draw(st.lists(st.sampled_from(sorted(OPTIONAL)), unique=True))
    full = draw(st.booleans())
    rows = []
    late = draw(st.booleans())
    for _ in range(draw(st.integers(1, 5))):
        row: dict[str, Any] = {name: draw(_text) for name in ("prompt", "chosen", "rejected")}
        row |= {name: draw(st.none() | OPTIONAL[name]) for name in columns}
        rows.append(row | ({name: draw(_text) for name in TEXTS} if full else {}))
    empty = dict.fromkeys(rows[0]) | dict.fromkeys(("prompt", "chosen", "rejected"), "x")
    return [empty] * 40 + rows if late else rows


def _pairs(data: prefaudit.PreferenceData) -> list[dict[str, Any]]:
    pairs: list[dict[str, Any]] = data.to_table().drop_columns(["source", "row"]).to_pylist()
    return pairs


@pytest.mark.parametrize("ending", [".parquet", ".jsonl", ".jsonl.gz"])
@given(rows=tables())
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_round_trip(ending: str, tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    data = prefaudit.load(rows, format="generic", options={"repeated_prompt": "keep"})
    pairs = _pairs(data)
    for pair, row in zip(pairs, rows, strict=True):  # what is in the rows is in the record
        for name, value in row.items():
            if name in TEXTS and value is None:
                assert pair.get(name) in {None, row[name.removesuffix("_full")]}
            else:
                assert pair.get(name) == value, name
    path = tmp_path / f"pairs{ending}"
    data.save(path)
    again = prefaudit.load(path, format="generic", options={"repeated_prompt": "keep"})
    assert _pairs(again) == pairs
    assert again.accounting.rows_in == again.accounting.rows_used == len(rows)
    assert prefaudit.load(path, options={"repeated_prompt": "keep"}).format == "generic"


LATE: dict[str, list[Any]] = {
    "annotator": [7, "bob", 2**70, 3.0, True],
    "pair_id": [12345678901234567890123, 1],
    "timestamp": [1_700_000_000, "2024-01-01", 1_700_000_000_000, datetime(2024, 5, 1, tzinfo=UTC)],
    "score_chosen": [1, 2.5, "3"],
    "tie": [True, "no", 1],
}
READ: dict[str, list[Any]] = {
    "annotator": ["7", "bob", str(2**70), "3", "true"],
    "pair_id": ["12345678901234567890123", "1"],
    "timestamp": [
        *(datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)),
        *(datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), datetime(2024, 5, 1, tzinfo=UTC)),
    ],
    "score_chosen": [1.0, 2.5, 3.0],
    "tie": [True, False, True],
}


@pytest.mark.parametrize("empty", [0, 40])
@pytest.mark.parametrize("name", LATE)
def test_several_types_in_a_column(name: str, empty: int, read_pairs: Any) -> None:
    row = {"prompt": "p", "chosen": "yes", "rejected": "no"}
    rows = [row | {name: None}] * empty + [row | {name: value} for value in LATE[name]]
    pairs, accounting = read_pairs(rows)
    assert [pair.get(name) for pair in pairs] == [None] * empty + READ[name]
    assert accounting["rows_skipped"] == {}
