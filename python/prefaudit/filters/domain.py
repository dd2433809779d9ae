"""Pairs of other domains than the wanted ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prefaudit.checks.columns import as_mask
from prefaudit.errors import ConfigError
from prefaudit.filters.base import Dropped, Filter

if TYPE_CHECKING:
    from prefaudit.pairs import PairBatch


@dataclass
class Domain(Filter):
    """Keeps the pairs of some domains, or drops them. A pair without a domain is in none.

    Args:
        keep: the domains to keep (`a|b` on the command line).
        drop: the domains to drop instead.
    """

    id: ClassVar[str] = "domain"
    needs: ClassVar[tuple[str, ...]] = ("domain",)

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.keep) == bool(self.drop):
            msg = "domain takes the domains to keep or those to drop, as in domain:keep=chat|code"
            raise ConfigError(msg)

    def mask(self, batch: PairBatch) -> list[Dropped]:
        """Pairs outside those to keep, or inside those to drop."""
        column = batch.column("domain")
        listed = pa.array(self.keep or self.drop)
        named = np.zeros(len(batch), dtype=np.bool_) if column is None else as_mask(pc.is_in(column, listed))
        if self.keep:
            return [Dropped.of(f"domain is not {' or '.join(self.keep)}", ~named)]
        return [Dropped.of(f"domain is {' or '.join(self.drop)}", named)]
