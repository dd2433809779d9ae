"""A project's configuration: prefaudit.toml or pyproject.toml, under what the command line says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Self

from prefaudit.config import Setting, Settings
from prefaudit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a configuration file.

    Attributes:
        help: what it is for.
        default: its value where nobody says otherwise.
        kind: that of its values, where the default does not show it.
        setting: the setting of a check that it is another name for.
        is_place: whether it may be a path, which is then looked for beside the file first.
        choices: the values that it can have; none stands for any.
    """

    help: str
    default: Any
    kind: type = str
    setting: str = ""
    is_place: bool = False
    choices: tuple[str, ...] = ()

    def checked(self, name: str, value: Any, origin: str) -> Any:
        """The value, if it is of the default's kind.

        Raises:
            ConfigError: if not, or if it is none of the choices.
        """
        kind = self.kind if self.default is None else type(self.default)
        items = list(value) if isinstance(value, list) else []
        if name == "columns" and isinstance(value, dict):
            items = list(value.values())
        of_kind = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not of_kind or not all(isinstance(item, str) for item in items):
            message = f"{origin}: {name} is {_WORDS[kind]}, not {value!r}"
            raise ConfigError(message)
        if self.choices and value not in self.choices:
            message = f"{origin}: {name} is {' or '.join(self.choices)}, not {value}"
            raise ConfigError(message)
        return value


_WORDS = {str: "text", int: "a whole number", list: "a list of texts", dict: "a table of texts", bool: "true or false"}

#: The keys beside the tables of settings that each check has.
KEYS = {
    "select": Key("the checks to run; none stands for all", []),
    "ignore": Key("checks not to run", []),
    "by": Key("columns inside whose values the checks are repeated", []),
    "format": Key("the layout of the rows; told from the first ones where nothing is said", None),
    "columns": Key("the data's names for the columns that the format reads", {}),
    "options": Key("what the format leaves to its user", {}),
    "strict": Key("stop at the first row that cannot be used", False),  # noqa: FBT003 - the default
    "fail-on": Key("the verdict from which on the exit code is 1: warn or fail", None, choices=("warn", "fail")),
    "require": Key("checks that must come to a verdict", []),
    "tokenizer": Key("a tokenizer, by name or folder", None, setting="truncation-collapse.tokenizer", is_place=True),
    "max-length": Key("tokens to which a text is cut", None, int, setting="truncation-collapse.max_length"),
    "target-prompts": Key(
        "prompts that the data are meant for", None, setting="coverage.target_prompts", is_place=True
    ),
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """What was configured, and where: keys of `KEYS`, and settings of checks. A later one wins over an earlier one.

    Example:
        >>> file = Configuration({"ignore": Setting(["fatigue"], "prefaudit.toml")})
        >>> file.get("ignore"), file.get("select")
        (['fatigue'], [])
    """

    values: Mapping[str, Setting] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """What a file says: the table `[tool.prefaudit]` of a pyproject.toml, all of any other.

        Raises:
            ConfigError: if it cannot be read, or holds a key that does not exist.
        """
        tables = _read(path)
        if path.name == "pyproject.toml":
            tables = tables.get("tool", {}).get("prefaudit", {})
        values: dict[str, Setting] = {}
        settings: dict[str, Any] = {}
        for name, value in tables.items():
            key = name.replace("_", "-")
            if key in KEYS:
                checked = KEYS[key].checked(key, value, str(path))
                beside = path.parent / checked if KEYS[key].is_place else None
                values[key] = Setting(str(beside) if beside and beside.exists() else checked, str(path))
            elif isinstance(value, Mapping):
                settings |= {f"{name}.{inner}": setting for inner, setting in value.items()}
            else:
                message = f"{path}: there is no key {name}: {_nearest(name, KEYS)}"
                raise ConfigError(message)
        return cls(values, _named_otherwise(values) | Settings.of(settings, str(path)))

    @classmethod
    def of_command_line(cls, values: Mapping[str, Any], assignments: Iterable[str]) -> Self:
        """What was given as options; None and what is empty was not given."""
        given = {name: Setting(value, f"--{name}") for name, value in values.items() if value}
        return cls(given, Settings.of_command_line(assignments) | _named_otherwise(given))

    def __or__(self, later: Configuration) -> Configuration:
        """This configuration, with what `later` says on top."""
        return Configuration({**self.values, **later.values}, self.settings | later.settings)

    def get(self, name: str) -> Any:
        """The value of a key."""
        return self.setting(name).value

    def setting(self, name: str) -> Setting:
        """The value of a key and where it comes from."""
        return self.values.get(name, Setting(KEYS[name].default))

    def checks(self, known: Iterable[str]) -> list[str]:
        """The checks to run: the selected ones, or all of the `known`, without the ignored.

        Raises:
            ConfigError: if one does not exist, none is left, or a required one is not.
        """
        known = list(known)
        for key in ("select", "ignore", "require"):
            for name in self.get(key):
                if name not in known:
                    message = f"{self.setting(key).origin}: there is no check {name}: {_nearest(name, known)}"
                    raise ConfigError(message)
        left = [name for name in self.get("select") or known if name not in self.get("ignore")]
        if not left:
            message = "no check is left to run: all that are selected are ignored"
            raise ConfigError(message)
        if absent := [name for name in self.get("require") if name not in left]:
            message = (
                f"{self.setting('require').origin}: {', '.join(absent)} does not run: it is not selected, or ignored"
            )
            raise ConfigError(message)
        return list(dict.fromkeys(left))


def found_configuration(folder: Path) -> Configuration:
    """The configuration of the project that `folder` is in.

    It is taken from the closest folder, from `folder` up, that holds a prefaudit.toml, or a pyproject.toml with a
    table `[tool.prefaudit]`. Files do not add up, and where both are in one folder the first counts: as in ruff.
    """
    for place in (folder, *folder.parents):
        for path in (place / "prefaudit.toml", place / "pyproject.toml"):
            if path.is_file() and (path.name == "prefaudit.toml" or "prefaudit" in _read(path).get("tool", {})):
                return Configuration.of_file(path)
    return Configuration()


def _named_otherwise(values: Mapping[str, Setting]) -> Settings:
    """The settings of checks that keys are other names for."""
    found = Settings()
    for name, given in values.items():
        if KEYS[name].setting:
            found |= Settings.of({KEYS[name].setting: given.value}, given.origin)
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{path}: the configuration cannot be read: {error}"
        raise ConfigError(message) from error


def _nearest(name: str, known: Iterable[str]) -> str:
    known = list(known)
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
