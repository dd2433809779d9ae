"""Timing on a machine that is not quiet: contenders take turns, and ratios are taken within a turn."""

from __future__ import annotations

import gc
from functools import partial
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: A turn repeats its call for about so many seconds, so that it finds its own data in the caches.
TURN = 0.03
LEAST_ROUNDS = 9
MOST_ROUNDS = 101


def timed(call: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    start = perf_counter()
    call()
    return perf_counter() - start


def _repeated(call: Callable[[], object], times: int) -> None:
    for _ in range(times):
        call()


def take_turns(
    calls: Mapping[str, Callable[[], object]], seconds: float, least: int = LEAST_ROUNDS
) -> dict[str, list[float]]:
    """Time every call in turn, round after round, for about so many seconds; the first round does not count."""
    repeats = {name: max(1, round(TURN / timed(call))) for name, call in calls.items()}
    times: dict[str, list[float]] = {name: [] for name in calls}
    end = perf_counter() + seconds
    gc.disable()
    try:
        for done in range(MOST_ROUNDS):
            if done >= least and perf_counter() > end:
                break
            for name, call in calls.items():
                times[name].append(timed(partial(_repeated, call, repeats[name])) / repeats[name])
    finally:
        gc.enable()
    return times


def ratio_of(times: Mapping[str, list[float]], name: str, other: str) -> float:
    """The median over the rounds of the time of one call in units of another's."""
    return median(x / y for x, y in zip(times[name], times[other], strict=True))


def sampled(call: Callable[[str, str], object], pairs: list[tuple[str, str]], seconds: float) -> tuple[float, int]:
    """Mean seconds a pair of a slow call, over pairs spread evenly, and how many there was time for."""
    step = next(s for s in range(len(pairs) // 2 + 1, 0, -1) if len(pairs) % s or s == 1)
    end = perf_counter() + seconds
    total, done = 0.0, 0
    for k in range(len(pairs)):
        a, b = pairs[k * step % len(pairs)]
        total += timed(partial(call, a, b))
        done += 1
        if perf_counter() > end:
            break
    return total / done, done
