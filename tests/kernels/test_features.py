"""The features of responses against a plain counting of them in Python."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prefaudit.errors import TextValueError
from prefaudit.kernels import text_features
from prefaudit.texts import TextBatch

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Characters that Unicode has had since 3.2 in the category of today, so that Python's tables and the core's agree.
STABLE = [
    chr(c)
    for c in range(sys.maxunicode + 1)
    if unicodedata.ucd_3_2_0.category(chr(c)) == unicodedata.category(chr(c)) not in {"Cn", "Cs"}
]
REFUSALS = re.compile(
    r"i['\u2019]m sorry|i am sorry|i apologi[sz]e|my apologies|i can['\u2019]t|i can ?not|i won['\u2019]t|i will not"
    r"|i['\u2019]m (?:unable|not able to|not comfortable)|i am (?:unable|not able to|not comfortable)"
    r"|i don['\u2019]t feel comfortable|as an ai|as a (?:large )?language model"
    r"|抱歉|对不起|我无法|我不能|作为一个人工智能",
    re.IGNORECASE | re.ASCII,
)
BULLET = re.compile(r"[ \t]*(?:[-*+•]|[0-9]{1,3}[.)])[ \t]")
#: Thai, Lao, Khmer and its symbols, iteration marks and Hangzhou numerals, Kana, CJK with its extensions.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1780-\u17ff\u19e0-\u19ff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)


def terms(text: str) -> Iterator[str]:
    """Runs of letters, marks and numbers, cut around each letter that is written without spaces."""
    run = ""
    for c in text:
        part = unicodedata.category(c)[0] in "LMN"
        alone = part and UNSPACED.match(c) is not None
        if (not part or alone) and run:
            yield run
            run = ""
        if alone:
            yield c
        elif part:
            run += c.lower()
    if run:
        yield run


def is_punctuation(c: str) -> bool:
    return ("!" <= c <= "~" and not c.isalnum()) or (c > "\x7f" and unicodedata.category(c)[0] == "P")


def is_whole(found: re.Match[str]) -> bool:
    text, (start, end) = found.string, found.span()
    around = (text[start - 1 : start] + text[start], text[end - 1] + text[end : end + 1])
    return not any(len(pair) > 1 and pair.isascii() and pair.isalnum() for pair in around)


def plain(prompt: str, text: str | None) -> dict[str, int | None]:
    if text is None:
        return dict.fromkeys(plain("", ""))
    lines, words, asked = text.split("\n"), [*terms(text)], {*terms(prompt)}
    return {
        "lines": sum(bool(line.strip()) for line in lines),
        "list_items": sum(BULLET.match(line) is not None for line in lines),
        "code_marks": len(re.findall("`+", text)),
        "questions": sum(text.count(mark) for mark in "?\uff1f\u061f"),
        "refusals": sum(map(is_whole, REFUSALS.finditer(text))),
        "terms": len(words),
        "prompt_terms": sum(word in asked for word in words),
        "digits": len(re.findall("[0-9]", text)),
        "capitals": sum(c.isupper() for c in text),
        "punctuation": sum(map(is_punctuation, text)),
    }


PIECES = [
    *"aAbBzZ019 \n\t`?\uff1f\u061f-*+•.)(!$~\u2019'éÉ\u00dfİ\u03a3\u017fǅ漢字\u304bカ一ก。、",
    *"\u2014¿\u0301\u00a0\u3000\U0001d11e",
    *(
        "the ",
        "The",
        "I can't",
        "I\u2019m sorry",
        "i cannot",
        "as an AI",
        "as a language model",
        "抱歉",
        "\n- ",
        "\n12. ",
        "```",
    ),
]
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.text(st.sampled_from(STABLE), max_size=30)
)


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(st.tuples(st.none() | texts, st.none() | texts, st.none() | texts), max_size=12))
def test_features_are_those_of_a_plain_count(rows: list[tuple[str | None, str | None, str | None]]) -> None:
    prompts, a, b = ([row[k] for row in rows] for k in range(3))
    for side, found in zip((a, b), text_features(prompts, a, b), strict=True):
        assert found.to_pylist() == [plain(prompt or "", text) for prompt, text in zip(prompts, side, strict=True)]


def test_every_stable_character() -> None:
    written = [f"a{c}B {c}" for c in STABLE]
    first, second = text_features(STABLE, written, written)
    assert first.equals(second)
    assert first.to_pylist() == [plain(c, text) for c, text in zip(STABLE, written, strict=True)]


def test_the_same_on_any_number_of_threads_and_in_any_chunks() -> None:
    rows = [f"{'word ' * (k % 7)}{k}?\n- I can't" for k in range(3000)]
    prompts, a, b = (pa.chunked_array([rows[:cut], rows[cut:]], pa.string()) for cut in (1, 1700, 2999))
    alone = text_features(rows, rows, rows, threads=1)
    for columns in ((prompts, a, b), (TextBatch(prompts), TextBatch(a), b), [TextBatch(rows)] * 3):
        for found, expected in zip(text_features(*columns, threads=2), alone, strict=True):
            assert found.equals(expected)


def test_columns_of_unequal_length() -> None:
    with pytest.raises(TextValueError, match="prompts, a and b must be equally long, but have 1, 2 and 3 rows"):
        text_features(["p"], ["a"] * 2, ["b"] * 3)
