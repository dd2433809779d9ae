"""States by name."""

from __future__ import annotations

import json

from prefaudit.stats.keyed import Keyed
from prefaudit.stats.state import Counts


def of(**rows: int) -> Keyed[Counts]:
    keyed = Keyed(Counts)
    for name, count in rows.items():
        keyed[name].add(rows=count)
    return keyed


def test_names_merge_one_by_one() -> None:
    one = of(b=1, a=2)
    one.merge(of(c=4, b=3))
    assert [(name, counts["rows"]) for name, counts in one.items()] == [("a", 2), ("b", 4), ("c", 4)]
    assert one.to_state() == of(a=2, b=4, c=4).to_state()
    assert (len(one), "a" in one, "d" in one) == (3, True, False)


def test_the_round_trip_through_json() -> None:
    back = of(z=9)
    back.load_state(json.loads(json.dumps(of(a=2, b=1).to_state())))
    assert back.to_state() == of(b=1, a=2).to_state()


def test_merging_does_not_tie_two_states_together() -> None:
    one, two = of(), of(a=1)
    one.merge(two)
    one["a"].add(rows=5)
    assert two["a"]["rows"] == 1
