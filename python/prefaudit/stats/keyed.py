"""States by name, where the names are only known once the rows are read: domains, aspects, kinds of defects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from prefaudit.stats.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

S = TypeVar("S", bound=State)


class Keyed(State, Generic[S]):
    """A state for each name, made when the name is first asked for: ask only to add something.

    Args:
        make: makes the zero of one state.

    Example:
        >>> from prefaudit.stats.state import Counts
        >>> votes = Keyed(Counts)
        >>> votes["code"].add(rows=2)
        >>> [(name, counts["rows"]) for name, counts in votes.items()]
        [('code', 2)]
    """

    def __init__(self, make: Callable[[], S]) -> None:
        self._make = make
        self._states: dict[str, S] = {}

    def __getitem__(self, name: str) -> S:
        return self._states.setdefault(name, self._make())

    def __contains__(self, name: str) -> bool:
        return name in self._states

    def __len__(self) -> int:
        return len(self._states)

    def items(self) -> Iterator[tuple[str, S]]:
        """Names and states, sorted by name."""
        yield from sorted(self._states.items(), key=lambda item: item[0])

    def merge(self, other: Self) -> None:
        """Merge the states of `other`, name by name."""
        for name, state in other.items():
            self[name].merge(state)

    def to_state(self) -> dict[str, Any]:
        """The value of each state by name."""
        return {name: state.to_state() for name, state in self.items()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Become what `to_state` gave."""
        self._states = {}
        for name, value in state.items():
            self[name].load_state(value)
