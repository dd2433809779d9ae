"""Prompts at the head of both responses: cut where the rows leave no doubt, and the report says so."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prefaudit import load
from prefaudit.errors import FormatError

if TYPE_CHECKING:
    from pathlib import Path


def _row(prompt: str, chosen: str, rejected: str) -> dict[str, str]:
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected}


def _repeating(*prompts: str) -> list[dict[str, str]]:
    return [_row(prompt, f"{prompt} yes {at}", f"{prompt} no") for at, prompt in enumerate(prompts)]


LONG = ["Q: What is a café made of? A:", "Q: How far is the moon? A:", "Q: Is water wet, or is it not? A:"]


def _read(rows: list[dict[str, Any]], **options: Any) -> list[dict[str, Any]]:
    pairs: list[dict[str, Any]] = load(rows, **options).to_table().to_pylist()
    return pairs


def _are_cut(rows: list[dict[str, Any]], **options: Any) -> bool:
    pairs = _read(rows, **options)
    assert [pair["prompt"] for pair in pairs] == [row["prompt"] for row in rows]
    full = [(pair.get("chosen_full"), pair.get("rejected_full")) for pair in pairs]
    assert full in ([(row["chosen"], row["rejected"]) for row in rows], [(None, None)] * len(rows))
    for pair, row in zip(pairs, rows, strict=True):  # cut or not, no text is lost
        for side in ("chosen", "rejected"):
            assert row[side] in {pair[side], pair["prompt"] + pair[side]}
    return full[0] != (None, None)


def test_they_are_cut_off_wherever_both_repeat_them() -> None:
    others = [
        _row("", "yes", "no"),
        _row("Q", "Q", "Q!"),
        _row("pri", "print(1)", "print(2)"),
        _row("Why is that so?", "Why is that so? Because", "No reason"),
    ]
    rows = _repeating(*LONG * 12) + others
    assert _are_cut(rows)
    tails = [(pair["chosen"], pair["rejected"]) for pair in _read(rows)]
    assert tails[:2] == [(" yes 0", " no"), (" yes 1", " no")]
    assert tails[-4:] == [("yes", "no"), ("", "!"), ("print(1)", "print(2)"), ("Why is that so? Because", "No reason")]


@pytest.mark.parametrize(
    "rows",
    [
        [_row("Why", "Why not?", "Why, because.")],
        [_row("Why", "Why not?", "Why, because.")] * 32,
        [_row("Hi", "Hi!", "Hi."), _row("Hello", "Hello you", "Hello!"), _row("Yes?", "Yes?", "Yes? No.")] * 4,
        _repeating(*LONG[:2]),
        _repeating(LONG[0])[:1] * 32,
        [*_repeating(*LONG), _row("Why?", "Because", "Why? No idea")],
        [*_repeating(*LONG), *[_row(prompt, "yes", "no") for prompt in LONG]],
        [{**row, "rejected": "no"} for row in _repeating(*LONG)],
        [{**row, "chosen": "yes"} for row in _repeating(*LONG)],
    ],
    ids=["one", "the same", "short", "two", "one again and again", "not all", "half", "only chosen", "only rejected"],
)
def test_too_little_evidence(rows: list[dict[str, str]]) -> None:
    assert not _are_cut(rows)


def test_a_few_of_many_rows_may_be_broken() -> None:
    broken = [_row(LONG[0], "yes", "no"), _row("Why?", "Because", "No reason")]
    assert _are_cut(_repeating(*LONG * 10) + broken)
    assert not _are_cut(_repeating(*LONG * 9) + broken * 2)


def test_it_can_be_told() -> None:
    assert not _are_cut(_repeating(*LONG * 3), options={"repeated_prompt": "keep"})
    assert _are_cut(_repeating(LONG[0]), options={"repeated_prompt": "cut"})
    (pair,) = _read([{"chosen": "a", "rejected": "b"}], options={"repeated_prompt": "cut"})
    assert (pair["prompt"], pair["chosen"]) == ("", "a")
    with pytest.raises(FormatError, match="repeated_prompt is one of auto, cut, keep"):
        load([_row("p", "a", "b")], options={"repeated_prompt": "off"})


def test_rows_without_a_prompt_are_no_evidence() -> None:
    assert not _are_cut([_row("", "yes", "no")] * 5)
    assert not _are_cut([_row("", "yes", "no")] * 5 + _repeating(*LONG[:2]))


_words = st.text("ab é漢\n?", max_size=24)


@given(rows=st.lists(st.builds(_row, _words, _words, _words), min_size=1, max_size=8), repeat=st.booleans())
def test_no_text_is_ever_lost(rows: list[dict[str, str]], repeat: bool) -> None:
    if repeat:
        rows = [_row(row["prompt"], row["prompt"] + row["chosen"], row["prompt"] + row["rejected"]) for row in rows]
    _are_cut(rows)


@given(
    rows=st.lists(
        st.builds(_row, st.text(min_size=16, max_size=24), st.text(max_size=9), st.text(max_size=9)),
        min_size=3,
        max_size=9,
        unique_by=lambda row: row["prompt"],
    )
)
def test_what_was_put_before_the_responses_is_cut_off_again(rows: list[dict[str, str]]) -> None:
    assume(not any(row["prompt"].startswith("\n\nHuman:") for row in rows))
    before = [_row(row["prompt"], row["prompt"] + row["chosen"], row["prompt"] + row["rejected"]) for row in rows]
    assert _are_cut(before)
    assert [(pair["chosen"], pair["rejected"]) for pair in _read(before)] == [
        (row["chosen"], row["rejected"]) for row in rows
    ]


@given(rows=st.lists(st.builds(_row, st.text("Why no", max_size=15), _words, _words), min_size=1, max_size=9))
def test_short_prompts_are_never_enough(rows: list[dict[str, str]]) -> None:
    assert not _are_cut([_row(row["prompt"], row["prompt"] + row["chosen"], row["prompt"]) for row in rows])


def test_the_head_of_the_report_says_so(tmp_path: Path) -> None:
    rows = [*_repeating(*LONG * 20), _row("Why is that so?", "Because", "No reason")]
    path = tmp_path / "repeated.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = {}
    for option in ("auto", "keep"):
        command = [sys.executable, "-m", "prefaudit", "audit", str(path), "--isolated", "--select", "identical"]
        command += ["--repeated-prompt", option]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
        said[option] = " ".join(done.stdout.split())
    assert "and the first rows; prompts that both responses repeat are cut from them" in said["auto"]
    assert "the prompt was cut from the head of both responses in 60 of 61 rows (--repeated-prompt keep" in said["auto"]
    assert "cut from" not in said["keep"]
    assert "repeated_prompt=keep" in said["keep"]
