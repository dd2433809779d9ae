"""The ratio against difflib: equal to the last bit, in both modes."""

from __future__ import annotations

import difflib
import math
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prefaudit import matching_blocks, ratio, ratios
from prefaudit.errors import TextTypeError, TextValueError

#: Few characters make many ties; beyond ASCII one character is two, three or four bytes, or combines.
ALPHABETS = ["a", "ab", "abc", "ab \n", "aé", "a漢b", "𝄞a", "e\u0301é", "𝄞😀𐍈z", "ß\u200dñ", "漢字仮名"]

#: One side and the other of a word of bits, of autojunk's least length, of the kernel's window sizes.
BORDERS = [1, 3, 8, 63, 64, 65, 127, 129, 199, 200, 201, 255, 256, 257]

modes = pytest.mark.parametrize("autojunk", [True, False])


def difflib_ratio(a: str, b: str, autojunk: bool) -> float:
    return difflib.SequenceMatcher(None, a, b, autojunk).ratio()


def blocks(a: str, b: str, autojunk: bool) -> list[tuple[int, ...]]:
    return [tuple(block) for block in matching_blocks(a, b, autojunk=autojunk)]


def edited(rng: random.Random, text: str, alphabet: str, edits: int) -> str:
    """A copy of a text in which some stretches are replaced, dropped or repeated."""
    letters = list(text)
    for _ in range(edits):
        at = rng.randrange(len(letters) + 1)
        size = rng.choice([0, 1, 1, 2, 3, 9])
        source = rng.randrange(len(letters) + 1)
        put = letters[source : source + 12] if rng.random() < 0.3 else rng.choices(alphabet, k=rng.choice([0, 1, 2, 5]))
        letters[at : at + size] = put
    return "".join(letters)


@st.composite
def text_pairs(draw: st.DrawFn, most: int = 420) -> tuple[str, str]:  # noqa: PLR0911 - one for each kind
    """Two texts that share something: a prefix, a suffix, most of their middle, a period or an alphabet."""
    alphabet = draw(st.sampled_from(ALPHABETS))
    rng = draw(st.randoms(use_true_random=False))
    sizes = st.one_of(st.sampled_from([size for size in BORDERS if size <= most]), st.integers(0, most))
    a = "".join(rng.choices(alphabet, k=draw(sizes)))
    kind = draw(st.sampled_from(["edited", "unrelated", "prefix", "suffix", "both", "periodic", "rotated"]))
    other = "".join(rng.choices(alphabet, k=draw(sizes)))
    shared = "".join(rng.choices(alphabet, k=draw(sizes)))
    match kind:
        case "edited":
            return a, edited(rng, a, alphabet, draw(st.integers(0, 12)))
        case "prefix":
            return shared + a[:80], shared + other[:80]
        case "suffix":
            return a[:80] + shared, other[:80] + shared
        case "both":
            return shared + a[:40] + shared[::-1], shared + other[:40] + shared[::-1]
        case "periodic":
            period = a[: draw(st.integers(1, 7))] or "a"
            return period * 40 + other[:9], other[:5] + period * draw(st.integers(1, 45))
        case "rotated":
            cut = len(a) // 3
            return a, a[cut:] + a[:cut]
        case _:
            return a, other


@modes
@settings(max_examples=400, deadline=None)
@given(pair=text_pairs())
@example(pair=("", ""))
@example(pair=("", "a"))
@example(pair=("a", ""))
@example(pair=("a" * 199, "a" * 199))
@example(pair=("a" * 200, "a" * 200))
@example(pair=("ba" * 100, "ab" * 100))
@example(pair=("\x00a", "a\x00"))
def test_equals_difflib(pair: tuple[str, str], autojunk: bool) -> None:
    a, b = pair
    matcher = difflib.SequenceMatcher(None, a, b, autojunk)
    assert ratio(a, b, autojunk=autojunk) == matcher.ratio()
    assert blocks(a, b, autojunk) == [tuple(block) for block in matcher.get_matching_blocks()]


@modes
@settings(max_examples=40, deadline=None)
@given(pairs=st.lists(text_pairs(most=120), max_size=30), threads=st.sampled_from([None, 1, 2, 5]))
def test_a_column_is_its_rows(pairs: list[tuple[str, str]], threads: int | None, autojunk: bool) -> None:
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    found = ratios(left, right, autojunk=autojunk, threads=threads).to_pylist()
    assert found == [difflib_ratio(a, b, autojunk) for a, b in pairs]


WORDS = "the model may learn that a longer answer wins, whatever it says; so it talks on and on. Why?".split(" ")
CHINESE = "我认为更长的回答并不一定更好因此需要检查数据中的偏差"
MANY = "".join(map(chr, [*range(0x4E00, 0x4E00 + 300), *range(0x1F600, 0x1F640)]))


def prose(rng: random.Random, kind: str, size: int) -> str:
    match kind:
        case "english":
            return " ".join(rng.choices(WORDS, k=size // 4))[:size]
        case "chinese":
            return "".join(rng.choices(CHINESE, k=size))
        case "many characters":
            return "".join(rng.choices(MANY, k=size))
        case "random":
            return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz    ", k=size))
        case "periodic":
            return ("ab" * size)[:size]
        case _:
            return "a" * size


@modes
@pytest.mark.parametrize("shared", [0, 40, 700])
@pytest.mark.parametrize("kind", ["english", "chinese", "many characters", "random", "periodic", "equal"])
@pytest.mark.parametrize("size", [256, 1023, 1025, 2600])
def test_longer_texts(kind: str, size: int, shared: int, autojunk: bool) -> None:
    rng = random.Random(f"{kind} {size} {shared}")
    if not autojunk:  # in this mode difflib takes seconds for what is longer
        size, shared = (size // 8, shared // 8) if kind in {"periodic", "equal"} else (size // 2, shared)
    start = prose(rng, kind, shared)
    a = start + prose(rng, kind, size)
    for b in (
        edited(rng, a, WORDS[0] + CHINESE[0] + " ", size // 50),
        start + prose(rng, kind, size + 57),
        prose(rng, kind, size // 2) + a[-size // 3 :],
    ):
        for x, y in ((a, b), (b, a)):
            matcher = difflib.SequenceMatcher(None, x, y, autojunk)
            assert ratio(x, y, autojunk=autojunk) == matcher.ratio()
            assert blocks(x, y, autojunk) == [tuple(block) for block in matcher.get_matching_blocks()]


@pytest.mark.parametrize(("autojunk", "size", "edits"), [(True, 10_000, 60), (False, 4_000, 12)])
def test_several_thousand_characters(size: int, edits: int, autojunk: bool) -> None:
    rng = random.Random(7)
    a = prose(rng, "random", size)
    b = edited(rng, a, "abcdefg ", edits)
    assert ratio(a, b, autojunk=autojunk) == difflib_ratio(a, b, autojunk)


@modes
@pytest.mark.parametrize("period", ["a", "ab", "abcab", "漢"])
def test_a_megabyte_of_one_period_finishes(period: str, autojunk: bool) -> None:
    text = period * (1_000_000 // len(period))
    assert ratio(text, text + "x", autojunk=autojunk) == 2 * len(text) / (2 * len(text) + 1)
    shifted = "y" + text
    assert math.isclose(ratio(shifted, text + "x", autojunk=False), 2 * len(text) / (2 * len(text) + 2))


def test_is_not_symmetric_just_as_difflib() -> None:
    a, b = "tide", "diet"
    assert ratio(a, b) == difflib_ratio(a, b, autojunk=True) != ratio(b, a) == difflib_ratio(b, a, autojunk=True)


@modes
@settings(max_examples=150, deadline=None)
@given(
    pairs=st.lists(text_pairs(most=260), min_size=1, max_size=6),
    cutoff=st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0, 2 / 3])),
    exactly=st.booleans(),
)
def test_a_score_below_the_cutoff_is_zero(
    pairs: list[tuple[str, str]], cutoff: float, exactly: bool, autojunk: bool
) -> None:
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    full = [difflib_ratio(a, b, autojunk) for a, b in pairs]
    cutoff = full[0] if exactly else cutoff
    found = ratios(left, right, autojunk=autojunk, score_cutoff=cutoff).to_pylist()
    assert found == [score if score >= cutoff else 0.0 for score in full]


@pytest.mark.parametrize("cutoff", [1.01, math.nan, 90])
def test_a_cutoff_beyond_one_is_refused(cutoff: float) -> None:
    with pytest.raises(TextValueError, match="score_cutoff must be at most 1"):
        ratios(["a"], ["a"], score_cutoff=cutoff)


def test_matches_are_difflibs_in_kind() -> None:
    block = matching_blocks("abxcd", "abcd")[1]
    same: tuple[int, ...] = difflib.Match(3, 2, 2)
    assert (block.a, block.b, block.size) == block
    assert block == same


@pytest.mark.parametrize("function", [ratio, matching_blocks])
def test_one_pair_must_be_text(function: object) -> None:
    assert callable(function)
    with pytest.raises(TextTypeError, match="b must be a str, got int"):
        function("a", 1)
    with pytest.raises(TextTypeError, match="a must be a str, got NoneType"):
        function(None, "a")
    with pytest.raises(TextValueError, match="lone surrogate at character 2"):
        function("ab\ud800", "a")
