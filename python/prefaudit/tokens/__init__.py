"""Texts to token ids, through the tokenizer's own code."""

from prefaudit.tokens.encoder import Encoder
from prefaudit.tokens.pairs import PairEncoder, TokenPairs, pair_texts
from prefaudit.tokens.tokenizer import open_tokenizer

__all__ = ["Encoder", "PairEncoder", "TokenPairs", "open_tokenizer", "pair_texts"]
