"""Tokenizers of the tests' own, and the tutorial's way of tokenizing."""

from __future__ import annotations

from typing import Any

import pytest

transformers = pytest.importorskip("transformers", reason="prefaudit[torch] is not installed")

TEXTS = [
    "Human: what is the answer? Assistant: The answer is forty two, it's known.",
    "Why not?\nBecause 12345 (twelve) reasons: caf\u00e9, \u4f60\u597d!",
]


def trained(*, special: bool = False, prefix_space: bool = False) -> Any:
    """A small byte-level BPE tokenizer, with GPT-2's way of cutting words."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix_space)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500, special_tokens=["<end>", "<bos>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    backend.train_from_iterator(TEXTS * 20, trainer)
    if special:
        backend.post_processor = processors.TemplateProcessing(
            single="<bos> $A <end>", special_tokens=[("<bos>", 1), ("<end>", 0)]
        )
    return transformers.PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<end>", pad_token="<end>")


def tutorial_item(chosen: str, rejected: str, tokenizer: Any, max_length: int) -> dict[str, Any]:
    """Each text by itself through the tokenizer, padded to the length, the batch dimension taken away."""
    item: dict[str, Any] = {}
    for side, text in (("chosen", chosen), ("rejected", rejected)):
        found = tokenizer(text, max_length=max_length, truncation=True, padding="max_length", return_tensors="pt")
        item |= {f"{side}_{name}": found[name].squeeze(0) for name in ("input_ids", "attention_mask")}
    return item
