"""Prompts that are repeated at the head of both responses: how that is told, and the cut."""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

from prefaudit.formats.transcripts import holds_transcripts

if TYPE_CHECKING:
    from prefaudit.sources.base import Sample

_COLUMNS = ("prompt", "chosen", "rejected")
#: Characters of a prompt that nobody begins an answer with by chance.
_LONG = 16
#: Different rows with a long prompt that must repeat it; one is enough where the texts are transcripts with turns.
_SEVERAL = 3
#: The share of rows that must: a few may be broken.
_NEARLY_ALL = 0.9


def repeats_prompt(sample: Sample) -> bool:
    """Whether rows that have a prompt repeat it at the head of both responses.

    An answer may begin with the words of a short question ("Why" and "Why not?"), so that it takes several rows with
    long prompts, and nearly all rows, to say so.
    """
    rows: list[tuple[Any, ...]] = [tuple(row.get(name) for name in _COLUMNS) for row in sample.rows]
    whole = [texts for texts in rows if all(isinstance(text, str) for text in texts) and texts[0]]
    repeating = [texts for texts in whole if _repeats(*texts)]
    telling = {texts for texts in repeating if len(texts[0]) >= _LONG}
    enough = 1 if holds_transcripts(sample) else _SEVERAL
    return len(telling) >= enough and len(repeating) >= _NEARLY_ALL * len(whole)


def without_prompt(columns: dict[str, pa.Array]) -> tuple[dict[str, pa.Array], int]:
    """The responses without the prompt where both repeat it, and what stood there; and in how many rows they do."""
    prompts, chosen, rejected = (cast("list[str]", columns[name].to_pylist()) for name in _COLUMNS)
    cuts = list(starmap(_cut, zip(prompts, chosen, rejected, strict=True)))
    cut = {
        "chosen": _tails(chosen, cuts),
        "rejected": _tails(rejected, cuts),
        "chosen_full": columns["chosen"],
        "rejected_full": columns["rejected"],
    }
    return cut, sum(size > 0 for size in cuts)


def _cut(prompt: str, chosen: str, rejected: str) -> int:
    return len(prompt) if _repeats(prompt, chosen, rejected) else 0


def _repeats(prompt: Any, *responses: Any) -> bool:
    return all(response.startswith(prompt) and _ends_there(prompt, response) for response in responses)


def _ends_there(prompt: str, response: str) -> bool:
    """Whether a short prompt ends where a word of the response does: "pri" is not repeated by "print"."""
    following = response[len(prompt) : len(prompt) + 1]
    return len(prompt) >= _LONG or not (prompt[-1:].isalnum() and following.isalnum())


def _tails(texts: list[str], starts: list[int]) -> pa.StringArray:
    return pa.array([text[start:] for text, start in zip(texts, starts, strict=True)], type=pa.string())
