"""What can be chosen about a format: its options, by name."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from prefaudit.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Option:
    """One choice that a format leaves to its user.

    Args:
        default: the value without a choice; None where leaving it open means something of its own.
        help: what it does, in one line.
        choices: the values it can have; empty for any of its type.
        kind: what it is read as from a command line.
    """

    default: Any
    help: str
    choices: tuple[str, ...] = ()
    kind: type = str

    def parse(self, name: str, value: Any) -> Any:
        """`value` as the option's type.

        Raises:
            FormatError: if it cannot be that.
        """
        if value is None:
            return None
        try:
            parsed = self.kind(value)
        except (TypeError, ValueError):
            msg = f"the option {name} is a {_WORDS[self.kind]}, not {value!r}"
            raise FormatError(msg) from None
        if self.choices and parsed not in self.choices:
            msg = f"the option {name} is one of {', '.join(self.choices)}, not {value!r}"
            raise FormatError(msg)
        return parsed


_WORDS = {int: "whole number", float: "number", str: "text"}


def chosen_options(format_name: str, options: Mapping[str, Option], given: Mapping[str, Any]) -> dict[str, Any]:
    """The value of every option of a format.

    Raises:
        FormatError: if one is given that the format does not have, or that has no such value.
    """
    for name in given:
        if name not in options:
            raise FormatError(_unknown(format_name, name, options))
    return {name: option.parse(name, given.get(name, option.default)) for name, option in options.items()}


def _unknown(format_name: str, name: str, options: Mapping[str, Option]) -> str:
    near = get_close_matches(name, options, 1)
    known = f"it has {', '.join(options)}" if options else "it has none"
    return f"format '{format_name}' has no option {name}" + (f": did you mean {near[0]}?" if near else f"; {known}")
