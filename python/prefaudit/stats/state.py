"""What every part of a check's state can do, and the simplest part: named counts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self


class State(ABC):
    """A mergeable value: a commutative monoid whose zero is what the constructor gives.

    Sums are integers, so that any split of the rows, merged in any order, gives the same bits.
    """

    @abstractmethod
    def merge(self, other: Self) -> None:
        """Add what `other` has seen."""

    @abstractmethod
    def to_state(self) -> Any:
        """The value in terms that JSON carries exactly."""

    @abstractmethod
    def load_state(self, state: Any) -> None:
        """Become what `to_state` gave."""


class Compound(State):
    """A state made of the states in its attributes."""

    def _parts(self) -> dict[str, State]:
        return {name: value for name, value in vars(self).items() if isinstance(value, State)}

    def merge(self, other: Self) -> None:
        """Merge each part with that of `other`."""
        theirs = other._parts()
        for name, part in self._parts().items():
            part.merge(theirs[name])

    def to_state(self) -> dict[str, Any]:
        """The value of each part by name."""
        return {name: part.to_state() for name, part in self._parts().items()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Become what `to_state` gave."""
        for name, part in self._parts().items():
            part.load_state(state[name])


class Counts(State):
    """Integer totals by name; one that was never added is 0.

    Example:
        >>> counts = Counts()
        >>> counts.add(rows=2, ties=1)
        >>> counts["rows"], counts["left_out"]
        (2, 0)
    """

    def __init__(self) -> None:
        self._totals: dict[str, int] = {}

    def __getitem__(self, name: str) -> int:
        return self._totals.get(name, 0)

    def add(self, **amounts: int) -> None:
        """Add each amount to the total of its name."""
        for name, amount in amounts.items():
            self._totals[name] = self[name] + int(amount)

    def merge(self, other: Self) -> None:
        """Add the totals of `other`."""
        self.add(**other._totals)

    def to_state(self) -> dict[str, int]:
        """The totals, sorted by name; zeros are left out, for they say nothing."""
        return {name: total for name, total in sorted(self._totals.items()) if total}

    def load_state(self, state: dict[str, int]) -> None:
        """Become what `to_state` gave."""
        self._totals = dict(state)
