"""Texts from data as people see them: signs for control characters, so that none can clear a screen or turn a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from prefaudit.report.json import as_dict, of_dict

if TYPE_CHECKING:
    from prefaudit.report.model import Report

#: Control characters but for tabs and ends of lines, and what changes the direction of all that follows.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)")
_PICTURES, _DELETE = 0x2400, 0x7F


def visible(text: str) -> str:
    r"""The text with a sign for each character that would act on a terminal instead of being seen.

    Example:
        >>> visible("\x1b[31mred\n\u202e\x9b")
        '␛[31mred\n<U+202E><U+009B>'
    """
    return _HIDDEN.sub(_sign, text)


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < _DELETE:
        return chr(_PICTURES + code)
    return "␡" if code == _DELETE else f"<U+{code:04X}>"


def as_seen(report: Report) -> Report:
    """The report with every text in it `visible`."""
    return of_dict(_seen(as_dict(report)))


def _seen(value: Any) -> Any:
    match value:
        case str():
            return visible(value)
        case dict():
            return {_seen(key): _seen(item) for key, item in value.items()}
        case list() | tuple():
            return [_seen(item) for item in value]
        case _:
            return value
