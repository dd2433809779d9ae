"""Defects of rows, against plain Python and the figures published for HH-RLHF."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prefaudit
from prefaudit.checks.structure import DEFECTS, Structure
from prefaudit.checks.text_defects import Damage, damage
from prefaudit.kernels import text_marks
from prefaudit.marks import Marks
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Finding, Verdict

if TYPE_CHECKING:
    from pathlib import Path


def found(prompt: list[str], chosen: list[str] | None = None, **columns: Any) -> Finding:
    check = Structure()
    check.update(PairBatch.from_lists(prompt, chosen or ["a"] * len(prompt), ["b"] * len(prompt), **columns))
    return check.result()


def counts(finding: Finding) -> dict[str, int]:
    return {row["defect"]: row["rows"] for row in finding.figures["defects"] if row["rows"]}


def turns(*roles: str) -> list[dict[str, str]]:
    return [{"role": role, "content": "x"} for role in roles]


def test_hh_has_four_empty_responses_and_five_rows_that_part_early(hh_file: Path) -> None:
    check, prompts = Structure(), []
    for batch in prefaudit.load(hh_file).batches():
        check.update(batch)
        prompts += [row["prompt"] for row in batch.records.to_pylist() if not row["diverged"]]
    finding = check.result()
    assert counts(finding) == {
        "empty response": 4,
        "roles out of order": sum(not in_turn(prompt) for prompt in prompts),
        "parts before the last turn": 5,
    }
    assert (finding.verdict, finding.estimate) == (Verdict.WARN, 5 / 2312)


def in_turn(prompt: str) -> bool:
    return bool(re.fullmatch("(HA)+", "".join(mark[0] for mark in re.findall(r"\n\n(Human|Assistant):", prompt))))


@pytest.mark.parametrize(
    ("text", "defects"),
    [
        ("caf\u00e9 na\u00efve \u00c2ge \u00c3O \u2014 S\u00c3O \u00e2ge \u4e2d\u6587 \u20ac5", ()),
        ("caf\u00c3\u00a9", ("mojibake",)),
        ("it\u00e2\u20ac\u2122s", ("mojibake",)),
        ("\u00c2\u00a35", ("mojibake",)),
        ("\u00f0\u0178\u02dc\u20ac", ("mojibake",)),
        ("a\ufffdb", ("U+FFFD",)),
        ("bad <|im_start|> token", ("special token in a text",)),
        ("[INST] Hi [/INST]", ("special token in a text",)),
        ("</s>", ("special token in a text",)),
        ("<\uff5cbegin\u2581of\u2581sentence\uff5c>", ("special token in a text",)),
        ("a < b || c |> d; [1] <b>bold</b> <span> [Inside] <|", ()),
    ],
)
def test_damaged_texts(text: str, defects: tuple[str, ...]) -> None:
    assert set(counts(found([text]))) == set(counts(found(["p"], [text]))) == set(defects)


def damaged(texts: list[str], start: int = 0) -> Damage:
    column = pa.array(texts, pa.string()).slice(start)
    return damage(column, text_marks(column).to_numpy())


def test_what_python_makes_by_decoding_wrongly_is_mojibake() -> None:
    texts = ["\u00e9t\u00e9", "\u00fcber", "\u201cquoted\u201d", "na\u00efve", "\u00a3", "\U0001f600"]
    read_wrongly = [text.encode().decode(codec, "replace") for text in texts for codec in ("latin-1", "cp1252")]
    assert damaged(read_wrongly).mojibake.all()
    assert not damaged(texts).mojibake.any()


@given(st.lists(st.text(alphabet="<|s/>[INST]a\ufffd\u00c3\u00a9 ", max_size=12), min_size=1, max_size=8), st.data())
def test_the_scan_agrees_with_searching_each_text(texts: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(texts) - 1))
    seen = damaged(texts, start)
    assert seen.replaced.tolist() == ["\ufffd" in text for text in texts[start:]]
    assert seen.mojibake.tolist() == ["\u00c3\u00a9" in text for text in texts[start:]]
    tokens = re.compile(r"<\|[ISNTas ]+\|>|\[/?INST\]|</?s>")
    assert seen.special_tokens.tolist() == [bool(tokens.search(text)) for text in texts[start:]]


@given(
    st.lists(st.sampled_from(["\n", "\n\n", "Human:", "Assistant:", "\n\nHuman:", "\n\nAssistant:", "a"]), max_size=8)
)
def test_transcripts_take_turns(parts: list[str]) -> None:
    prompt = "".join(parts)
    marks = re.findall(r"\n\n(Human|Assistant):", prompt)
    seen = Marks(text_marks([prompt]).to_pylist()[0])
    assert (Marks.DISORDERED in seen) == bool(marks and not in_turn(prompt))
    assert (Marks.BLANK in seen) == (not prompt.split())


@pytest.mark.parametrize(
    ("roles", "fine"),
    [
        (("user",), True),
        (("system", "user"), True),
        (("system", "user", "assistant", "user"), True),
        (("user", "assistant", "tool"), True),
        (("assistant", "user"), False),
        (("system", "assistant", "user"), False),
        (("user", "user"), False),
        (("user", "assistant"), False),
        (("user", "system", "user"), False),
        (("user", "assistant", "assistant", "user"), False),
        (("system",), False),
    ],
)
def test_roles_take_turns(roles: tuple[str, ...], fine: bool) -> None:
    # Between two rows in order, so that one row's turns are not taken for another's.
    messages = [turns("user"), turns(*roles), turns("system", "user"), None]
    finding = found(["p"] * 4, prompt_messages=messages)
    assert counts(finding) == ({} if fine else {"roles out of order": 1})
    assert finding.figures["defects"][2]["rows_looked_at"] == 3


def test_blank_texts_and_one_in_a_thousand() -> None:
    assert counts(found(["", " \u3000\n", "p"], ["a", "b", "\t"])) == {"no prompt": 2, "empty response": 1}
    assert found(["p"] * 1000, ["", *["a"] * 999]).verdict is Verdict.PASS
    assert found(["p"] * 1000, ["", "", *["a"] * 998]).verdict is Verdict.WARN
    finding = found(["p"] * 1000, [""] * 11 + ["a"] * 989)
    assert (finding.verdict, finding.estimate, finding.examples[0].note) == (Verdict.FAIL, 0.011, "empty response")


def test_every_defect_has_its_row_in_the_table() -> None:
    assert [row["defect"] for row in found(["p"]).figures["defects"]] == list(DEFECTS)
