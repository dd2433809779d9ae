"""Tokenizers of all kinds: whatever is cut where, the ids are those of the whole text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tokenizers", reason="prefaudit[torch] is not installed")
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from prefaudit.tokens import Encoder, PairEncoder
from prefaudit.tokens.cuts import safe_cuts
from training.made_tokenizers import TEXTS, trained

if TYPE_CHECKING:
    from collections.abc import Callable

LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
#: Enough of each language and sign for merges across whatever is not cut.
CORPUS = [
    *TEXTS,
    "ends.\n\nNext?\nYes! no. a b",
    "  two  blanks ",
    "x.y.z 3.14 a,b",
    "\u4f60\u597d \u4f60\u597d. caf\u00e9 caf\u00e9.",
] * 20


def bpe(pre: Any, normalizer: Any = None, **options: Any) -> Any:
    backend = Tokenizer(models.BPE(unk_token="<unk>", **options))
    backend.pre_tokenizer = pre
    if normalizer:
        backend.normalizer = normalizer
    backend.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=400, special_tokens=["<unk>", "<end>"]))
    return backend


def byte_level(pattern: str, *added: AddedToken) -> Any:
    split = pre_tokenizers.Split(Regex(pattern), "isolated")
    backend = bpe(pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]))
    backend.add_tokens(list(added))
    return backend


def word_piece() -> Any:
    backend = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer()
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = ["[UNK]", "[CLS]", "[SEP]", "[PAD]"]
    backend.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=300, special_tokens=names))
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return backend


def unigram(scheme: str) -> Any:
    backend = Tokenizer(models.Unigram())
    backend.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme)
    names = ["<unk>", "<end>"]
    backend.train_from_iterator(
        CORPUS, trainers.UnigramTrainer(vocab_size=150, special_tokens=names, unk_token="<unk>")
    )
    return backend


def llama2() -> Any:
    """No words at all: blanks are characters like others."""
    backend = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    backend.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    backend.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=400, special_tokens=["<unk>", "<end>"]))
    return backend


#: How each is made, and whether it can be cut into words.
MADE: dict[str, tuple[Callable[[], Any], bool]] = {
    "gpt2": (lambda: trained().backend_tokenizer, True),
    "gpt2 with special tokens": (lambda: trained(special=True).backend_tokenizer, True),
    "roberta": (lambda: trained(prefix_space=True).backend_tokenizer, True),
    "llama 3": (lambda: byte_level(LLAMA3), True),
    "own tokens": (lambda: byte_level(LLAMA3, AddedToken("<|user|>"), AddedToken("   "), AddedToken("x.y")), True),
    "own token that takes the blank before it": (lambda: byte_level(LLAMA3, AddedToken("twelve", lstrip=True)), True),
    "own token that takes the blank behind it": (lambda: byte_level(LLAMA3, AddedToken("it", rstrip=True)), False),
    "own token that stands alone": (lambda: byte_level(LLAMA3, AddedToken("it", single_word=True)), False),
    "bert": (word_piece, True),
    "unigram": (lambda: unigram("always"), True),
    "unigram, the first word alone": (lambda: unigram("first"), True),
    "llama 2": (llama2, False),
    "lower case": (
        lambda: bpe(
            pre_tokenizers.ByteLevel(add_prefix_space=False),
            normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]),
        ),
        True,
    ),
    "stripped": (lambda: bpe(pre_tokenizers.ByteLevel(add_prefix_space=False), normalizers.Strip()), False),
    "words and blanks as one": (lambda: byte_level(r"[a-z]+ ?|[^a-z]+"), False),
    "whole lines": (lambda: byte_level(r"[^\n]+|\n+"), False),
    "scripts": (lambda: bpe(pre_tokenizers.UnicodeScripts()), False),
    "dropout": (lambda: bpe(pre_tokenizers.ByteLevel(), dropout=0.5), False),
}
TEXT = st.one_of(
    st.text(max_size=15),
    st.text(st.sampled_from("aitsx \n.?'Z93<|\u00e9\u4f60\U0001f600\u0301\u00a0\u0915\u093f\u2003"), max_size=25),
    st.lists(
        st.sampled_from(
            ["it", " it", "'s", "twelve", " twelve", "x.y", "<|user|>", "   ", "\n\n", ".", "<end>", " 1234"]
        )
    ).map("".join),
)


@cache
def encoder(name: str) -> Encoder:
    return Encoder(MADE[name][0]())


@pytest.mark.parametrize("name", MADE)
def test_which_tokenizers_are_cut(name: str) -> None:
    assert (encoder(name).words is not None) == MADE[name][1]


@pytest.mark.parametrize("name", [name for name in MADE if name != "dropout"])
@given(rows=st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=6))
def test_ids_are_those_of_the_whole_text(name: str, rows: list[tuple[str, str, str]]) -> None:
    pairs = PairEncoder(encoder(name), 64)
    pairs._tried = True  # what is found in the first rows would hide what follows
    found = pairs.encode(*(pa.array(column, pa.string()) for column in zip(*rows, strict=True)))
    backend = encoder(name)._backend
    for side, ids in enumerate(found, 1):
        texts = [row[0] + row[side] for row in rows]
        assert ids.to_lists() == [one.ids for one in backend.encode_batch(texts, add_special_tokens=False)]
    if words := encoder(name).words:
        assert all("".join(words.words(text)) == text for row in rows for text in row)


@pytest.mark.parametrize("name", [name for name in MADE if name != "dropout"])
def test_special_tokens_and_the_cut_are_the_tokenizers(name: str) -> None:
    backend = MADE[name][0]()
    pairs = PairEncoder(Encoder(backend), 9)
    rows = [(text[:at], text[at:], text[at : at + 3]) for text in CORPUS[:8] for at in (0, 5, 9)]
    for side in ("right", "left"):
        pairs.truncation_side = side
        found = pairs.finish(pairs.encode(*(pa.array(column) for column in zip(*rows, strict=True))))
        backend.enable_truncation(9, direction=side)
        for ids, column in zip(found, (1, 2), strict=True):
            assert ids.to_lists() == [one.ids for one in backend.encode_batch([row[0] + row[column] for row in rows])]
        backend.no_truncation()


def test_newlines_behind_signs_are_not_cut_off_where_they_belong_together() -> None:
    words = encoder("llama 3").words
    assert words
    assert words.words("One, two.\n\nThree") == ["One", ",", " two", ".\n\nThree"]
    assert words.words("Yes\n\nNo") == ["Yes", "\n\nNo"]
    gpt2 = encoder("gpt2").words
    assert gpt2
    assert gpt2.words("One, two.\n\nThree") == ["One", ",", " two", ".", "\n\nThree"]


def test_a_token_with_a_sign_in_it_is_not_cut() -> None:
    cuts = safe_cuts(MADE["own tokens"][0]())
    assert cuts
    assert not any("x" in left and "." in right for left, right in cuts.ascii)


def test_a_tokenizer_is_left_as_it_was() -> None:
    backend = trained().backend_tokenizer
    backend.enable_truncation(7, stride=1, direction="left")
    backend.enable_padding(length=9, pad_id=3, pad_token="x")
    before = backend.truncation, backend.padding, backend.to_str()
    made = Encoder(backend)
    assert len(made.encode(["one two three four five six seven eight nine"])[0]) > 9
    _ = made.fingerprint()
    assert (backend.truncation, backend.padding, backend.to_str()) == before


def test_written_out_special_tokens_are_read_as_transformers_does() -> None:
    tokenizer = trained()
    for split in (False, True, False):
        tokenizer.split_special_tokens = split
        text = "one<end> two"
        assert Encoder(tokenizer).encode([text]) == [tokenizer(text, add_special_tokens=False)["input_ids"]]


@pytest.mark.parametrize("name", ["add_bos_token", "add_eos_token"])
def test_begin_and_end_tokens_that_are_switched_on(name: str) -> None:
    transformers = pytest.importorskip("transformers", reason="prefaudit[torch] is not installed")
    words = {"<unk>": 0, "<s>": 1, "</s>": 2, "\u2581": 3, "a": 4, "\u2581a": 5}
    for on in (True, False):
        tokenizer = transformers.LlamaTokenizer(vocab=words, merges=[("\u2581", "a")], **{name: on})
        made = Encoder(tokenizer)
        assert [*made.before, *made.encode(["a a"])[0], *made.after] == tokenizer("a a")["input_ids"]


def test_words_that_only_look_safe_are_found_out_by_the_first_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    from prefaudit.tokens import cuts

    monkeypatch.setattr(cuts, "_holds", lambda *_: True)
    made = Encoder(MADE["whole lines"][0]())
    assert made.words is not None
    pairs = PairEncoder(made, 64)
    column = pa.array(["a b. c\nd"])
    assert pairs.encode(pa.array([""]), column, column).chosen.to_lists() == made.encode(column.to_pylist())
    assert made.words is None


@pytest.mark.parametrize("name", [name for name, (_, cut) in MADE.items() if cut])
@given(words=st.lists(TEXT.filter(bool), max_size=250))
def test_words_that_are_tokenized_together(name: str, words: list[str]) -> None:
    made = encoder(name)
    assert made._encode_words(words).to_pylist() == made.encode(words)


@pytest.mark.parametrize(("name", "text"), [("gpt2", "<end>"), ("llama 3", "<end>"), ("bert", "[CLS]")])
def test_what_keeps_words_apart(name: str, text: str) -> None:
    made = encoder(name)
    assert made._separator
    assert (made._separator.text, [made._separator.id]) == (text, made.encode([text])[0])


def test_words_are_not_put_together_where_the_first_of_a_text_is_another_word() -> None:
    assert encoder("unigram")._separator
    assert encoder("unigram, the first word alone")._separator is None


def test_a_token_across_the_separator_is_found_out() -> None:
    backend = MADE["llama 3"][0]()
    backend.add_tokens(["x<end>"])
    made = Encoder(backend)
    assert made._separator
    words = ["x", " a", " <end>", "x<end>", " b"]
    assert made._encode_words(words).to_pylist() == made.encode(words)
