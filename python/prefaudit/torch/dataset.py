"""The tokenizing data set of pairs."""

from __future__ import annotations

import hashlib
import json
import operator
import warnings
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
import pyarrow as pa
import torch
from torch.utils.data import Dataset, get_worker_info

from prefaudit.data import PreferenceData
from prefaudit.errors import ConfigError, SourceError
from prefaudit.load import load
from prefaudit.tokens import Encoder, PairEncoder, Ragged, TokenPairs, open_tokenizer
from prefaudit.torch.accounting import TokenAccounting
from prefaudit.torch.cache import TokenCache
from prefaudit.torch.items import Items
from prefaudit.torch.padding import pad_token, padded
from prefaudit.torch.texts import fingerprint, read_texts

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    import datasets

_KEYS = ("chosen_input_ids", "chosen_attention_mask", "rejected_input_ids", "rejected_attention_mask")
#: Pairs that are tokenized at a time where all are.
_AT_A_TIME = 4096


class RewardModelDataset(Dataset[dict[str, Any]]):
    """Pairs as token ids, tokenized when they are asked for: a batch of a DataLoader in one call to the tokenizer.

    Item `i` is a dict with `chosen_input_ids`, `chosen_attention_mask`, `rejected_input_ids` and
    `rejected_attention_mask`: int64 tensors of the shape (max_length,), as the tokenizer makes them with truncation
    and padding to `max_length`. With `padding=False` they are as long as the text, for `PreferenceCollator`.

    What is tokenized: the whole transcripts where the source prints them; else, where the tokenizer has a chat template
    and the data have messages, what the template makes of them; else the prompt, `separator` and the response.
    Ties are left out, and counted.

    Args:
        dataset: whatever `prefaudit.load` reads, or what it returned. The texts are kept in memory.
        tokenizer: a tokenizer of transformers (of either backend) or of tokenizers; a name or a folder of one.
        max_length: tokens of one text, special ones included.
        padding: pad to `max_length`; False leaves that to the collator.
        truncation_side: where a text that is too long is cut: "right" loses the response first, "left" keeps it. By
            default as the tokenizer says.
        overlength: what to do with pairs of which a text is too long: "truncate" cuts it; "drop" leaves the pair out,
            for which all are tokenized once; "error" raises when one is met.
        margin: add the key `margin`, a float32: the difference of the scores, or the strength; NaN where unknown.
        weights: a weight for each pair of the data, added under the key `weight`.
        separator: what stands between a prompt and a response.
        **loading: arguments of `load`.

    Raises:
        ConfigError: if there is no such tokenizer, or it has no padding token.
        SourceError: if a pair is too long and `overlength` is "error"; the message names its row.
    """

    def __init__(
        self,
        dataset: Any,
        tokenizer: Any,
        max_length: int = 512,
        *,
        padding: bool = True,
        truncation_side: Literal["left", "right"] | None = None,
        overlength: Literal["truncate", "drop", "error"] = "truncate",
        margin: bool = False,
        weights: Sequence[float] | None = None,
        separator: str = "\n\n",
        **loading: Any,
    ) -> None:
        if overlength not in {"truncate", "drop", "error"}:
            msg = f"overlength is 'truncate', 'drop' or 'error', not {overlength!r}"
            raise ConfigError(msg)
        try:
            self.max_length = operator.index(max_length)
        except TypeError as error:
            msg = f"max_length is {max_length!r}, but must be a whole number"
            raise ConfigError(msg) from error
        self.tokenizer = open_tokenizer(tokenizer)
        self.padding = padding
        self.overlength = overlength
        self.margin = margin
        self.truncation_side = truncation_side or getattr(self.tokenizer, "truncation_side", "right")
        self.padding_side = getattr(self.tokenizer, "padding_side", "right")
        self._encoder: PairEncoder | None = None
        _ = self.encoder  # what is no tokenizer and a length without room for text are refused now
        self._pad = pad_token(self.tokenizer) if padding else None
        self._cache: TokenCache | None = None
        data = dataset if isinstance(dataset, PreferenceData) else load(dataset, **loading)
        self._texts, left_out = read_texts(data, self.tokenizer, separator)
        self.accounting = TokenAccounting(data.accounting.to_dict(), left_out)
        self._weights = self._checked(weights, left_out.total())
        if overlength == "drop":
            self._drop_overlength()

    @property
    def encoder(self) -> PairEncoder:
        """What tokenizes the pairs."""
        if self._encoder is None:
            self._encoder = PairEncoder(Encoder(self.tokenizer), self.max_length, cast("Any", self.truncation_side))
        return self._encoder

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return dict(self.__getitems__([index])[0])

    def __getitems__(self, indices: Sequence[int]) -> Items:
        """The items of a batch: what a DataLoader asks for."""
        at = self._places(indices)
        ids = self._cache.take(at) if self._cache else self._tokenized(at)
        columns = self._columns(ids)
        if self.margin:
            margins = self._texts.column("margin").take(pa.array(at)).to_numpy(zero_copy_only=False)
            columns["margin"] = torch.from_numpy(margins.astype(np.float32))
        if self._weights is not None:
            columns["weight"] = torch.from_numpy(self._weights[at])
        return Items(ids, columns)

    def lengths(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """How long each pair is, for samplers: tokens of its longer text where they are cached, else characters."""
        if self._cache:
            return self._cache.lengths()
        prompt, *sides = (np.asarray(self._chars(name)) for name in ("prompt", "chosen", "rejected"))
        found: np.ndarray[Any, np.dtype[np.int64]] = prompt + np.maximum(*sides)
        return found

    def cache(self, path: str | os.PathLike[str]) -> RewardModelDataset:
        """Keep the token ids in a file, and read them from there from now on.

        The file is made when there is none, or when it was made of other data, another tokenizer or other settings, or
        is incomplete. It appears when it is complete, so that processes may make it at the same time. It is mapped
        into memory: workers share it.

        Returns:
            This data set.
        """
        self.accounting.begin({})
        self._cache = TokenCache.made(path, self.fingerprint(), len(self), self._all_ids, self.accounting.counts)
        self.accounting.begin(self._cache.counts)
        self._warn()
        return self

    def fingerprint(self) -> str:
        """A hash of all that decides about the token ids: texts, tokenizer, length, the side that is cut."""
        described = [self.encoder.encoder.fingerprint(), self.max_length, self.truncation_side, self.overlength]
        return hashlib.sha256(json.dumps(described).encode() + fingerprint(self._texts)).hexdigest()

    def to_trl(self, task: Literal["reward", "dpo"] = "reward") -> datasets.Dataset:
        """The pairs as TRL's trainers take them when they are tokenized already, as a `datasets.Dataset`.

        Args:
            task: "reward" gives `chosen_ids` and `rejected_ids`, and `margin` where that was asked for; "dpo" gives
                `prompt_ids`, and in the other two the responses only.
        """
        import datasets

        if task not in {"reward", "dpo"}:
            msg = f"task is 'reward' or 'dpo', not {task!r}"
            raise ConfigError(msg)
        columns: dict[str, list[Any]] = {}
        for at in self._parts():
            found = self._prompt_and_responses(at) if task == "dpo" else self._pair_ids(at)
            for name, values in found.items():
                columns.setdefault(name, []).extend(values)
        if self.margin and task == "reward":
            columns["margin"] = self._texts.column("margin").to_pylist()
        return datasets.Dataset.from_dict(columns)

    def __getstate__(self) -> dict[str, Any]:
        """Workers make an encoder of their own."""
        return {**self.__dict__, "_encoder": None}

    def __repr__(self) -> str:
        left_out = self.accounting.left_out.total()
        return f"RewardModelDataset({len(self):,} pairs, max_length={self.max_length}, {left_out:,} left out)"

    def _places(self, indices: Sequence[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
        at = np.asarray(indices, dtype=np.int64)
        wrong = (at >= len(self)) | (at < -len(self))
        if wrong.any():
            msg = f"index {at[wrong][0]} of {len(self):,} pairs"
            raise IndexError(msg)
        return np.where(at < 0, at + len(self), at)

    def _chars(self, name: str) -> Any:
        from prefaudit.kernels import char_counts

        return char_counts(self._texts.column(name))

    def _checked(self, weights: Sequence[float] | None, ties: int) -> Any:
        if weights is None:
            return None
        found = np.asarray(weights, dtype=np.float32)
        wrong = None if found.shape == (len(self),) else f"not of the shape {found.shape}"
        if wrong is None and not np.isfinite(found).all():
            wrong = f"not {found[~np.isfinite(found)][0]}"
        if wrong:
            left_out = f" ({ties:,} ties are left out)" if ties else ""
            msg = f"weights must be {len(self):,} finite numbers, one a pair{left_out}, {wrong}"
            raise ConfigError(msg)
        return found

    def _read(self, at: Any) -> list[pa.Array]:
        rows = self._texts.take(pa.array(at))
        return [rows.column(name) for name in ("prompt", "chosen", "rejected")]

    def _encoded(self, at: Any) -> TokenPairs:
        """All ids of some pairs. Workers share the cores among them."""
        prompts, chosen, rejected = self._read(at)
        return self.encoder.encode(prompts, chosen, rejected, 1 if get_worker_info() else None)

    def _tokenized(self, at: Any) -> TokenPairs:
        raw = self._encoded(at)
        long = self._overlong(raw)
        if self.overlength == "error" and long.any():
            self._refuse(int(at[long][0]))
        ids = self.encoder.finish(raw)
        self._count(raw, ids, int(long.sum()))
        return ids

    def _overlong(self, raw: TokenPairs) -> np.ndarray[Any, np.dtype[np.bool_]]:
        longest = np.maximum(*(side.lengths for side in raw))
        return np.asarray(longest > self.encoder.room)

    def _count(self, raw: TokenPairs, ids: TokenPairs, truncated: int) -> None:
        same = ids.chosen.same(ids.rejected) & ~raw.chosen.same(raw.rejected) if truncated else np.zeros(1)
        self.accounting.add(tokenized=len(ids.chosen), truncated=truncated, collapsed=int(same.sum()))
        self._warn()

    def _warn(self) -> None:
        counts = self.accounting
        if counts.warn_now():
            warnings.warn(
                f"pairs are the same once they are cut to {self.max_length} tokens on the {self.truncation_side}: "
                f"{counts.collapsed:,} of the first {counts.tokenized:,}. They teach nothing: see "
                "`dataset.accounting`, truncation_side='left', or prefaudit filter --drop truncation-collapse",
                stacklevel=2,
            )

    def _refuse(self, at: int) -> None:
        place = self._texts.slice(at, 1).to_pylist()[0]
        msg = f"{place['source']}, row {place['row']}: a text is over {self.max_length} tokens (overlength='error')"
        raise SourceError(msg)

    def _drop_overlength(self) -> None:
        stays = ~np.concatenate([self._overlong(self._encoded(at)) for at in self._parts()])
        self.accounting.left_out[f"a text is over {self.max_length} tokens"] += int((~stays).sum())
        if not stays.any():
            msg = f"all {len(stays):,} pairs have a text over {self.max_length} tokens"
            raise SourceError(msg)
        self._texts = self._texts.filter(pa.array(stays))
        if self._weights is not None:
            self._weights = self._weights[stays]

    def _parts(self) -> Iterator[Any]:
        return (np.arange(at, min(at + _AT_A_TIME, len(self))) for at in range(0, len(self), _AT_A_TIME))

    def _all_ids(self) -> Iterator[TokenPairs]:
        return (self._tokenized(at) for at in self._parts())

    def _pair_ids(self, at: Any) -> dict[str, list[Any]]:
        ids = self._cache.take(at) if self._cache else self._tokenized(at)
        return {f"{name}_ids": side.to_lists() for name, side in ids._asdict().items()}

    def _prompt_and_responses(self, at: Any) -> dict[str, list[Any]]:
        prompts, chosen, rejected = (column.to_pylist() for column in self._read(at))
        encoder = self.encoder.encoder
        ids = encoder.encode([*prompts, *chosen, *rejected])
        n = len(prompts)
        return {
            "prompt_ids": [[*encoder.before, *one] for one in ids[:n]],
            "chosen_ids": [[*one, *encoder.after] for one in ids[n : 2 * n]],
            "rejected_ids": [[*one, *encoder.after] for one in ids[2 * n :]],
        }

    def _columns(self, ids: TokenPairs) -> dict[str, Any]:
        columns = self._padded(ids) if self.padding else [column for side in ids for column in _unpadded(side)]
        return dict(zip(_KEYS, columns, strict=True))

    def _padded(self, ids: TokenPairs) -> list[torch.Tensor]:
        both = padded(ids.chosen.followed_by(ids.rejected), self.max_length, cast("int", self._pad), self.padding_side)
        (chosen, rejected), (chosen_mask, rejected_mask) = (torch.from_numpy(one).chunk(2) for one in both)
        return [chosen, chosen_mask, rejected, rejected_mask]


def _unpadded(ids: Ragged) -> list[Sequence[torch.Tensor]]:
    whole = torch.from_numpy(ids.ids.astype(np.int64))
    lengths = ids.lengths.tolist()
    return [whole.split(lengths), torch.ones_like(whole).split(lengths)]
