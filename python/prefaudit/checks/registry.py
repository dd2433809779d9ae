"""Which checks there are: the built-in ones, and those that other packages offer.

A package offers a check through the entry point group `prefaudit.checks`; the entry's name is the
check's id, its object the class.
"""

from __future__ import annotations

import difflib
import importlib
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from prefaudit.checks.base import Check
from prefaudit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

#: In the order of the report. A new check adds its line here.
_BUILT_IN = {
    "structure": "prefaudit.checks.structure:Structure",
    "identical": "prefaudit.checks.identical:Identical",
    "near-duplicate": "prefaudit.checks.near_duplicate:NearDuplicate",
    "duplicates": "prefaudit.checks.duplicates:Duplicates",
    "scores": "prefaudit.checks.scores:Scores",
    "truncation-collapse": "prefaudit.checks.truncation_collapse:TruncationCollapse",
    "leakage": "prefaudit.checks.leakage:Leakage",
    "length-bias": "prefaudit.checks.length_bias:LengthBias",
    "contradictions": "prefaudit.checks.contradictions:Contradictions",
    "criteria": "prefaudit.checks.criteria:Criteria",
    "coverage": "prefaudit.checks.coverage:Coverage",
    "shortcuts": "prefaudit.checks.shortcuts:Shortcuts",
    "position-bias": "prefaudit.checks.position_bias:PositionBias",
    "agreement": "prefaudit.checks.agreement:Agreement",
    "fatigue": "prefaudit.checks.fatigue:Fatigue",
}
GROUP = "prefaudit.checks"
#: Those that are repeated inside slices, where slices are asked for: shares of pairs.
SLICEABLE = ("structure", "identical", "near-duplicate", "duplicates", "length-bias", "scores")


@cache
def _offered() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def check_ids() -> list[str]:
    """The ids of all checks, the built-in ones first.

    Example:
        >>> check_ids()[:3]
        ['structure', 'identical', 'near-duplicate']
    """
    return [*_BUILT_IN, *(name for name in _offered() if name not in _BUILT_IN)]


def check_class(check_id: str) -> type[Check]:
    """The class of a check; `ConfigError` where there is none of that id or it cannot be loaded."""
    if check_id in _BUILT_IN:
        module, _, name = _BUILT_IN[check_id].partition(":")
        found = getattr(importlib.import_module(module), name)
    elif check_id in _offered():
        found = _load_offered(check_id)
    else:
        close = difflib.get_close_matches(check_id, check_ids(), n=1, cutoff=0.5)
        hint = f"did you mean {close[0]}?" if close else f"checks are: {', '.join(check_ids())}"
        message = f"unknown check {check_id}: {hint}"
        raise ConfigError(message)
    if not (isinstance(found, type) and issubclass(found, Check)):
        message = f"check {check_id}: {found!r} is not a prefaudit.checks.base.Check"
        raise ConfigError(message)
    return found


def check_classes(check_ids_: Iterable[str] | None = None) -> list[type[Check]]:
    """The classes of the named checks, or of all."""
    return [check_class(check_id) for check_id in (check_ids() if check_ids_ is None else dict.fromkeys(check_ids_))]


def _load_offered(check_id: str) -> object:
    entry = _offered()[check_id]
    try:
        return entry.load()
    except Exception as error:  # another package's import may fail in any way
        message = f"check {check_id}: {entry.value} cannot be loaded: {error}"
        raise ConfigError(message) from error
