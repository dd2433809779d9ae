"""Layouts in their public shape: told from the rows, read as their cards say, and never at a loss for an odd cell."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import prefaudit
from formats.layouts import LAYOUTS
from prefaudit.errors import PrefauditError
from prefaudit.formats import FORMATS


def test_every_format_has_its_layout() -> None:
    """But llmfao, whose texts lie in a second file: tests/realdata reads it."""
    assert LAYOUTS.keys() == {layout.name for layout in FORMATS} - {"llmfao"}


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_layout_is_told_and_read(name: str, read_pairs: Any) -> None:
    layout = LAYOUTS[name]
    assert prefaudit.load(layout.rows).format == name
    pairs, accounting = read_pairs(layout.rows)
    assert {key: pairs[0].get(key) for key in layout.first} == layout.first
    assert accounting["rows_used"] == accounting["rows_in"] == len(layout.rows)
    if layout.pairs >= 0:
        assert (len(pairs), accounting["ties"]) == (layout.pairs, layout.ties)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inner for found in _paths(one, (*path, key)))]


ODD = st.sampled_from(
    [None, True, 0, -1, 1e308, float("nan"), "", "text", "\ud800", [], [None], {}, {"a": 1}, [[1]], b"\xff", 2**70, "7"]
)


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_cell_may_hold_anything(name: str, data: st.DataObject) -> None:
    """33 layouts, fifty corruptions of up to three cells each, dropped keys among them."""
    rows = copy.deepcopy(LAYOUTS[name].rows * 2)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([one for one in _paths(rows) if len(one) > 1] or [()]))
        if not path:
            break
        holder: Any = rows
        for key in path[:-1]:
            holder = holder[key]
        if isinstance(holder, dict) and data.draw(st.booleans()):
            del holder[path[-1]]
        else:
            holder[path[-1]] = copy.deepcopy(data.draw(ODD))
    _ends_well(rows, name)


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_byte_may_be_wrong(name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """JSON lines cut, flipped and doubled."""
    content = bytearray("".join(json.dumps(row) + "\n" for row in LAYOUTS[name].rows * 3).encode())
    match data.draw(st.sampled_from(["flip", "cut", "double"])):
        case "flip":
            for _ in range(data.draw(st.integers(1, 5))):
                content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        case "cut":
            del content[data.draw(st.integers(0, len(content))) :]
        case _:
            at = data.draw(st.integers(0, len(content)))
            content += content[at:]
    path = tmp_path_factory.mktemp("bytes") / "rows.jsonl"
    path.write_bytes(content)
    _ends_well(path, None)


def _ends_well(source: Any, layout: str | None) -> None:
    """Every row is used or skipped, or the whole is refused in one line."""
    refusal = ""
    try:
        data = prefaudit.load(source, format=layout)
        pairs = sum(len(batch) for batch in data.batches())
    except PrefauditError as error:
        refusal = str(error) or "nothing said"
    if refusal:
        assert refusal != "nothing said"
        assert "\n" not in refusal
        return
    counts = data.accounting
    assert counts.rows_in == counts.rows_used + counts.rows_skipped.total()
    assert pairs == counts.votes
