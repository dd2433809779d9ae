"""A column of the data that is named as the domain, as `--by` does: it is sliced by, or the message says what to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

import prefaudit
from prefaudit.cli.app import app
from prefaudit.errors import FormatError, PrefauditError

from .layouts import LAYOUTS

if TYPE_CHECKING:
    from pathlib import Path


def _named(name: str, column: str) -> list[dict[str, Any]]:
    data = prefaudit.load(LAYOUTS[name].rows * 2, columns={"domain": column})
    assert data.format == prefaudit.load(LAYOUTS[name].rows * 2).format  # it is no other layout for that
    pairs: list[dict[str, Any]] = data.to_table().to_pylist()
    return pairs


def _written(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_column_can_be_sliced_by_or_is_refused_with_a_way_out(name: str) -> None:
    rows = LAYOUTS[name].rows * 2
    plain = prefaudit.load(rows).to_table().to_pylist()
    for column in dict.fromkeys(key for row in rows for key in row):
        try:
            pairs = _named(name, column)
        except PrefauditError as refusal:
            said = str(refusal)
            assert any(way in said for way in ("use that (--by ", "use one of those", "name the way to a text inside"))
            continue
        assert [pair.get("domain") for pair in pairs] == [_written(rows[pair["row"]].get(column)) for pair in pairs]
        for pair, other in zip(pairs, plain, strict=True):  # nothing else has changed
            assert {**pair, "domain": None} == {**other, "domain": None}


@pytest.mark.parametrize(
    ("name", "column", "said"),
    [
        (
            "oasst-messages",
            "lang",
            "'oasst-messages' reads no such column, since it makes 'domain' of it: use that (--by",
        ),
        ("helpsteer", "verbosity", "reads no such column. What it makes of the rows beside texts is score_chosen"),
        ("webgpt", "quotes_0", "'quotes_0' holds an object, which is nothing to slice by: name the way"),
        ("arena-33k", "conversation_a", "name the way to a text inside, as in --columns domain=conversation_a.0"),
    ],
)
def test_what_is_said(name: str, column: str, said: str) -> None:
    with pytest.raises(FormatError) as refusal:
        _named(name, column)
    assert said in str(refusal.value)


def test_a_name_that_is_not_read_is_not_left_aside_in_silence() -> None:
    rows = [row | {"worker": "w"} for row in LAYOUTS["shp"].rows]
    with pytest.raises(FormatError, match="'worker' was named as 'annotator', but the format 'shp' reads no such"):
        prefaudit.load(rows, columns={"annotator": "worker"})


def test_by_a_column_that_the_format_needs(tmp_path: Path) -> None:
    path = tmp_path / "arena.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in LAYOUTS["arena-33k"].rows * 20))
    arguments = ["audit", str(path), "--isolated", "--select", "identical", "--by", "winner", "--json", "-"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.stderr
    report = json.loads(done.stdout)
    (sliced,) = [one for one in report["findings"] if one["check"] == "identical by winner"]
    winners = {row["winner"] for row in LAYOUTS["arena-33k"].rows}
    assert {row["slice"] for row in sliced["figures"]["slices"]} <= winners
