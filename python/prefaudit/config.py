"""Settings: their values, and where each came from."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from prefaudit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Value: TypeAlias = float | bool | str


@dataclass(frozen=True, slots=True)
class Setting:
    """One value, and where it came from: the default, an argument, the command line or a file."""

    value: Value
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

    layers: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @classmethod
    def of_arguments(cls, values: Mapping[str, Any]) -> Self:
        """Settings given as keyword arguments in Python."""
        return cls((("argument", {_canonical(name): value for name, value in values.items()}),))

    @classmethod
    def of_command_line(cls, assignments: Iterable[str]) -> Self:
        """Settings given as `NAME=VALUE` on the command line."""
        values = {}
        for assignment in assignments:
            name, equals, value = assignment.partition("=")
            if not equals:
                message = f"--set {assignment}: write NAME=VALUE, as in --set length-bias.warn=0.03"
                raise ConfigError(message)
            values[_canonical(name.strip())] = value.strip()
        return cls((("--set", values),))

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """Settings in a TOML file with a table for each check: `[length-bias]`, then `warn = 0.03`."""
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            message = f"{path}: the settings cannot be read: {error}"
            raise ConfigError(message) from error
        values: dict[str, Any] = {}
        for check, table in tables.items():
            if not isinstance(table, dict):
                message = f"{path}: {check} stands outside a table; write it under [CHECK], as in [length-bias]"
                raise ConfigError(message)
            values |= {_canonical(f"{check}.{name}"): value for name, value in table.items()}
        return cls(((str(path), values),))

    def __or__(self, later: Settings) -> Settings:
        """These settings, with those of `later` on top."""
        return Settings(self.layers + later.layers)

    def resolve(self, check: str, defaults: Mapping[str, Value]) -> dict[str, Setting]:
        """The settings of one check: its defaults, and on top what was set."""
        return {name: self._resolve(f"{check}.{name}", default) for name, default in defaults.items()}

    def _resolve(self, name: str, default: Value) -> Setting:
        for origin, values in reversed(self.layers):
            if _canonical(name) in values:
                return Setting(_parse(name, values[_canonical(name)], default), origin)
        return Setting(default)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Raise `ConfigError` for a name that is none of the `known` ones, with the closest of them."""
        names = {_canonical(name): name for name in known}
        for origin, values in self.layers:
            for name in values.keys() - names.keys():
                close = difflib.get_close_matches(name, names, n=1)
                hint = f"did you mean {names[close[0]]}?" if close else f"settings are: {', '.join(names.values())}"
                message = f"unknown setting {name} ({origin}): {hint}"
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
