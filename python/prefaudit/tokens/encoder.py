"""One tokenizer, of whatever kind, as a function from texts to ids."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from prefaudit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Pre-tokenizers that cut a text into words by looking at it locally. Others join what a cut would part.
_LOCAL = {"ByteLevel", "Split", "BertPreTokenizer", "Whitespace", "WhitespaceSplit", "Digits", "Punctuation"}
#: What may stand left and right of a cut.
_LEFT = ("a", "Z", "9", ":", "?", ".", ")", "\u00e9", "\u4f60", "\U0001f600", "it's", "Assistant:")
_RIGHT = ("a", "I", "7", "(", "'s", "\n", " ", "\u597d", "\u0301", "  b", "", "?!")


class Encoder:
    """Texts to token ids without special tokens, and the special tokens that stand around a text.

    Args:
        tokenizer: a tokenizer of transformers, of either backend, or of the package tokenizers.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._backend = getattr(tokenizer, "backend_tokenizer", None) or _bare(tokenizer)
        self._tokenizer = tokenizer
        if self._backend is None and not callable(tokenizer):
            msg = f"{type(tokenizer).__name__} is no tokenizer of transformers or tokenizers"
            raise ConfigError(msg)
        #: The special tokens before and after a text.
        self.before, self.after = self._special()
        #: The characters before which a text can be cut so that the ids of the parts are those of the whole.
        self.cuts = self._cuts()

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without special tokens around it."""
        if not texts:
            return []
        if self._backend is not None:
            self._plain()
            found = self._backend.encode_batch_fast(list(texts), add_special_tokens=False)
            return [one.ids for one in found]
        ids: list[list[int]] = self._tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
        return ids

    def fingerprint(self) -> str:
        """A hash of all that decides about ids."""
        if self._backend is not None:
            self._plain()
            described = self._backend.to_str()
        else:
            vocabulary = sorted(self._tokenizer.get_vocab().items())
            described = json.dumps([type(self._tokenizer).__name__, vocabulary, repr(self._tokenizer)])
        return hashlib.sha256(described.encode()).hexdigest()

    def _plain(self) -> None:
        """Whoever used the tokenizer before may have left its truncation or padding on."""
        if self._backend.truncation is not None:
            self._backend.no_truncation()
        if self._backend.padding is not None:
            self._backend.no_padding()

    def _special(self) -> tuple[list[int], list[int]]:
        inner = self.encode(["a"])[0]
        if self._backend is not None:
            whole = self._backend.encode("a", add_special_tokens=True).ids
        else:
            whole = self._tokenizer("a", verbose=False)["input_ids"]
        for start in range(len(whole) - len(inner) + 1):
            if whole[start : start + len(inner)] == inner:
                return whole[:start], whole[start + len(inner) :]
        msg = "the tokenizer puts a text between special tokens in a way that is not understood"
        raise ConfigError(msg)

    def _cuts(self) -> frozenset[str]:
        if self._backend is None or not self._cuts_locally():
            return frozenset()
        return frozenset(cut for cut in (" ", "\n") if self._can_cut(cut))

    def _cuts_locally(self) -> bool:
        """Whether the tokenizer says of itself that it works on one word after the other."""
        if self._backend.pre_tokenizer is None:
            return False
        pre = json.loads(self._backend.pre_tokenizer.__getstate__())
        parts = pre.get("pretokenizers", [pre])
        added = self._backend.get_added_tokens_decoder().values()
        greedy = any(token.lstrip or token.rstrip or token.single_word for token in added)
        prefixed = any(part.get("add_prefix_space") for part in parts)
        return all(part.get("type") in _LOCAL for part in parts) and not greedy and not prefixed

    def _can_cut(self, cut: str) -> bool:
        """Whether the parts of probes have the ids of the whole."""
        probes = [(left, cut + right) for left in _LEFT for right in _RIGHT]
        lefts, rights = self.encode([left for left, _ in probes]), self.encode([right for _, right in probes])
        wholes = self.encode([left + right for left, right in probes])
        return all(left + right == whole for left, right, whole in zip(lefts, rights, wholes, strict=True))


def _bare(tokenizer: Any) -> Any:
    """A tokenizer of the package tokenizers itself."""
    return tokenizer if hasattr(tokenizer, "encode_batch_fast") and hasattr(tokenizer, "to_str") else None
