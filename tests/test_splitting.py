"""Splits by prompt, and what leaks between given ones."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prefaudit
from prefaudit.errors import ConfigError
from prefaudit.prompts import normalised
from prefaudit.report.model import Verdict
from prefaudit.splitting import FRACTIONS

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
ROWS: list[Row] = [
    {"id": at, "prompt": f"question {at // 3}", "chosen": f"a{at}", "rejected": f"b{at}"} for at in range(9000)
]


def sides(rows: list[Row], *args: Any, **options: Any) -> dict[int, str]:
    """The side of each row, by its number."""
    found = prefaudit.split(rows, *args, **options)
    return {row: name for name, side in found.items() for row in side.to_table()["row"].to_pylist()}


def test_every_row_is_on_one_side_and_no_prompt_on_two() -> None:
    found = prefaudit.split(ROWS)
    assert list(found) == list(FRACTIONS)
    prompts = {name: set(side.to_table()["prompt"].to_pylist()) for name, side in found.items()}
    assert sum(map(len, prompts.values())) == len(set.union(*prompts.values())) == 3000
    assert sum(map(len, found.values())) == len(sides(ROWS)) == 9000


@pytest.mark.parametrize("fractions", [FRACTIONS, {"a": 0.5, "b": 0.25, "c": 0.25}, {"all": 1.0}])
def test_fractions_are_kept_within_binomial_error(fractions: dict[str, float]) -> None:
    for salt in ("", "x", "y"):
        for name, side in prefaudit.split(ROWS, fractions, salt=salt).items():
            share = fractions[name]
            error = math.sqrt(share * (1 - share) / 3000)
            assert abs(len(side) / 9000 - share) <= 4 * error


def test_a_prompt_keeps_its_side_when_rows_are_added_or_shuffled() -> None:
    before = {ROWS[row]["prompt"]: side for row, side in sides(ROWS[:3000]).items()}
    after = sides(ROWS[::-1])
    assert all(before.get(ROWS[::-1][row]["prompt"], side) == side for row, side in after.items())


def test_case_blanks_and_unicode_form_make_no_other_prompt() -> None:
    written = ["What is caf\u00e9?", "what  IS\n cafe\u0301?", " WHAT IS CAF\u00c9? ", "What\u00a0is caf\u00e9?"]
    rows = [{**ROWS[0], "prompt": f"{at} {text.strip()}"} for at in range(50) for text in written]
    found = sides(rows)
    assert all(len({found[4 * at + form] for form in range(4)}) == 1 for at in range(50))


def test_another_salt_gives_another_split() -> None:
    assert sides(ROWS[:600]) == sides(ROWS[:600])
    assert sides(ROWS[:600]) != sides(ROWS[:600], salt="2")


def test_rows_without_a_prompt_go_by_their_responses() -> None:
    rows = [{"chosen": f"a{at}", "rejected": f"b{at}"} for at in range(500)]
    turned = [{"chosen": row["rejected"], "rejected": row["chosen"]} for row in rows]
    found = sides([*rows, *turned], {"train": 0.5, "test": 0.5})
    assert all(found[at] == found[500 + at] for at in range(500))
    assert 180 < list(found.values()).count("train") / 2 < 320


@given(text=st.text(max_size=20))
def test_normalised_is_what_it_says(text: str) -> None:
    folded = unicodedata.normalize("NFKC", text)
    if folded.lower() == folded.upper().lower() and folded.isascii():
        assert normalised(pa.array([text])).to_pylist() == [" ".join(folded.lower().split())]
    once = normalised(pa.array([text]))
    assert normalised(once) == once or not folded.isascii()


def test_a_stream_is_split_too() -> None:
    found = prefaudit.split(iter(ROWS[:600]))
    assert {name: len(side) for name, side in found.items()} == {
        name: len(side) for name, side in prefaudit.split(ROWS[:600]).items()
    }


@pytest.mark.parametrize("fractions", [{}, {"a": 0.5}, {"a": 0.0, "b": 1.0}, {"a": 0.7, "b": 0.7}, {"a": float("nan")}])
def test_fractions_that_are_none(fractions: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="add up to 1"):
        prefaudit.split(ROWS[:9], fractions)


def test_leakage_counts_what_sets_count() -> None:
    train, test, dev = ROWS[:3000], ROWS[2991:4000], [{**ROWS[0], "prompt": "QUESTION  5"}, ROWS[8000]]
    found = prefaudit.leakage({"train": train, "test": test, "dev": dev})
    prompts = {row["prompt"] for row in train}
    leaking = sum(row["prompt"] in prompts for row in test) + 1
    assert (found.verdict, found.n) == (Verdict.WARN, 1011)
    assert found.estimate == pytest.approx(leaking / 1011)
    table = {(row["split"], row["in"]): row for row in found.figures["splits"]}
    assert table["test", "train"]["rows_shared_as_pairs"] == 9
    assert table["dev", "train"]["shared_prompts"] == 1
    assert table["dev", "train"]["rows_shared_as_pairs"] == 0


def test_leakage_goes_by_the_column_split() -> None:
    rows = [{**row, "split": "train" if row["id"] % 10 else "test"} for row in ROWS[:300]]
    assert prefaudit.audit(rows)["leakage"].verdict is Verdict.FAIL
    apart = [{**row, "split": "train" if row["id"] >= 30 else "test"} for row in ROWS[:300]]
    assert prefaudit.audit(apart)["leakage"].verdict is Verdict.PASS
    assert prefaudit.audit(ROWS[:300])["leakage"].verdict is Verdict.NOT_MEASURABLE


def test_leakage_goes_by_names_of_files(tmp_path: Path) -> None:
    for name, rows in (("train-00000", ROWS[:90]), ("train-00001", ROWS[88:200]), ("test-00000", ROWS[300:330])):
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / f"{name}.parquet")
    finding = prefaudit.audit(tmp_path)["leakage"]
    assert (finding.verdict, finding.n) == (Verdict.PASS, 30)


def test_our_own_splits_do_not_leak() -> None:
    found = prefaudit.leakage(prefaudit.split(ROWS))
    assert (found.verdict, found.estimate) == (Verdict.PASS, 0.0)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "prefaudit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_commands(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS[:600]))
    done = run("split", source, "-o", out, "--fractions", "train=0.75,test=0.25", "--kind", "jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    parts = {path.stem: [json.loads(line) for line in path.read_text().splitlines()] for path in out.iterdir()}
    assert sorted(row["id"] for part in parts.values() for row in part) == list(range(600))
    assert f"train: {len(parts['train'])} of 600 pairs" in done.stdout
    again = run("split", source, "-o", out, "--kind", "jsonl")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    found = run("leakage", out / "train.jsonl", out / "test.jsonl", "--fail-on", "warn")
    assert (found.returncode, "PASS" in found.stdout) == (0, True)
    leaking = run("leakage", out / "train.jsonl", source, "--fail-on", "warn")
    assert (leaking.returncode, "FAIL" in leaking.stdout) == (1, True)
    assert run("leakage", source).returncode == 2
    assert run("split", source, "-o", out, "--fractions", "train=much").returncode == 2
    assert run("split", source, "-o", source / "x").returncode == 2


def test_rows_that_are_on_no_side_are_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [*ROWS[:20], {"prompt": None, "chosen": "a", "rejected": "b"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run("split", path, "-o", tmp_path / "out")
    assert done.stdout.splitlines()[0] == "1 of 21 rows are on no side: 'prompt' is null or missing (1)"
