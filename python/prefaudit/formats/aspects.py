"""Ratings of two responses by aspect, as the record's column `aspects` holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def aspects(chosen: Mapping[str, float | None], rejected: Mapping[str, float | None]) -> list[dict[str, Any]] | None:
    """The ratings of both responses, aspect by aspect: {name, chosen, rejected}.

    A rating that one of them lacks is None; an aspect that neither has is left out; without any, it is None.
    """
    names = [name for name in {**chosen, **rejected} if chosen.get(name) is not None or rejected.get(name) is not None]
    rated = [{"name": name, "chosen": chosen.get(name), "rejected": rejected.get(name)} for name in names]
    return rated or None
