"""Settings: their values, and where each came from."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from prefaudit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

Value: TypeAlias = float | bool | str


@dataclass(frozen=True, slots=True)
class Setting:
    """One value, and where it came from: the default, an argument, the command line or a file."""

    value: Any
    origin: str = "default"


@dataclass(frozen=True, slots=True)
class Settings:
    """What was set away from the defaults, by name (`length-bias.warn`).

    Names may be written `length-bias.warn` or `length_bias_warn`. A later layer wins over an earlier one.

    Example:
        >>> settings = Settings.of_arguments({"length_bias_warn": 0.03})
        >>> settings.resolve("length-bias", {"warn": 0.05, "fail": 0.1})["warn"]
        Setting(value=0.03, origin='argument')
    """

    layers: tuple[tuple[str, Mapping[str, tuple[str, Any]]], ...] = ()  # by canonical name: as written, and the value

    @classmethod
    def of_arguments(cls, values: Mapping[str, Any]) -> Self:
        """Settings given as keyword arguments in Python."""
        return cls.of(values, "argument")

    @classmethod
    def of_command_line(cls, assignments: Iterable[str]) -> Self:
        """Settings given as `NAME=VALUE` on the command line."""
        values = {}
        for assignment in assignments:
            name, equals, value = assignment.partition("=")
            if not equals:
                message = f"--set {assignment}: write NAME=VALUE, as in --set length-bias.warn=0.03"
                raise ConfigError(message)
            values[name.strip()] = value.strip()
        return cls.of(values, "--set")

    @classmethod
    def of(cls, values: Mapping[str, Any], origin: str) -> Self:
        """Settings from elsewhere, by name; `origin` says from where."""
        return cls(((origin, {_canonical(name): (name, value) for name, value in values.items()}),))

    def __or__(self, later: Settings) -> Settings:
        """These settings, with those of `later` on top."""
        return Settings(self.layers + later.layers)

    def resolve(self, check: str, defaults: Mapping[str, Value]) -> dict[str, Setting]:
        """The settings of one check: its defaults, and on top what was set."""
        return {name: self._resolve(f"{check}.{name}", default) for name, default in defaults.items()}

    def _resolve(self, name: str, default: Value) -> Setting:
        for origin, values in reversed(self.layers):
            if _canonical(name) in values:
                where = name if origin == "argument" else f"{name} ({origin})"
                return Setting(_parse(where, values[_canonical(name)][1], default), origin)
        return Setting(default)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Raise `ConfigError` for a name that is none of the `known` ones, with the closest of them."""
        names = {_canonical(name): name for name in known}
        for origin, values in self.layers:
            for name in values.keys() - names.keys():
                close = difflib.get_close_matches(name, names, n=1)
                hint = f"did you mean {names[close[0]]}?" if close else f"settings are: {', '.join(names.values())}"
                message = f"unknown setting {values[name][0]} ({origin}): {hint}"
                raise ConfigError(message)


def _canonical(name: str) -> str:
    return name.replace("-", "_").replace(".", "_")


def _parse(name: str, value: object, default: Value) -> Value:
    """A value of the default's kind, from the text of a command line or a value as it is."""
    if isinstance(default, bool):
        truth = {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
        if truth is None:
            message = f"{name}: {value!r} is neither true nor false"
            raise ConfigError(message)
        return truth
    if isinstance(default, str):
        if not isinstance(value, str):
            message = f"{name}: {value!r} is not text"
            raise ConfigError(message)
        return value
    try:
        number = float(value)  # type: ignore[arg-type]  # whatever float() takes is fine; the rest is refused below
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        message = f"{name}: {value!r} is not a number from 0 up"
        raise ConfigError(message)
    return number
