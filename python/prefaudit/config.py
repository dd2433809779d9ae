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
        """The settings of one check: its defaults, and on top what was set.

        The defaults say what a value can be: one of their kind, from 0 to 1 where they are, a whole number from 1 up
        where they are whole.

        Raises:
            ConfigError: for any other value, and where a FAIL would come before the WARN.
        """
        found = {name: self._resolve(f"{check}.{name}", default) for name, default in defaults.items()}
        _in_order(check, found, defaults)
        return found

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
                message = f"unknown setting {values[name][0]} ({origin}): {_nearest(name, names)}"
                raise ConfigError(message)


def _nearest(name: str, names: Mapping[str, str]) -> str:
    """What was meant, of names by their canonical ones: the closest, or all of the check that is named."""
    checks = {_canonical(known.partition(".")[0]) + "_" for known in names.values()}
    check = next((check for check in checks if name.startswith(check)), "")
    of_check = {known.removeprefix(check): written for known, written in names.items() if known.startswith(check)}
    if close := difflib.get_close_matches(name.removeprefix(check), of_check, n=1):
        return f"did you mean {of_check[close[0]]}?"
    if check:
        return f"there are {', '.join(of_check.values())}"
    return "there is no such check; prefaudit checks lists them, and prefaudit explain CHECK its settings"


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
    number = _number(value)
    if isinstance(default, int):
        if number is None or number < 1 or number != int(number):
            message = f"{name}: {value!r} is not a whole number from 1 up"
            raise ConfigError(message)
        return int(number)
    most = 1 if default <= 1 else math.inf
    if number is None or not 0 <= number <= most:
        message = f"{name}: {value!r} is not a number from 0 {'to 1' if most == 1 else 'up'}"
        raise ConfigError(message)
    return number


def _number(value: object) -> float | None:
    """The number that a value is or reads as, if it is a finite one."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]  # whatever float() takes is fine; the rest is refused
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _in_order(check: str, found: Mapping[str, Setting], defaults: Mapping[str, Value]) -> None:
    """Raise `ConfigError` where a FAIL would come before the WARN that it is worse than."""
    for name in found:
        worse = name.replace("warn", "fail", 1)
        if worse == name or worse not in found:
            continue
        warn, fail = found[name], found[worse]
        if (fail.value - warn.value) * (defaults[worse] - defaults[name]) < 0:  # type: ignore[operator]  # numbers
            message = (
                f"{check}.{name} is {warn.value:g} ({warn.origin}), which is beyond {check}.{worse},"
                f" {fail.value:g} ({fail.origin}): set both"
            )
            raise ConfigError(message)
