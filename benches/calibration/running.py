"""Many sets of one kind, and what a check says of each; work is dealt to as many processes as there are cores."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prefaudit.checks.registry import check_class
from prefaudit.config import Settings
from prefaudit.pairs import PairBatch
from prefaudit.report.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


SETS = 200
#: What the design asks for: detection, false alarms.
AT_LEAST, AT_MOST = 0.98, 0.02
ALARMS = (Verdict.WARN, Verdict.FAIL)


@dataclass(frozen=True)
class Kind:
    """Sets of one kind.

    Attributes:
        check: its id.
        role: "dose", "claim" (the smallest dose that the check claims to see), "clean" or "small".
        what: what is planted in them, in words; for clean sets what they are like.
        size: the second argument of `make`.
        make: makes one from a random generator, the size and further arguments.
        arguments: those.
        unit: what `size` counts.
        settings: of the check, where they are not the defaults.
        tokenizer: for the check that takes one.
        target: makes the target prompts, for the check that compares with them.
    """

    check: str
    role: str
    what: str
    size: int
    make: Callable[..., PairBatch]
    arguments: tuple[Any, ...] = ()
    unit: str = "pairs"
    settings: Mapping[str, Any] = field(default_factory=dict)
    tokenizer: Any = None
    target: Callable[[], list[str]] | None = None

    def verdict(self, seed: int) -> Verdict:
        """What the check says of the set with this number."""
        check: Any = check_class(self.check)(Settings.of_arguments(dict(self.settings)))
        if self.tokenizer is not None:
            check.use(self.tokenizer)
        if self.target is not None:
            check.use_target(self.target())
        check.update(self.make(np.random.default_rng(seed), self.size, *self.arguments))
        verdict: Verdict = check.result().verdict
        return verdict


@dataclass(frozen=True)
class Outcome:
    """How often each verdict was given."""

    kind: Kind
    verdicts: Counter[Verdict]

    @property
    def sets(self) -> int:
        """How many sets there were."""
        return self.verdicts.total()

    @property
    def alarms(self) -> int:
        """WARN or worse."""
        return sum(self.verdicts[one] for one in ALARMS)

    @property
    def holds(self) -> bool | None:
        """Whether the promise is kept; None where there is none."""
        if self.kind.role == "claim":
            return self.alarms >= AT_LEAST * self.sets
        return self.alarms <= AT_MOST * self.sets if self.kind.role == "clean" else None


def outcomes(kinds: Sequence[Kind], sets: int = SETS, *, processes: int | None = None) -> Iterator[Outcome]:
    """Every kind in its order, as it is finished."""
    for kind, verdicts in zip(kinds, dealt(_verdicts, [(kind, sets) for kind in kinds], processes), strict=True):
        yield Outcome(kind, verdicts)


def _verdicts(task: tuple[Kind, int]) -> Counter[Verdict]:
    kind, sets = task
    return Counter(kind.verdict(seed) for seed in range(sets))


def dealt(work: Callable[[Any], Any], tasks: Sequence[Any], processes: int | None = None) -> Iterator[Any]:
    """The result of each task in order, worked on by several processes (one: this one)."""
    processes = processes or len(os.sched_getaffinity(0))
    if processes == 1:
        yield from map(work, tasks)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(work, tasks)


def told(items: Iterator[Any], total: int, what: str) -> Iterator[Any]:
    """The same items; says on stderr how far it is."""
    start = time.perf_counter()
    for at, item in enumerate(items, 1):
        print(f"{what}: {at} of {total}, {time.perf_counter() - start:.0f} s", file=sys.stderr)
        yield item
