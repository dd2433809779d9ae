"""Audits human-preference data: exact, fast, and honest about what it cannot know.

Importing this package loads nothing heavy: each public name is imported when it is first used (PEP 562).
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prefaudit.audit import audit
    from prefaudit.data import PreferenceData
    from prefaudit.errors import (
        ConfigError,
        FormatError,
        MissingPackageError,
        PrefauditError,
        SourceError,
        TextTypeError,
        TextValueError,
        VerdictError,
    )
    from prefaudit.filtering import Filtered, filter  # noqa: A004 - what everybody calls it
    from prefaudit.kernels import char_counts, length_stats, matching_blocks, ratio, ratios, word_counts
    from prefaudit.load import load
    from prefaudit.report.model import Example, Finding, Report, Verdict
    from prefaudit.splitting import leakage, split
    from prefaudit.tutorial import analyze_preference_dataset, check_similarity

__all__ = [
    "ConfigError",
    "Example",
    "Filtered",
    "Finding",
    "FormatError",
    "MissingPackageError",
    "PrefauditError",
    "PreferenceData",
    "Report",
    "SourceError",
    "TextTypeError",
    "TextValueError",
    "Verdict",
    "VerdictError",
    "__version__",
    "analyze_preference_dataset",
    "audit",
    "char_counts",
    "check_similarity",
    "filter",
    "leakage",
    "length_stats",
    "load",
    "matching_blocks",
    "ratio",
    "ratios",
    "split",
    "word_counts",
]

_HOME = {
    "audit": "audit",
    **dict.fromkeys(["Filtered", "filter"], "filtering"),
    **dict.fromkeys(["leakage", "split"], "splitting"),
    "load": "load",
    "PreferenceData": "data",
    **dict.fromkeys(["Example", "Finding", "Report", "Verdict"], "report.model"),
    "analyze_preference_dataset": "tutorial",
    "check_similarity": "tutorial",
    **dict.fromkeys(["char_counts", "length_stats", "matching_blocks", "ratio", "ratios", "word_counts"], "kernels"),
    **dict.fromkeys(
        [
            "ConfigError",
            "FormatError",
            "MissingPackageError",
            "PrefauditError",
            "SourceError",
            "TextTypeError",
            "TextValueError",
            "VerdictError",
        ],
        "errors",
    ),
}


class _Package(ModuleType):
    """A package whose public names win over submodules of the same name (`audit`, `load`)."""

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute; importing `prefaudit.audit` leaves `prefaudit.audit` the function."""
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("prefaudit")
    if name not in _HOME:
        message = f"module 'prefaudit' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"prefaudit.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
