"""Texts to token ids, through the tokenizer's own code."""

from prefaudit.tokens.encoder import Encoder
from prefaudit.tokens.pairs import PairEncoder, TokenPairs, pair_texts
from prefaudit.tokens.ragged import Ragged
from prefaudit.tokens.tokenizer import open_tokenizer

__all__ = ["Encoder", "PairEncoder", "Ragged", "TokenPairs", "open_tokenizer", "pair_texts"]
