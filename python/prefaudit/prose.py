"""What texts are about, as far as that can be told without reading them: openings, terms, scripts, languages.

Every function takes a column of text as those of `kernels` do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from prefaudit import _core
from prefaudit.texts import TextBatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from prefaudit.texts import Column


def prompt_facts(prompts: Column, *, threads: int | None = None) -> pa.RecordBatch:
    """What can be told of prompts without reading them.

    Returns:
        Columns `said` (uint64: a hash of what `human_turns` gives, 0 where that is nothing), `template` (uint64: a
        hash of its first five tokens in lower case, runs of digits as `#`; 0 of a shorter one), `words` (int64, of the
        whole prompt) and `script` (the one of most letters; null without letters). A null is an empty prompt.

    Example:
        >>> facts = prompt_facts(["Write 3 lines on oaks and elms", "write 12 lines on oaks", "дуб", None])
        >>> one, two, three, four = facts.to_pylist()
        >>> one["template"] == two["template"], one["words"], three["script"], three["template"], four["said"]
        (True, 7, 'Cyrillic', 0, 0)
    """
    return _joined(prompts, lambda chunk: _core.prompt_facts(chunk, threads), pa.concat_batches)


def human_turns(prompts: Column, *, threads: int | None = None) -> pa.StringArray:
    r"""What the person said, a turn a line: of a prompt that is no transcript all of it. At most 4,000 bytes.

    Example:
        >>> human_turns(["\n\nHuman: Hi\n\nAssistant: Yes?\n\nHuman: Why?\n\nAssistant:", "Which oak?"]).to_pylist()
        ['Hi\nWhy?', 'Which oak?']
    """
    return _joined(prompts, lambda chunk: _core.human_turns(chunk, threads), pa.concat_arrays)


def languages(texts: Column, *, threads: int | None = None) -> pa.RecordBatch:
    """What texts seem to be written in, told from the trigrams and letters of their first 2,000 bytes (whatlang).

    Returns:
        Columns `script` (the name of the one of most letters), `language` (its ISO 639-1 code), `confidence` (from 0
        to 1: how far the next likely one is behind; up to 0.9 it is a guess) and `letters` (how many that
        rests on). All null where there are no letters.

    Example:
        >>> languages(["Welcher Baum verliert im Herbst seine Blätter?", "12"])["language"].to_pylist()
        ['de', None]
    """
    return _joined(texts, lambda chunk: _core.languages(chunk, threads), pa.concat_batches)


def term_counts(texts: Column, *, threads: int | None = None) -> pa.ListArray:
    """The terms of each text, whatever their case: runs of letters, marks and numbers.

    A letter of a script without spaces between words is a term of its own.

    Returns:
        For each text a list of `term` (uint64, a hash), `count`, and the bytes from `start` to `end` where it comes
        first; sorted by hash. Null for null.

    Example:
        >>> (terms,) = term_counts(["An oak is an OAK"]).to_pylist()
        >>> sorted((term["start"], term["end"], term["count"]) for term in terms)
        [(0, 2, 2), (3, 6, 2), (7, 9, 1)]
    """
    return _joined(texts, lambda chunk: _core.term_counts(chunk, threads), pa.concat_arrays)


def _joined(
    texts: Column, kernel: Callable[[_core.TextColumn], pa.Array], join: Callable[[list[pa.Array]], pa.Array]
) -> pa.Array:
    """What a kernel gives for each chunk of a column, joined."""
    batch = texts if isinstance(texts, TextBatch) else TextBatch(texts)
    parts = [kernel(chunk) for chunk in batch.columns]
    return parts[0] if len(parts) == 1 else join(parts)
