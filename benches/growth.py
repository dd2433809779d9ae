"""How time grows with the length of texts: the same amount of text in ever longer pairs, and texts made to be hard.

Every figure comes from a process of its own, which is stopped when it takes too long:
`python -m benches.growth CASE CONTENDER` prints the seconds of one.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from importlib import import_module
from statistics import median
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from benches import ROOT
from benches.tables import number, table
from benches.texts import Pairs, chinese, transcripts
from benches.timing import timed
from prefaudit import kernels
from prefaudit.texts import TextBatch

if TYPE_CHECKING:
    from collections.abc import Callable

TOTAL = 1_000_000
_LENGTHS = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
_CHINESE_LENGTHS = (100, 1_000, 10_000, 100_000)
FAST = "difflib-fast"
CONTENDERS = ("exact", "autojunk", "exact, 2 threads", FAST)
CAP = 15
_ENOUGH = 1.0


def cases() -> dict[str, Callable[[], Pairs]]:
    """Every case by name."""
    half = TOTAL // 2
    return {
        **{f"English, {length:,}": partial(_cut, transcripts, length) for length in _LENGTHS},
        **{f"Chinese, {length:,}": partial(_cut, chinese, length) for length in _CHINESE_LENGTHS},
        '"ab" * n, "ba" * n': lambda: [("ab" * half, "ba" * half)],
        '"a" * n, "a" * (n - 1)': lambda: [("a" * TOTAL, "a" * (TOTAL - 1))],
        '"a" * n, "b" + "a" * (n - 1)': lambda: [("a" * TOTAL, "b" + "a" * (TOTAL - 1))],
        '"abc" * n, "acb" * n': lambda: [("abc" * (TOTAL // 3), "acb" * (TOTAL // 3))],
    }


def _cut(source: Callable[[], Pairs], length: int) -> Pairs:
    """The texts of a source, put together and cut anew into pairs of one length."""
    a, b = ("".join(side) for side in zip(*source(), strict=True))
    most = min(len(a), len(b), TOTAL)
    return [(a[k : k + length], b[k : k + length]) for k in range(0, most - length + 1, length)]


def measure(*, quick: bool = False) -> dict[str, Any]:
    """Every case with every contender."""
    names = [name for name in cases() if not quick or "1,000" in name]
    cap = 10 if quick else CAP
    return {"cap": cap, "cases": [_case(name, cap) for name in names]}


def _case(name: str, cap: int) -> dict[str, Any]:
    pairs = cases()[name]()
    seconds: dict[str, float | None] = {}
    for contender in CONTENDERS:
        hopeless = contender.startswith("exact,") and seconds["exact"] is None
        seconds[contender] = None if hopeless else _in_process(name, contender, cap)
    characters = sum(len(a) + len(b) for a, b in pairs)
    return {"name": name, "pairs": len(pairs), "characters": characters, "seconds": seconds}


def _in_process(case: str, contender: str, cap: int) -> float | None:
    """Seconds of one contender, None where it took too long or is not installed."""
    command = [sys.executable, "-m", "benches.growth", case, contender]
    try:
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=cap)
    except subprocess.TimeoutExpired:
        return None
    return float(found.stdout) if found.returncode == 0 else None


def _seconds(case: str, contender: str) -> float:
    call = _call(cases()[case](), contender)
    times = [timed(call)]
    while sum(times) < _ENOUGH and len(times) < 9:
        times.append(timed(call))
    return median(times)


def _call(pairs: Pairs, contender: str) -> Callable[[], object]:
    a, b = (list(side) for side in zip(*pairs, strict=True))
    if contender == FAST:
        fast = import_module("difflib_fast").ratio
        return lambda: list(map(fast, a, b))
    left, right = (TextBatch(pa.array(texts)) for texts in (a, b))
    threads = 2 if contender.endswith("2 threads") else 1
    return partial(kernels.ratios, left, right, autojunk=contender == "autojunk", threads=threads)


def render(result: dict[str, Any]) -> str:
    """The chapter on growth."""
    rows = []
    for case in result["cases"]:
        unit = case["characters"] / 1e9
        each = [case["seconds"][name] for name in CONTENDERS]
        rows.append(
            [case["name"], f"{case['pairs']:,}", *(number(s and s / unit) for s in each), *_both(case["seconds"])]
        )
    head = ["texts, characters each", "pairs", *(f"{name}, ns" for name in CONTENDERS), "exact, s", f"{FAST}, s"]
    text = (
        f"Nanoseconds a character (of both texts) while pairs get longer and the amount of text stays at {TOTAL:,} "
        "characters a side (Chinese: as much as there is), and texts of one megabyte that are made to be hard. The two "
        f"sides are cut from all chosen and all rejected texts put together. `-`: over {result['cap']} s, and stopped."
    )
    return f"{text}\n\n{table(head, rows)}"


def _both(seconds: dict[str, float | None]) -> list[str]:
    return [number(seconds["exact"]), number(seconds[FAST])]


if __name__ == "__main__":
    print(_seconds(*sys.argv[1:3]))
