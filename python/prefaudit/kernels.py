"""The text kernels: any column of text in, an Arrow array out.

Every function takes a pyarrow Array or ChunkedArray (string, large string, string view, dictionary, with
nulls, sliced), anything that speaks the Arrow C interface (a polars Series), a column of a `datasets.Dataset`,
a pandas Series or a list of str. Arrow text is read where it lies. `threads=None` uses every core that this
process may use. The GIL is released meanwhile, and Ctrl-C in the main thread stops a call within 0.2 s.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

import pyarrow as pa

from prefaudit import _core
from prefaudit.errors import TextTypeError, TextValueError
from prefaudit.texts import Column, TextBatch, column_pairs, column_sets, columns_of, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prefaudit.lengths import LengthStats


class Match(NamedTuple):
    """A block of equal text: `x[a:a+size] == y[b:b+size]`; compares equal to difflib's own."""

    a: int
    b: int
    size: int


class Sameness(IntEnum):
    """The least that has to be taken away for two texts to be the same."""

    DIFFERENT = 0
    BYTES = 1
    WHITESPACE = 2
    CASE_PUNCTUATION = 3


def ratio(a: str, b: str, *, autojunk: bool = True) -> float:
    """The similarity of two texts: `difflib.SequenceMatcher(None, a, b, autojunk).ratio()`, bit for bit.

    Args:
        a: the first text. The ratio is not symmetric.
        b: the second text.
        autojunk: whether characters that make up over 1% of a `b` of 200 or more characters start no match,
            which is difflib's default.

    Raises:
        TextTypeError: an argument is not a str.
        TextValueError: an argument holds a lone surrogate, which is not text.

    Example:
        >>> ratio("private thread", "private volatile")
        0.6666666666666666
    """
    with _Scalar(a, b):
        return _core.ratio(a, b, autojunk)


def matching_blocks(a: str, b: str, *, autojunk: bool = True) -> list[Match]:
    """The blocks that two texts share, as difflib's `get_matching_blocks()` lists them.

    Offsets and sizes are in code points; the last block is empty and stands at the end of both texts.

    Raises:
        TextTypeError: an argument is not a str.
        TextValueError: an argument holds a lone surrogate.

    Example:
        >>> matching_blocks("abxcd", "abcd")
        [Match(a=0, b=0, size=2), Match(a=3, b=2, size=2), Match(a=5, b=4, size=0)]
    """
    with _Scalar(a, b):
        return [Match(*block) for block in _core.matching_blocks(a, b, autojunk)]


def ratios(
    a: Column,
    b: Column,
    *,
    autojunk: bool = True,
    score_cutoff: float | None = None,
    threads: int | None = None,
) -> pa.DoubleArray:
    """The `ratio` of each row of two columns.

    Args:
        a: the first texts.
        b: the second texts, as many.
        autojunk: as in `ratio`.
        score_cutoff: a ratio below it becomes 0.0, often without a search.
        threads: how many threads to use; None for every core this process may use.

    Returns:
        One ratio a row, in [0, 1]; null where either text is null.

    Raises:
        TextTypeError: a column is not text; the message names the row where there is one.
        TextValueError: the columns differ in length, or a text holds a lone surrogate.

    Example:
        >>> ratios(["same", "ab", None], ["same", "cd", "x"]).to_pylist()
        [1.0, 0.0, None]
    """
    cutoff = _checked_cutoff(score_cutoff)
    return _pairwise(a, b, lambda x, y: _core.ratios(x, y, autojunk, cutoff, _checked_threads(threads)), pa.float64())


def both_ratios(
    a: Column, b: Column, *, strip: bool = False, threads: int | None = None
) -> tuple[pa.DoubleArray, pa.DoubleArray]:
    """The `ratios` of two columns with autojunk off and with autojunk on, for little more than one of them.

    With `strip`, of the texts without the whitespace around them. Texts `b` of fewer than 200 characters have no
    popular characters, so that both ratios are one.

    Example:
        >>> exact, autojunk = both_ratios(["abc"], ["abd"])
        >>> exact.to_pylist() == autojunk.to_pylist() == [2 / 3]
        True
    """
    parts = [_core.both_ratios(x, y, strip, _checked_threads(threads)) for x, y in column_pairs(a, b)]
    exact, autojunk = (joined([part[mode] for part in parts], pa.float64()) for mode in range(2))
    return exact, autojunk


def word_counts(texts: Column, *, threads: int | None = None) -> pa.Int64Array:
    """The words of each text: `len(text.split())`, null for null.

    Raises:
        TextTypeError: the column is not text.
        TextValueError: a text holds a lone surrogate.

    Example:
        >>> word_counts(["two words", "", None]).to_pylist()
        [2, 0, None]
    """
    return _rowwise(texts, lambda x: _core.word_counts(x, _checked_threads(threads)), pa.int64())


def char_counts(texts: Column, *, threads: int | None = None) -> pa.Int64Array:
    """The code points of each text: `len(text)`, null for null.

    Raises:
        TextTypeError: the column is not text.
        TextValueError: a text holds a lone surrogate.

    Example:
        >>> char_counts(["naïve", ""]).to_pylist()
        [5, 0]
    """
    return _rowwise(texts, lambda x: _core.char_counts(x, _checked_threads(threads)), pa.int64())


def length_stats(
    texts: Column,
    *,
    unit: Literal["words", "chars"] = "words",
    quantiles: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
    bins: int = 20,
    threads: int | None = None,
) -> LengthStats:
    """How long the texts of a column are.

    Args:
        texts: the column.
        unit: whether to count words (as `word_counts`) or code points (as `char_counts`).
        quantiles: fractions between 0 and 1.
        bins: the most bins that the histogram may have.
        threads: as in `ratios`.

    Returns:
        Count, nulls, mean, median, quantiles, least, greatest and histogram; all from integers, without rounding
        before the last division. Of a column without texts they are None.

    Raises:
        TextTypeError: the column is not text.
        TextValueError: a text holds a lone surrogate, or an argument has a value it cannot have.

    Example:
        >>> stats = length_stats(["one", "one two", "one two three four", None])
        >>> stats.count, stats.nulls, stats.median, stats.max
        (3, 1, 2.0, 4)
        >>> stats.histogram.edges, stats.histogram.counts
        ((1, 2, 3, 4, 5), (1, 1, 0, 1))
    """
    from prefaudit.lengths import summarize

    counters = {"words": word_counts, "chars": char_counts}
    if unit not in counters:
        message = f'unit must be "words" or "chars", got {unit!r}'
        raise TextValueError(message)
    return summarize(counters[unit](texts, threads=threads), unit=unit, quantiles=quantiles, bins=bins)


def text_hashes(texts: Column, *, threads: int | None = None) -> pa.FixedSizeBinaryArray:
    """A 128-bit hash (XXH3) of each text, the same on every machine; null for null.

    Example:
        >>> a, b, c = text_hashes(["x", "y", "x"]).to_pylist()
        >>> a == c, a == b, len(a)
        (True, False, 16)
    """
    return _rowwise(texts, lambda x: _core.text_hashes(x, _checked_threads(threads)), pa.binary(16))


def text_marks(texts: Column, *, threads: int | None = None) -> pa.UInt8Array:
    """The `Marks` of each text, as bits; null for null.

    Example:
        >>> from prefaudit.marks import Marks
        >>> [Marks(found).name for found in text_marks([" ", "a <|im_end|>", "caf\u00c3\u00a9"]).to_pylist()]
        ['BLANK', 'OPENED', 'MISREAD']
    """
    return _rowwise(texts, lambda x: _core.text_marks(x, _checked_threads(threads)), pa.uint8())


def sameness(a: Column, b: Column, *, threads: int | None = None) -> pa.UInt8Array:
    """How alike the two texts of each row are: a `Sameness`, null where either is null.

    Example:
        >>> sameness(["Yes.", "Yes", "No"], ["Yes.", "yes!", "Yes"]).to_pylist()
        [1, 3, 0]
    """
    return _pairwise(a, b, lambda x, y: _core.sameness(x, y, _checked_threads(threads)), pa.uint8())


def text_features(
    prompts: Column, a: Column, b: Column, *, threads: int | None = None
) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """What can be counted of two responses to each prompt without reading them.

    Args:
        prompts: the prompts; a null is an empty one.
        a: the first responses, as many.
        b: the second responses, as many.
        threads: as in `ratios`.

    Returns:
        For `a` and for `b` a batch of int64 columns, null where the response is: `lines` that are not blank,
        `list_items` (lines that open with a bullet or a number), `code_marks` (runs of backticks), `questions`
        (question marks), `refusals` (phrases of refusal or apology), `terms` (runs of letters, marks and
        numbers; each letter of a script without spaces), `prompt_terms` (those that the prompt holds too, in
        any case), ASCII `digits`, `capitals`, and `punctuation` (with the symbols of ASCII).

    Raises:
        TextTypeError: a column is not text.
        TextValueError: the columns differ in length, or a text holds a lone surrogate.

    Example:
        >>> a, b = text_features(["Which oak?"], ["1. The OAK?"], ["I can't say"])
        >>> a.to_pylist()[0]["prompt_terms"], a.to_pylist()[0]["list_items"], b.to_pylist()[0]["refusals"]
        (1, 1, 1)
    """
    columns = {"prompts": prompts, "a": a, "b": b}
    parts = [_core.text_features(x, y, z, _checked_threads(threads)) for x, y, z in column_sets(columns)]
    first, second = (_joined_batches([part[side] for part in parts]) for side in range(2))
    return first, second


def letter_counts(texts: Column, *, threads: int | None = None) -> tuple[int, int]:
    """All letters of a column, and how many belong to scripts without spaces (Chinese, Japanese, Thai, Lao, Khmer).

    Example:
        >>> letter_counts(["ab 你好", "c"])
        (5, 2)
    """
    counts = [_core.letter_counts(chunk, _checked_threads(threads)) for chunk in columns_of(texts, "texts")]
    return sum(total for total, _ in counts), sum(unspaced for _, unspaced in counts)


class CutTranscripts(NamedTuple):
    """What `cut_transcripts` found: the texts lie in the transcripts, of which nothing was copied.

    `status` (uint8) is 0 where the pair was cut, 1 where a further turn follows in one of the texts (they part before
    the last turn), 2 where no turn of the assistant opens in what they share, and then the texts are null. Where an
    input is null, all are null.
    """

    prompt: TextBatch
    chosen: TextBatch
    rejected: TextBatch
    status: pa.UInt8Array


def cut_transcripts(chosen: Column, rejected: Column, *, threads: int | None = None) -> CutTranscripts:
    r"""Cuts pairs of transcripts at the last "\n\nAssistant:" that both share.

    Example:
        >>> cut = cut_transcripts(["\n\nHuman: Hi\n\nAssistant: Hello"], ["\n\nHuman: Hi\n\nAssistant: No"])
        >>> cut.chosen.to_arrow().to_pylist(), cut.rejected.to_arrow().to_pylist()
        ([' Hello'], [' No'])
    """
    rows = [_core.cut_transcripts(x, y, _checked_threads(threads)) for x, y in column_pairs(chosen, rejected)]
    prompts, ours, theirs = (TextBatch.of_columns([row[k] for row in rows]) for k in range(3))
    return CutTranscripts(prompts, ours, theirs, joined([row[3] for row in rows], pa.uint8()))


class _Scalar:
    """Turns what PyO3 raises for two str arguments into prefaudit's own errors."""

    def __init__(self, a: object, b: object) -> None:
        for name, value in (("a", a), ("b", b)):
            if not isinstance(value, str):
                message = f"{name} must be a str, got {type(value).__name__}"
                raise TextTypeError(message)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, UnicodeEncodeError):
            message = f"a lone surrogate at character {error.start}: not valid text; use text.encode(errors='replace')"
            raise TextValueError(message) from None


def _rowwise(texts: Column, kernel: Callable[[_core.TextColumn], pa.Array], kind: pa.DataType) -> pa.Array:
    return joined([kernel(chunk) for chunk in columns_of(texts, "texts")], kind)


def _pairwise(
    a: Column, b: Column, kernel: Callable[[_core.TextColumn, _core.TextColumn], pa.Array], kind: pa.DataType
) -> pa.Array:
    return joined([kernel(x, y) for x, y in column_pairs(a, b)], kind)


def _joined_batches(parts: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(parts) == 1:
        return parts[0]
    columns = [pa.concat_arrays([part.column(k) for part in parts]) for k in range(parts[0].num_columns)]
    return pa.RecordBatch.from_arrays(columns, schema=parts[0].schema)


def _checked_cutoff(score_cutoff: float | None) -> float:
    if score_cutoff is None:
        return 0.0
    if not score_cutoff <= 1.0:
        message = f"score_cutoff must be at most 1, got {score_cutoff!r}"
        raise TextValueError(message)
    return float(score_cutoff)


def _checked_threads(threads: int | None) -> int | None:
    if threads is not None and threads < 1:
        message = f"threads must be at least 1 or None, got {threads!r}"
        raise TextValueError(message)
    return threads
