r"""Transcripts in Anthropic's notation: "\n\nHuman: ... \n\nAssistant: ..."."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prefaudit.sources.base import Sample

_HUMAN, _ASSISTANT = "\n\nHuman:", "\n\nAssistant:"
#: Rows of a sample that must be transcripts for the data to be: a few may be broken.
_MOST = 0.5


def holds_transcripts(sample: Sample) -> bool:
    """Whether `chosen` and `rejected` hold whole transcripts."""
    return all(_are_transcripts(sample.values(name)) for name in ("chosen", "rejected"))


def _are_transcripts(values: list[object]) -> bool:
    found = sum(isinstance(text, str) and text.startswith(_HUMAN) and _ASSISTANT in text for text in values)
    return bool(values) and found / len(values) > _MOST
