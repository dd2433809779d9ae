"""Filters: which pairs to drop, one question a file."""

from prefaudit.filters.balance_length import BalanceLength
from prefaudit.filters.base import Dropped, Filter
from prefaudit.filters.cap_per_prompt import CapPerPrompt
from prefaudit.filters.contradictions import Contradictions
from prefaudit.filters.domain import Domain
from prefaudit.filters.duplicates import Duplicates
from prefaudit.filters.empty import Empty
from prefaudit.filters.identical import Identical
from prefaudit.filters.malformed import Malformed
from prefaudit.filters.min_agreement import MinAgreement
from prefaudit.filters.min_margin import MinMargin
from prefaudit.filters.near_duplicate import NearDuplicate
from prefaudit.filters.overlength import Overlength
from prefaudit.filters.registry import FILTERS, filter_of
from prefaudit.filters.scores import Scores
from prefaudit.filters.truncation_collapse import TruncationCollapse

__all__ = [
    "FILTERS",
    "BalanceLength",
    "CapPerPrompt",
    "Contradictions",
    "Domain",
    "Dropped",
    "Duplicates",
    "Empty",
    "Filter",
    "Identical",
    "Malformed",
    "MinAgreement",
    "MinMargin",
    "NearDuplicate",
    "Overlength",
    "Scores",
    "TruncationCollapse",
    "filter_of",
]
