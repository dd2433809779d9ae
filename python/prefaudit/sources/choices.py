"""What can be chosen of some sources and makes no sense for others."""

from __future__ import annotations

from prefaudit.errors import SourceError


def refuse(name: str, why: str, **choices: str | None) -> None:
    """Raise a `SourceError` if any of `choices` is given: to leave it aside in silence would read other rows.

    Args:
        name: the source.
        why: what about it makes the choices pointless, as in "has no splits".
        **choices: what may have been asked for.
    """
    for choice, value in choices.items():
        if value is not None:
            msg = f"{choice}='{value}' was given, but {name} {why}"
            raise SourceError(msg)
