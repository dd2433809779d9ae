"""The two measurements of the preference-data tutorial, drop-in: the same figures, rules and return values.

Both look at the texts as the data set prints them (for HH-RLHF whole transcripts), and at its first rows
only unless `num_samples` is None. `audit` is the thorough way.
"""

from __future__ import annotations

import sys
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from prefaudit import kernels
from prefaudit.checks.length_bias import tutorial_balance
from prefaudit.checks.near_duplicate import HIGH, MEDIUM, TUTORIAL_SHARE
from prefaudit.errors import FormatError
from prefaudit.sources import open_source
from prefaudit.sources.memory import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_SCHEMA = pa.schema(
    [pa.field("chosen", pa.string(), nullable=False), pa.field("rejected", pa.string(), nullable=False)]
)
_EXCERPT = 200

_WARNING, _REMARK, _FINE = ("⚠️ ", "! "), ("💡 ", "i "), ("✅ ", "+ ")
_BALANCE = {
    "longer is preferred": (
        "Chosen texts are mostly the longer ones: a model may learn that longer is better.",
        _WARNING,
    ),
    "shorter is preferred": ("Chosen texts are mostly the shorter ones: being brief is not punished here.", _REMARK),
    "balanced": ("Neither longer nor shorter texts dominate: the lengths are fairly balanced.", _FINE),
}


def analyze_preference_dataset(dataset: Any, num_samples: int | None = 1000) -> tuple[list[int], list[int]]:
    """Compare the lengths of chosen and rejected texts in words, and print what comes out.

    Prints mean and median of both, the shares of rows in which the chosen text is longer, shorter and as
    long, and whether one direction is over 1.5 times as frequent as the other.

    Args:
        dataset: whatever `load` reads, with columns `chosen` and `rejected`.
        num_samples: how many rows to read from the start; None for all.

    Returns:
        The words of each chosen and of each rejected text, as `len(text.split())`.

    Raises:
        SourceError: the data cannot be read.
        FormatError: there is no column `chosen` or `rejected`, or a row in which one is not text.

    Example:
        >>> data = [{"chosen": "Yes, of course.", "rejected": "No."}, {"chosen": "Hello", "rejected": "Go away"}]
        >>> lengths = analyze_preference_dataset(data)
        Length of the texts in words (2 rows)
          chosen:   mean 2.0, median 2.0
          rejected: mean 1.5, median 1.5
        Chosen text longer: 50.0%, shorter: 50.0%, same length: 0.0%
        ✅ Neither longer nor shorter texts dominate: the lengths are fairly balanced.
        >>> lengths
        ([3, 1], [1, 2])
    """
    counts = [
        (kernels.word_counts(batch.column("chosen")), kernels.word_counts(batch.column("rejected")))
        for batch in _first_rows(dataset, num_samples)
    ]
    if not counts:
        _say("There are no rows to look at.")
        return [], []
    chosen, rejected = (
        np.concatenate([column.to_numpy() for column in columns]) for columns in zip(*counts, strict=True)
    )
    rows, longer, shorter = len(chosen), int((chosen > rejected).sum()), int((chosen < rejected).sum())
    _say(f"Length of the texts in words ({rows:,} rows)")
    _say(f"  chosen:   mean {np.mean(chosen):.1f}, median {np.median(chosen):.1f}")
    _say(f"  rejected: mean {np.mean(rejected):.1f}, median {np.median(rejected):.1f}")
    shares = [f"{100 * count / rows:.1f}%" for count in (longer, shorter, rows - longer - shorter)]
    _say("Chosen text longer: {}, shorter: {}, same length: {}".format(*shares))
    _say(*_BALANCE[tutorial_balance(longer, shorter)])
    return chosen.tolist(), rejected.tolist()


def check_similarity(dataset: Any, num_samples: int | None = 100) -> None:
    """Print how alike chosen and rejected texts are, and an example of two that are nearly the same.

    Prints the mean of `difflib.SequenceMatcher(None, chosen, rejected).ratio()`, how many rows are above
    0.9, from there down to 0.7, and not above 0.7, and a warning when those above 0.9 are more than a tenth
    of `num_samples` (of the rows read where that is None).

    Args:
        dataset: whatever `load` reads, with columns `chosen` and `rejected`.
        num_samples: how many rows to read from the start; None for all.

    Raises:
        SourceError: the data cannot be read.
        FormatError: there is no column `chosen` or `rejected`, or a row in which one is not text.
    """
    ratios = np.empty(0)
    example: tuple[int, str, str] | None = None
    for batch in _first_rows(dataset, num_samples):
        more = kernels.ratios(batch.column("chosen"), batch.column("rejected")).to_numpy()
        if example is None and (more > HIGH).any():
            at = int(np.argmax(more > HIGH))
            example = len(ratios) + at, *(batch.column(name)[at].as_py() for name in _SCHEMA.names)
        ratios = np.concatenate([ratios, more])
    if not len(ratios):
        _say("There are no rows to look at.")
        return
    _print_shares(ratios)
    if (ratios > HIGH).sum() > TUTORIAL_SHARE * (len(ratios) if num_samples is None else num_samples):
        _say(f"Many pairs are near-duplicates: consider filtering out those above {HIGH}.", _WARNING)
    else:
        _say("Few pairs are near-duplicates: most differ clearly.", _FINE)
    if example:
        row, chosen, rejected = example
        _say(f"For example row {row}, with a ratio of {ratios[row]:.3f}:")
        _say(f"  chosen:   {chosen[:_EXCERPT]}")
        _say(f"  rejected: {rejected[:_EXCERPT]}")


def _print_shares(ratios: NDArray[np.float64]) -> None:
    """The mean, and how many ratios are high, medium and low."""
    rows, high, over_medium = len(ratios), int((ratios > HIGH).sum()), int((ratios > MEDIUM).sum())
    _say(f"Similarity of chosen and rejected texts ({rows:,} rows)")
    _say(f"  mean: {np.mean(ratios):.3f}")
    levels = {
        f"high (> {HIGH})": high,
        f"medium ({MEDIUM} to {HIGH})": over_medium - high,
        f"low (<= {MEDIUM})": rows - over_medium,
    }
    for level, count in levels.items():
        _say(f"  {level}: {count:,} ({100 * count / rows:.1f}%)")


def _first_rows(dataset: Any, num_samples: int | None) -> Iterator[pa.RecordBatch]:
    """The two texts of the first rows; of an iterable no more is taken."""
    left = sys.maxsize if num_samples is None else num_samples
    if left <= 0:
        return
    gives_rows = num_samples is not None and _gives_rows(dataset)
    source = Rows(islice(dataset, left), type(dataset).__name__) if gives_rows else open_source(dataset)
    with closing(source.read(_SCHEMA)) as batches:
        for batch in batches:
            for row in batch.skipped[:1]:
                if row.row < batch.first_row + left:
                    message = f"{row.source}, row {row.row}: {row.reason} ({row.detail})"
                    raise FormatError(message)
            records = batch.records.slice(0, left)
            if records.num_rows:
                yield records
            left -= batch.rows_in
            if left <= 0:
                return


def _gives_rows(dataset: Any) -> bool:
    """Whether iterating gives dicts, as lists, generators and `datasets` do; tables and paths give other things."""
    tabular = isinstance(dataset, str | bytes | dict) or any(
        hasattr(dataset, name) for name in ("__arrow_c_stream__", "__arrow_c_array__", "columns")
    )
    return hasattr(dataset, "__iter__") and not tabular


def _say(text: str, sign: tuple[str, str] = ("", "")) -> None:
    """Print, in what the output can show: a plain sign for an emoji, and ? for other characters."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    fancy, plain = sign
    try:
        fancy.encode(encoding)
    except UnicodeEncodeError:
        fancy = plain
    print((fancy + text).encode(encoding, "replace").decode(encoding))  # noqa: T201 - printing is what it does
