"""One tokenizer, of whatever kind, as a function from texts to ids."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from prefaudit.errors import ConfigError
from prefaudit.tokens.cuts import safe_cuts
from prefaudit.tokens.joined import separator_of
from prefaudit.tokens.ragged import Ragged
from prefaudit.words import WordIds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

#: Texts that are looked at to find the special tokens: any that becomes a token will do.
_PROBES = ("a", "the", ".", "1")


class Encoder:
    """Texts to token ids without special tokens, and the special tokens that stand around a text.

    Args:
        tokenizer: a tokenizer of transformers, of either backend, or of the package tokenizers. It is left as it is.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._backend = getattr(tokenizer, "backend_tokenizer", None) or _bare(tokenizer)
        self._tokenizer = tokenizer
        if self._backend is None and not callable(tokenizer):
            msg = f"{type(tokenizer).__name__} is no tokenizer of transformers or tokenizers"
            raise ConfigError(msg)
        #: The special tokens before and after a text.
        self.before, self.after = self._special()
        cuts = None if self._backend is None else safe_cuts(self._backend)
        #: The ids of texts by those of their words; None where a text has to be looked at as a whole.
        self.words = None if cuts is None else WordIds(self._encode_words, cuts.ascii, cuts.wide)
        self._separator = None if cuts is None else separator_of(self._backend, self.encode)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without special tokens around it."""
        if not texts:
            return []
        if self._backend is not None:
            with self._unlimited():
                return [one.ids for one in self._backend.encode_batch_fast(list(texts), add_special_tokens=False)]
        ids: list[list[int]] = self._tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
        return ids

    def _encode_words(self, words: Sequence[str]) -> pa.LargeListArray:
        joined = self._separator
        found = Ragged.of_lists(self.encode(words)) if joined is None else joined.encode(words, self.encode)
        return found.to_arrow()

    def fingerprint(self) -> str:
        """A hash of all that decides about ids."""
        if self._backend is not None:
            with self._unlimited():
                described = self._backend.to_str()
        else:
            vocabulary = sorted(self._tokenizer.get_vocab().items())
            described = json.dumps([type(self._tokenizer).__name__, vocabulary, repr(self._tokenizer)])
        return hashlib.sha256(described.encode()).hexdigest()

    @contextmanager
    def _unlimited(self) -> Iterator[None]:
        """Without the truncation and padding that others set, who find them again afterwards.

        Whether special tokens that are written out in a text are read as such transformers sets with every call.
        """
        backend = self._backend
        truncation, padding, split = backend.truncation, backend.padding, backend.encode_special_tokens
        if truncation is not None:
            backend.no_truncation()
        if padding is not None:
            backend.no_padding()
        backend.encode_special_tokens = getattr(self._tokenizer, "split_special_tokens", split)
        try:
            yield
        finally:
            backend.encode_special_tokens = split
            if truncation is not None:
                backend.enable_truncation(**truncation)
            if padding is not None:
                backend.enable_padding(**padding)

    def _special(self) -> tuple[list[int], list[int]]:
        vocabulary = self._backend.get_vocab() if self._backend is not None else {}
        for text in chain(_PROBES, islice(vocabulary, 100)):
            inner = self.encode([text])[0]
            whole = self._whole(text)
            for start in range(len(whole) - len(inner) + 1):
                if inner and whole[start : start + len(inner)] == inner:
                    return whole[:start], whole[start + len(inner) :]
        msg = "the tokenizer puts a text between special tokens in a way that is not understood"
        raise ConfigError(msg)

    def _whole(self, text: str) -> list[int]:
        """The ids of a text with the special tokens around it."""
        if self._backend is None:
            return list(self._tokenizer(text, verbose=False)["input_ids"])
        with self._unlimited():
            return list(self._backend.encode(text, add_special_tokens=True).ids)


def _bare(tokenizer: Any) -> Any:
    """A tokenizer of the package tokenizers itself."""
    return tokenizer if hasattr(tokenizer, "encode_batch_fast") and hasattr(tokenizer, "to_str") else None
