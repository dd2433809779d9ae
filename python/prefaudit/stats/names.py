"""Names behind hashes, as many as a report could show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from prefaudit.stats.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable


class Names(State):
    """The names of the lowest hashes: of all where there are no more than `size`.

    Example:
        >>> names = Names()
        >>> names.add([7], ["gpt4"])
        >>> names[7], names[8]
        ('gpt4', '#0000000000000008')
    """

    def __init__(self, size: int = 4096) -> None:
        self._size = size
        self._names: dict[int, str] = {}

    def __getitem__(self, key: int) -> str:
        return self._names.get(int(key), f"#{int(key):016x}")

    def add(self, keys: Iterable[int], names: Iterable[str]) -> None:
        """Note the name of each key."""
        self._keep(zip((int(key) for key in keys), names, strict=True))

    def _keep(self, more: Iterable[tuple[int, str]]) -> None:
        # Two names with one hash: the first in order stands for both, whichever came first.
        for key, name in more:
            self._names[key] = min(name, self._names.get(key, name))
        if len(self._names) > self._size:
            self._names = dict(sorted(self._names.items())[: self._size])

    def merge(self, other: Self) -> None:
        """Add the names of `other`."""
        self._keep(other._names.items())

    def to_state(self) -> list[list[int | str]]:
        """Pairs of key and name, sorted."""
        return [[key, name] for key, name in sorted(self._names.items())]

    def load_state(self, state: list[tuple[int, str]]) -> None:
        """Become what `to_state` gave."""
        self._names = dict(state)
