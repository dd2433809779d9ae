"""What a filter is: which pairs to drop, and why."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from prefaudit.checks.registry import check_class
from prefaudit.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from prefaudit.checks.base import Check
    from prefaudit.pairs import PairBatch


@dataclass(frozen=True, slots=True)
class Dropped:
    """The pairs of a batch that a filter drops.

    Attributes:
        reason: why, in a few words.
        rows: true where a pair is dropped.
        figures: for each pair of the batch the figure that decided; NaN where there is none.
    """

    reason: str
    rows: NDArray[np.bool_]
    figures: NDArray[np.float64]

    @classmethod
    def of(cls, reason: str, rows: NDArray[np.bool_], figures: NDArray[Any] | None = None) -> Self:
        """`Dropped`; without figures they are NaN."""
        values = np.full(len(rows), np.nan) if figures is None else figures.astype(np.float64)
        return cls(reason, rows, values)


class Filter(ABC):
    """Drops pairs; it never changes one.

    A subclass is a dataclass: its fields are what can be set, in Python by name, on the command line as
    `id:first` or `id:name=value,name=value`. Where it takes the whole data set to decide (`observes`), every batch is
    shown to `observe` first; then `mask` is asked for each, in the same order.
    """

    #: How it is called on the command line and in reports.
    id: ClassVar[str]
    #: The check whose verdict it is for; None where there is none.
    check: ClassVar[str | None] = None
    #: The columns of `pairs.SCHEMA` that it goes by. A single batch may lack one; data that never have it are refused.
    needs: ClassVar[tuple[str, ...]] = ()
    #: Whether `observe` has to see all pairs before the first `mask`.
    observes: ClassVar[bool] = False

    @property
    def only_flags(self) -> bool:
        """Whether pairs are named, but stay."""
        return False

    def judge(self) -> Check:
        """A new check of the kind `check`, set as this filter is."""
        return check_class(str(self.check))()

    def observe(self, batch: PairBatch) -> None:  # noqa: B027 - most filters need no look ahead
        """Look at some pairs, before any is dropped."""

    def settle(self) -> None:  # noqa: B027 - as above
        """Decide, now that all pairs were observed."""

    @abstractmethod
    def mask(self, batch: PairBatch) -> list[Dropped]:
        """What to drop of a batch, by reason; no pair is in two of them."""

    @classmethod
    def of(cls, text: str) -> Filter:
        """The filter with what follows its id on a command line: `0.9` or `texts=full,autojunk=true`.

        Raises:
            ConfigError: if there is no such setting, or it cannot have the value.
        """
        known = {field.name: field for field in fields(cls) if field.init}  # type: ignore[arg-type]  # subclasses are
        values: dict[str, Any] = {}
        for at, part in enumerate(part.strip() for part in text.split(",") if part.strip()):
            name, equals, value = part.partition("=")
            if not equals and at == 0 and known:
                name, value = next(iter(known)), part
            name = name.strip().replace("-", "_")
            if name not in known:
                settings = f"it has {', '.join(known)}" if known else "it has none"
                msg = f"the filter {cls.id} has no setting {name}: {settings}"
                raise ConfigError(msg)
            values[name] = _parsed(f"{cls.id}:{name}", value.strip(), str(known[name].type))
        return cls(**values)

    def __str__(self) -> str:
        """The filter as it is written on a command line."""
        own = [(field, getattr(self, field.name)) for field in fields(self) if field.init]  # type: ignore[arg-type]
        changed = [f"{field.name}={_written(value)}" for field, value in own if value != field.default]
        return f"{self.id}:{','.join(changed)}" if changed else self.id


def numbers(batch: PairBatch, name: str) -> NDArray[np.float64]:
    """A column of numbers, NaN where a pair has none."""
    column = batch.column(name)
    if column is None:
        return np.full(len(batch), np.nan)
    found: NDArray[np.float64] = column.to_numpy(zero_copy_only=False).astype(np.float64)
    return found


def positive(name: str, value: float) -> None:
    """Refuse a value below 1.

    Raises:
        ConfigError: if it is.
    """
    if not value >= 1:
        msg = f"{name} is {value:g}, but must be at least 1"
        raise ConfigError(msg)


def one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Refuse a value that is none of the choices.

    Raises:
        ConfigError: if it is none.
    """
    if value not in choices:
        msg = f"{name} is one of {', '.join(choices)}, not {value!r}"
        raise ConfigError(msg)


def _truth(text: str) -> bool:
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.lower()]


#: How the text of a command line becomes a value of a field, by the field's annotation.
_KINDS: dict[str, Callable[[str], Any]] = {
    "float": float,
    "float | None": float,
    "int": int,
    "int | None": int,
    "bool": _truth,
    "str": str,
    "str | None": str,
    "Any": str,
    "tuple[str, ...]": lambda text: tuple(part for part in text.split("|") if part),
}


def _parsed(name: str, text: str, kind: str) -> Any:
    try:
        return _KINDS[kind](text)
    except (KeyError, ValueError) as error:
        msg = f"{name}: {text!r} is not {_WORDS.get(kind.removesuffix(' | None'), 'what it can be')}"
        raise ConfigError(msg) from error


_WORDS = {"float": "a number", "int": "a whole number", "bool": "true or false"}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "|".join(value)
    # Of a tokenizer its name, not all that it says of itself.
    return f"{value}" if isinstance(value, int | float | str) else named(value)


def named(tokenizer: Any) -> str:
    """What to call a tokenizer: its name or folder, else its kind."""
    if isinstance(tokenizer, str | os.PathLike):
        return os.fspath(tokenizer)
    return str(getattr(tokenizer, "name_or_path", "") or type(tokenizer).__name__)
