"""The record that everything downstream of a format works on, and the columns derived from it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit import kernels
from prefaudit.texts import TextBatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_ASPECTS = pa.list_(pa.struct([("name", pa.string()), ("chosen", pa.float64()), ("rejected", pa.float64())]))

#: Every column a pair can have. The first five are always there; a batch carries of the others what its
#: source records, and never a column that would be null throughout.
SCHEMA = pa.schema(
    [
        pa.field("prompt", pa.string(), nullable=False),
        pa.field("chosen", pa.string(), nullable=False),
        pa.field("rejected", pa.string(), nullable=False),
        pa.field("source", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("prompt_messages", _MESSAGES),
        pa.field("tie", pa.bool_()),
        pa.field("diverged", pa.bool_()),
        pa.field("pair_id", pa.string()),
        pa.field("prompt_id", pa.string()),
        pa.field("annotator", pa.string()),
        pa.field("session", pa.string()),
        pa.field("timestamp", pa.timestamp("us", tz="UTC")),
        pa.field("seconds", pa.float64()),
        pa.field("first_shown", pa.string()),
        pa.field("score_chosen", pa.float64()),
        pa.field("score_rejected", pa.float64()),
        pa.field("strength", pa.float64()),
        pa.field("aspects", _ASPECTS),
        pa.field("chosen_full", pa.string()),
        pa.field("rejected_full", pa.string()),
        pa.field("domain", pa.string()),
        pa.field("split", pa.string()),
    ]
)

REQUIRED = ("prompt", "chosen", "rejected", "source", "row")


class PairBatch:
    """Some pairs, with the columns that several checks need computed once and then shared.

    Args:
        records: the pairs, with the columns of `SCHEMA` that the source records.
        threads: threads for the derived columns; None uses every core this process may use.
        texts: columns of text that the core holds already. One that `records` lacks becomes an Arrow array when
            somebody asks for it: most work on texts is the core's own, and needs no copy of them.

    Example:
        >>> batch = PairBatch.from_lists(["Hi"], ["Hello there"], ["Hello"])
        >>> batch.chosen_words.to_pylist(), batch.rejected_words.to_pylist()
        ([2], [1])
    """

    def __init__(
        self,
        records: pa.RecordBatch,
        *,
        threads: int | None = None,
        texts: Mapping[str, TextBatch] | None = None,
    ) -> None:
        self.threads = threads
        self._given = records
        self._handed = dict(texts or {})

    @classmethod
    def from_lists(
        cls,
        prompt: Sequence[str],
        chosen: Sequence[str],
        rejected: Sequence[str],
        *,
        source: str = "memory",
        first_row: int = 0,
        **optional: Sequence[object],
    ) -> PairBatch:
        """A batch from Python lists; `optional` are further columns of `SCHEMA` by name."""
        n = len(prompt)
        columns: dict[str, Sequence[object]] = {
            "prompt": prompt,
            "chosen": chosen,
            "rejected": rejected,
            "source": [source] * n,
            "row": range(first_row, first_row + n),
            **optional,
        }
        arrays = {name: pa.array(values, type=SCHEMA.field(name).type) for name, values in columns.items()}
        return cls(pa.RecordBatch.from_pydict(arrays))

    def __len__(self) -> int:
        return int(self._given.num_rows)

    @cached_property
    def records(self) -> pa.RecordBatch:
        """The pairs as one Arrow batch, in the order of `SCHEMA`."""
        if self._handed.keys() <= set(self._given.schema.names):
            return self._given
        columns = {field.name: column for field in SCHEMA if (column := self.column(field.name)) is not None}
        return pa.RecordBatch.from_arrays(list(columns.values()), schema=pa.schema([*map(SCHEMA.field, columns)]))

    def column(self, name: str) -> pa.Array | None:
        """The column `name` of `SCHEMA`, or None where the source does not record it."""
        index = self._given.schema.get_field_index(name)
        if index >= 0:
            return self._given.column(index)
        return self._handed[name].to_arrow() if name in self._handed else None

    def _required(self, name: str) -> pa.Array:
        column = self.column(name)
        if column is None:
            raise KeyError(name)
        return column

    def _flag(self, name: str) -> pa.BooleanArray:
        """A boolean column, False where it is absent or null."""
        column = self.column(name)
        return pa.repeat(pa.scalar(False), len(self)) if column is None else pc.fill_null(column, False)

    @property
    def prompt(self) -> pa.StringArray:
        """The context up to the response."""
        return self._required("prompt")

    @property
    def chosen(self) -> pa.StringArray:
        """The preferred responses alone."""
        return self._required("chosen")

    @property
    def rejected(self) -> pa.StringArray:
        """The other responses alone."""
        return self._required("rejected")

    @property
    def source(self) -> pa.DictionaryArray:
        """The file or table that each pair comes from."""
        return self._required("source")

    @property
    def row(self) -> pa.Int64Array:
        """The number of each pair's row in its source, from 0."""
        return self._required("row")

    @property
    def chosen_full(self) -> pa.StringArray:
        """What the source printed as chosen: its whole transcript, or the response where it prints no more."""
        column = self.column("chosen_full")
        return self.chosen if column is None else column

    @property
    def rejected_full(self) -> pa.StringArray:
        """What the source printed as rejected, as `chosen_full`."""
        column = self.column("rejected_full")
        return self.rejected if column is None else column

    @property
    def has_transcripts(self) -> bool:
        """Whether the source printed whole transcripts, so that full text and responses differ."""
        return self.column("chosen_full") is not None

    @cached_property
    def ties(self) -> pa.BooleanArray:
        """Where no preference was stated: direction is meaningless."""
        return self._flag("tie")

    @cached_property
    def diverged(self) -> pa.BooleanArray:
        """Where the two transcripts part before the last turn: these rows hold no two responses to one prompt."""
        return self._flag("diverged")

    @cached_property
    def chosen_words(self) -> pa.Int64Array:
        """Words of the chosen responses, as `len(text.split())`."""
        return kernels.word_counts(self.texts["chosen"], threads=self.threads)

    @cached_property
    def rejected_words(self) -> pa.Int64Array:
        """Words of the rejected responses."""
        return kernels.word_counts(self.texts["rejected"], threads=self.threads)

    @cached_property
    def chosen_full_words(self) -> pa.Int64Array:
        """Words of the full chosen texts."""
        if not self.has_transcripts:
            return self.chosen_words
        return kernels.word_counts(self.texts["chosen_full"], threads=self.threads)

    @cached_property
    def rejected_full_words(self) -> pa.Int64Array:
        """Words of the full rejected texts."""
        if not self.has_transcripts:
            return self.rejected_words
        return kernels.word_counts(self.texts["rejected_full"], threads=self.threads)

    @cached_property
    def chosen_chars(self) -> pa.Int64Array:
        """Code points of the chosen responses."""
        return kernels.char_counts(self.texts["chosen"], threads=self.threads)

    @cached_property
    def rejected_chars(self) -> pa.Int64Array:
        """Code points of the rejected responses."""
        return kernels.char_counts(self.texts["rejected"], threads=self.threads)

    @property
    def ratio(self) -> pa.DoubleArray:
        """The exact ratio of the two responses (autojunk off), without the whitespace around them."""
        return self._response_ratios[0]

    @property
    def ratio_autojunk(self) -> pa.DoubleArray:
        """The ratio of the two responses as difflib gives it by default, without the whitespace around them."""
        return self._response_ratios[1]

    @property
    def full_ratio_exact(self) -> pa.DoubleArray:
        """The exact ratio of the two full texts (autojunk off)."""
        return self._full_ratios[0]

    @property
    def full_ratio(self) -> pa.DoubleArray:
        """The ratio of the two full texts as difflib gives it by default (autojunk on)."""
        return self._full_ratios[1]

    @cached_property
    def sameness(self) -> pa.UInt8Array:
        """How alike the two responses are: see `kernels.Sameness`."""
        return kernels.sameness(self.texts["chosen"], self.texts["rejected"], threads=self.threads)

    @cached_property
    def prompt_hash(self) -> pa.FixedSizeBinaryArray:
        """A 128-bit hash of the prompt (of `prompt_id` where the source records one)."""
        identity = self.column("prompt_id")
        return kernels.text_hashes(self.texts["prompt"] if identity is None else identity, threads=self.threads)

    @cached_property
    def chosen_hash(self) -> pa.FixedSizeBinaryArray:
        """A 128-bit hash of the chosen response."""
        return kernels.text_hashes(self.texts["chosen"], threads=self.threads)

    @cached_property
    def rejected_hash(self) -> pa.FixedSizeBinaryArray:
        """A 128-bit hash of the rejected response."""
        return kernels.text_hashes(self.texts["rejected"], threads=self.threads)

    def letters(self) -> tuple[int, int]:
        """Letters of all responses, and how many of them belong to scripts written without spaces."""
        sides = (self.texts["chosen"], self.texts["rejected"])
        counts = [kernels.letter_counts(texts, threads=self.threads) for texts in sides]
        return sum(total for total, _ in counts), sum(unspaced for _, unspaced in counts)

    def prepare(self) -> None:
        """Hand the texts to the core now: worth it in a thread that runs ahead of the checks."""
        _ = self.texts

    @cached_property
    def texts(self) -> dict[str, TextBatch]:
        """The columns of text by name, each handed to the core once; those of whole transcripts where there are any."""
        names = ("prompt", "chosen", "rejected", "chosen_full", "rejected_full")
        others = {name: self.column(name) for name in names if name not in self._handed}
        return self._handed | {name: TextBatch(column) for name, column in others.items() if column is not None}

    @cached_property
    def _response_ratios(self) -> tuple[pa.DoubleArray, pa.DoubleArray]:
        # A transcript puts a blank after "Assistant:", which all responses would share.
        return kernels.both_ratios(self.texts["chosen"], self.texts["rejected"], strip=True, threads=self.threads)

    @cached_property
    def _full_ratios(self) -> tuple[pa.DoubleArray, pa.DoubleArray]:
        sides = ("chosen_full", "rejected_full") if self.has_transcripts else ("chosen", "rejected")
        return kernels.both_ratios(*(self.texts[side] for side in sides), threads=self.threads)


def hash_words(hashes: pa.FixedSizeBinaryArray) -> NDArray[np.uint64]:
    """The first 64 bits of each hash."""
    words = np.frombuffer(hashes.buffers()[1], dtype="<u8").reshape(-1, 2)
    first: NDArray[np.uint64] = words[hashes.offset : hashes.offset + len(hashes), 0]
    return first
