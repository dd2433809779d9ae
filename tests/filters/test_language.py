"""Selecting by language."""

from __future__ import annotations

import pytest

from prefaudit.errors import ConfigError
from prefaudit.filters.registry import filter_of
from prefaudit.pairs import PairBatch

EN = "The oak loses its leaves in autumn because the days are getting shorter."
DE = "Die Eiche verliert im Herbst ihre Blätter, weil die Tage kürzer werden."
RU = "Дуб теряет листья осенью. Это известно каждому, кто хотя бы раз гулял в лесу в октябре и смотрел на них."


@pytest.mark.parametrize(
    ("text", "rows"), [("en", [1, 2]), ("en|de", [2]), ("keep=en,unsure=false", [1, 2, 3]), ("ru", [0, 1])]
)
def test_other_languages_go(text: str, rows: list[int]) -> None:
    batch = PairBatch.from_lists([EN, DE, RU, "12"], [EN, DE, RU, "3"], [EN, DE, RU, "4"])
    masks = [dropped.rows for dropped in filter_of(f"language:{text}").mask(batch)]
    assert [row for row in range(4) if any(mask[row] for mask in masks)] == rows


def test_a_language_has_to_be_named() -> None:
    with pytest.raises(ConfigError, match="language:en"):
        filter_of("language")
