"""What a tokenizer's cut leaves of a pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prefaudit
from prefaudit.checks.truncation_collapse import TruncationCollapse
from prefaudit.config import Settings
from prefaudit.errors import ConfigError
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Verdict

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("tokenizers", reason="prefaudit[torch] is not installed")


class Words:
    """A tokenizer in Python with a token a word, and one at the end."""

    truncation_side = "right"

    def __call__(self, texts: Any, *, add_special_tokens: bool = True, **_: Any) -> dict[str, Any]:
        end = [0] if add_special_tokens else []
        single = isinstance(texts, str)
        ids = [[*(1 + sum(word.encode()) for word in text.split()), *end] for text in ([texts] if single else texts)]
        return {"input_ids": ids[0] if single else ids}


WORDS = st.lists(st.sampled_from("abc"), max_size=8)


@given(pairs=st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=12), length=st.integers(2, 8))
def test_every_count_is_that_of_plain_python(pairs: list[tuple[list[str], list[str], list[str]]], length: int) -> None:
    check = TruncationCollapse(Settings.of_arguments({"truncation_collapse_max_length": length}))
    check.use(Words())
    check.update(PairBatch.from_lists(*([" ".join(part) for part in column] for column in zip(*pairs, strict=True))))
    figures = check.result().figures
    texts = [(prompt + one, prompt + two) for prompt, one, two in pairs]
    room = length - 1
    assert figures["pairs_with_a_text_cut"] == sum(max(map(len, pair)) > room for pair in texts)
    right = sum(one != two and one[:room] == two[:room] for one, two in texts)
    left = sum(one != two and one[-room:] == two[-room:] for one, two in texts)
    assert [row["same"] for row in figures["cut_on"]] == [right, left]
    assert check.result().estimate == right / len(pairs)


def test_without_a_tokenizer() -> None:
    finding = prefaudit.audit([{"prompt": "p", "chosen": "a", "rejected": "b"}])["truncation-collapse"]
    assert (finding.verdict, "--tokenizer" in finding.reason) == (Verdict.NOT_MEASURABLE, True)


def test_the_side_is_the_tokenizers() -> None:
    rows = [{"prompt": "", "chosen": "x " * 9 + at, "rejected": "x " * 9 + "end"} for at in ("a", "b")]
    tokenizer = Words()
    found = prefaudit.audit(rows, tokenizer=tokenizer, max_length=5)["truncation-collapse"]
    assert (found.verdict, found.estimate) == (Verdict.FAIL, 1.0)
    tokenizer.truncation_side = "left"
    assert prefaudit.audit(rows, tokenizer=tokenizer, max_length=5)["truncation-collapse"].estimate == 0.0


@pytest.mark.parametrize("length", [0.5, 0])
def test_lengths_that_there_are_not(length: float) -> None:
    with pytest.raises(ConfigError, match="max_length"):
        prefaudit.audit(
            [{"prompt": "p", "chosen": "a", "rejected": "b"}],
            tokenizer=Words(),
            truncation_collapse_max_length=length,
        )


@pytest.mark.parametrize(("length", "collapsed"), [(128, 885), (256, 278), (512, 27)])
def test_real_rows(length: int, collapsed: int, data_dir: Path, hh_file: Path) -> None:
    pytest.importorskip("transformers", reason="prefaudit[torch] is not installed")
    gpt2 = data_dir / "gpt2"
    report = prefaudit.audit(hh_file, checks=["truncation-collapse"], tokenizer=gpt2, max_length=length)
    assert report["truncation-collapse"].figures["cut_on"][0]["same"] == collapsed
    assert report["truncation-collapse"].n == 2312
    filtered = prefaudit.filter(hh_file, [f"truncation-collapse:{gpt2},max_length={length}"])
    assert len(filtered.dropped) == collapsed
    after = prefaudit.audit(filtered.data, checks=["truncation-collapse"], tokenizer=gpt2, max_length=length)
    assert after["truncation-collapse"].verdict is Verdict.PASS
