"""Which filters there are."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from prefaudit.errors import ConfigError
from prefaudit.filters.balance_length import BalanceLength
from prefaudit.filters.cap_per_prompt import CapPerPrompt
from prefaudit.filters.contradictions import Contradictions
from prefaudit.filters.domain import Domain
from prefaudit.filters.duplicates import Duplicates
from prefaudit.filters.empty import Empty
from prefaudit.filters.identical import Identical
from prefaudit.filters.language import Language
from prefaudit.filters.malformed import Malformed
from prefaudit.filters.min_agreement import MinAgreement
from prefaudit.filters.min_margin import MinMargin
from prefaudit.filters.near_duplicate import NearDuplicate
from prefaudit.filters.overlength import Overlength
from prefaudit.filters.scores import Scores
from prefaudit.filters.truncation_collapse import TruncationCollapse

if TYPE_CHECKING:
    from prefaudit.filters.base import Filter

#: In the order in which they are listed. A new filter adds its line here.
FILTERS: tuple[type[Filter], ...] = (
    Identical,
    NearDuplicate,
    Empty,
    Malformed,
    Overlength,
    TruncationCollapse,
    Duplicates,
    Contradictions,
    Scores,
    MinMargin,
    MinAgreement,
    CapPerPrompt,
    BalanceLength,
    Domain,
    Language,
)


def filter_of(text: str) -> Filter:
    """The filter that a text like `near-duplicate:0.9` stands for.

    Raises:
        ConfigError: if there is none of that id, or it cannot have these settings.

    Example:
        >>> filter_of("near-duplicate:0.8,texts=full")
        NearDuplicate(threshold=0.8, texts='full', autojunk=False)
    """
    name, _, settings = text.partition(":")
    return filter_class(name).of(settings)


def filter_class(name: str) -> type[Filter]:
    """The filter with this id.

    Raises:
        ConfigError: if there is none.
    """
    known = {one.id: one for one in FILTERS}
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
        msg = f"there is no filter {name}: {hint}"
        raise ConfigError(msg)
    return known[name]
