"""Sets for the checks of who judged: places, sittings, agreement, contradictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from benches.calibration.made import Items, items, named

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from prefaudit.pairs import PairBatch

ACCURACY = 0.7
_SECOND = 10**6
_PAUSE = 12 * 3600


def placed(
    made: Items, at: NDArray[np.int64], a_first: NDArray[np.bool_], first_wins: NDArray[np.bool_], **columns: object
) -> PairBatch:
    """Votes by the place that won."""
    shown = pa.array(np.where(first_wins, "chosen", "rejected"))
    return made.votes(at, a_first == first_wins, first_shown=shown, **columns)


def one_order(rng: Generator, votes: int, lean: float, judges: int = 1) -> PairBatch:
    """Votes in an order that was dealt at random; the first judge takes the first place for a share of the votes."""
    a_first, right = rng.random(votes) < 0.5, rng.random(votes) < ACCURACY
    judge = rng.integers(0, judges, votes)
    first = (a_first == right) | ((judge == 0) & (rng.random(votes) < lean))
    return placed(items(rng, votes, 3), np.arange(votes), a_first, first, annotator=named("judge", judge))


def both_orders(rng: Generator, pairs: int, lean: float, judges: int = 1) -> PairBatch:
    """Every pair in both orders by every judge; half of the pairs are easy, so that the orders go together."""
    at = np.tile(np.repeat(np.arange(pairs), 2), judges)
    judge = np.repeat(np.arange(judges), 2 * pairs)
    a_first = np.tile([True, False], pairs * judges)
    chance = np.where(rng.random(pairs) < 0.5, 0.95, 2 * ACCURACY - 0.95)[at]
    first = (a_first == (rng.random(len(at)) < chance)) | ((judge == 0) & (rng.random(len(at)) < lean))
    return placed(items(rng, pairs, 3), at, a_first, first, annotator=named("judge", judge))


def sittings(rng: Generator, people: int, votes: int, fall: float, kind: str = "even") -> PairBatch:
    """Everybody judges items in an order of their own, and gets worse evenly along each sitting.

    Kinds: "even": everybody is right in 85% at first, and judges as many items. "crowd": workers of very different
    quality, who choose what and how much they judge (the worse leave sooner), in sittings of very different length,
    faster and faster, with items of very different difficulty. "easy first": as the crowd, but everybody tends to
    take easy items first. "drift": as "even", but without times.
    """
    crowd = kind in {"crowd", "easy first"}
    made = items(rng, 2 * votes, 3)
    skill = rng.uniform(0.6, 0.98, people) if crowd else np.full(people, 0.85)
    sizes = np.maximum(20, votes * skill * rng.uniform(0.2, 1.2, people)).astype(int) if crowd else [votes] * people
    hard = rng.beta(2, 5, 2 * votes) if crowd else np.zeros(2 * votes)
    tend = (hard.argsort().argsort() / len(hard) if kind == "easy first" else 0.0) * 0.5
    at = np.concatenate([_chosen(rng, tend + rng.random(2 * votes), size) for size in sizes])
    person = np.repeat(np.arange(people), sizes)
    new = np.diff(person, prepend=-1) > 0
    pause = new | (rng.random(len(at)) < 1 / 40) if crowd else new
    sitting = np.cumsum(pause) - 1
    length, start = np.bincount(sitting), np.flatnonzero(pause)
    along = (np.arange(len(at)) - start[sitting] + 0.5) / length[sitting]
    chance = skill[person] - hard[at] * (skill[person] - 0.5) - fall * along
    seconds = np.exp(rng.normal(3.2, 0.6, len(at))) * (1.3 - 0.6 * along)
    when = np.cumsum(_SECOND * (seconds + _PAUSE * pause)).astype(np.int64)
    timed = {} if kind == "drift" else {"timestamp": when, "seconds": seconds}
    return made.votes(at, rng.random(len(at)) < chance, annotator=named("person", person), **timed)


def bought(rng: Generator, people: int, pairs: int) -> PairBatch:
    """Two votes on each pair, in any order; two more where these differ, which come last in every sitting."""
    chance = 0.97 - 0.45 * rng.beta(1.2, 3, pairs)
    judges = rng.random((pairs, people)).argsort(axis=1)[:, :4]
    right = rng.random((pairs, 4)) < chance[:, None]
    differ = np.flatnonzero(right[:, 0] != right[:, 1])
    at = np.concatenate([np.repeat(np.arange(pairs), 2), np.repeat(differ, 2)])
    person, said = (np.concatenate([of[:, :2].ravel(), of[differ, 2:].ravel()]) for of in (judges, right))
    order = np.lexsort((rng.random(len(at)) + (np.arange(len(at)) >= 2 * pairs), person))
    person = person[order]
    place = np.arange(len(at)) - np.searchsorted(person, person)
    when = (_SECOND * (40 * place + person)).astype(np.int64)
    return items(rng, pairs, 3).votes(at[order], said[order], annotator=named("person", person), timestamp=when)


def _chosen(rng: Generator, late: NDArray[np.float64], size: int) -> NDArray[np.int64]:
    """So many items in the order of a number each."""
    chosen = rng.permutation(len(late))[:size]
    ordered: NDArray[np.int64] = chosen[np.argsort(late[chosen])]
    return ordered


def agreeing(rng: Generator, pairs: int, coins: float, votes: int = 3) -> PairBatch:
    """Votes by five people who are right in 90%, of which a share is replaced by coins."""
    at = np.repeat(np.arange(pairs), votes)
    who = (rng.integers(0, 5, pairs)[:, None] + np.arange(votes)) % 5
    coin = rng.random(len(at)) < coins
    right = np.where(coin, rng.random(len(at)) < 0.5, rng.random(len(at)) < 0.9)
    # Which of the two responses is the better one must not be told by the side.
    better = rng.random(pairs) < 0.5
    return items(rng, pairs, 3).votes(at, better[at] == right, annotator=named("person", who.ravel()))


def again(rng: Generator, pairs: int, dose: float, who: str = "one") -> PairBatch:
    """Each pair judged twice, by one annotator or by nobody named; a share the other way round."""
    at = np.tile(np.arange(pairs), 2)
    first = rng.random(pairs) < 0.5
    second = first ^ (rng.random(pairs) < dose)
    names = {"annotator": named("person", at % 7)} if who == "one" else {}
    return items(rng, pairs, 3).votes(at, np.concatenate([first, second]), **names)


def circles(rng: Generator, prompts: int, dose: float) -> PairBatch:
    """Three responses to each prompt, all compared: a share of the prompts goes in a circle."""
    made = items(rng, 3 * prompts, 3)
    a = made.a.take(pa.array(np.arange(3 * prompts)))
    following = np.arange(3 * prompts).reshape(-1, 3)[:, [1, 2, 0]].ravel()
    third = np.tile([False, False, True], prompts)
    circle = np.repeat(rng.random(prompts) < dose, 3)
    # 0 beats 1, 1 beats 2; and 2 beats 0 in a circle, else 0 beats 2.
    wins = ~third | circle
    ring = Items(named("prompt", np.repeat(np.arange(prompts), 3)), a, a.take(pa.array(following)))
    return ring.votes(np.arange(3 * prompts), wins)
