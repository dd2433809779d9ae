"""How kernels run: on threads, without the GIL, until Ctrl-C, in forked workers."""

from __future__ import annotations

import difflib
import multiprocessing
import os
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from prefaudit import ratio, ratios, word_counts
from prefaudit.errors import TextValueError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

WORDS = "whoever reads the answers in a hurry takes the longer one for the better one".split(" ")


def text(seed: int, words: int) -> str:
    """Some prose, another for each seed."""
    return " ".join(WORDS[(seed * 7919 + k * (k + seed) // 3) % len(WORDS)] for k in range(words))


MANY = [text(seed, 40) for seed in range(2_000)], [text(seed + 1, 42) for seed in range(2_000)]


@pytest.mark.parametrize("threads", [1, 2, 3, 64])
def test_any_number_of_threads_gives_the_same(threads: int) -> None:
    found = ratios(*MANY, threads=threads).to_pylist()
    assert found == ratios(*MANY).to_pylist()
    assert found[:50] == [
        difflib.SequenceMatcher(None, a, b).ratio() for a, b in zip(MANY[0][:50], MANY[1][:50], strict=True)
    ]


@pytest.mark.parametrize("threads", [0, -1])
def test_no_threads_are_refused(threads: int) -> None:
    with pytest.raises(TextValueError, match="threads must be at least 1 or None"):
        word_counts(["a"], threads=threads)


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def best(run: Callable[[], object], times: int = 5) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return min(taken)


def test_one_huge_pair_does_not_leave_a_core_idle() -> None:
    """With two threads the short pairs are done while the huge one, which comes last, is being compared."""
    if cores() < 2:
        pytest.skip("one core only")
    rng = random.Random(2)
    huge = ["".join(rng.choices("abcdefghijklmnop     ", k=1_000_000)) for _ in range(2)]
    alone = best(lambda: ratio(*huge, autojunk=False), 3)
    rest = best(lambda: ratios(*MANY, autojunk=False, threads=1), 3)
    repeats = max(1, round(alone / rest))
    columns = [side * repeats + [large] for side, large in zip(MANY, huge, strict=True)]
    one = best(lambda: ratios(*columns, autojunk=False, threads=1), 3)
    for _ in range(4):  # others may need the cores for a moment
        two = best(lambda: ratios(*columns, autojunk=False, threads=2), 3)
        if two < 0.8 * one:
            return
    if os.getloadavg()[0] > 0.6 * cores():
        pytest.skip("the cores are busy with something else")
    pytest.fail(f"two threads took {two:.3f} s, one took {one:.3f} s, the huge pair alone {alone:.3f} s")


def test_other_python_threads_go_on() -> None:
    ticks, done = [0], threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks[0] += 1
            time.sleep(0.001)

    large = text(3, 60_000), text(4, 60_000)
    other = threading.Thread(target=tick)
    other.start()
    start, before = time.perf_counter(), ticks[0]
    while time.perf_counter() - start < 0.3:
        ratio(*large, autojunk=False)
    passed = ticks[0] - before
    done.set()
    other.join()
    # One call takes longer than all of this; holding the GIL, the other thread would tick a few times at most.
    assert passed > 20


def test_several_python_threads_at_once() -> None:
    expected = ratios(*MANY).to_pylist()
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: ratios(*MANY, threads=2).to_pylist(), range(16)):
            assert found == expected


def in_worker(_: int) -> tuple[list[float], list[int]]:
    return ratios(*MANY, threads=2).to_pylist(), word_counts(MANY[0] * 20, threads=2).to_pylist()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_workers_after_the_parent_used_threads() -> None:
    expected = in_worker(0)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(in_worker, range(4)).get(timeout=60) == [expected] * 4


SETUP = """
import os, random, signal, threading, time
from prefaudit import matching_blocks, ratio, ratios, word_counts
rng = random.Random(5)
letters = "".join(rng.choices("abcdefgh ", k=2_000_000))
other = "".join(rng.choices("abcdefgh ", k=2_000_000))
pressed = []
def press():
    time.sleep(0.4)
    pressed.append(time.perf_counter())
    os.kill(os.getpid(), signal.SIGINT)
def until_interrupted(call):
    threading.Thread(target=press).start()
    try:
        call()
    except KeyboardInterrupt:
        print("after", time.perf_counter() - pressed[0])
    else:
        print("finished", bool(pressed))
"""

LONG_CALLS = {
    "one huge pair": "ratio(letters, other, autojunk=False)",
    "one huge pair, autojunk": "ratio(letters[:], other, autojunk=True)",
    "the blocks of a huge pair": "matching_blocks(letters, other, autojunk=False)",
    "a huge pair in a column": "ratios([letters], [other], autojunk=False)",
    "a huge shared prefix": "ratio(letters + other, letters + other[::-1], autojunk=False)",
    "Chinese": "ratio(letters.replace('a', '漢') + han, other.replace('a', '漢') + han[::-1], autojunk=False)",
    "many pairs": "ratios(parts, parts[1:] + parts[:1], autojunk=False)",
    "many pairs, one thread": "ratios(parts, parts[1:] + parts[:1], autojunk=False, threads=1)",
}


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to itself there")
@pytest.mark.parametrize("call", LONG_CALLS.values(), ids=LONG_CALLS.keys())
def test_ctrl_c(call: str, run_python: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
    script = f"""{SETUP}
han = "".join(map(chr, range(0x4e00, 0x9000)))
parts = [letters[k : k + 3000] for k in range(0, 1_900_000, 100)]
until_interrupted(lambda: [{call} for _ in range(100)])
"""
    done = run_python(script)
    said, _, seconds = done.stdout.partition(" ")
    assert said == "after", done.stdout + done.stderr
    assert float(seconds) < 0.2
