"""Reading ahead changes nothing but the time, and leaves no thread behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from prefaudit.load import load
from prefaudit.sources.ahead import read_ahead

if TYPE_CHECKING:
    from collections.abc import Generator

ROWS = [{"chosen": f"yes {n}", "rejected": "no"} for n in range(100_000)]


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("prefaudit")]


def test_same_items_in_the_same_order() -> None:
    assert list(read_ahead(n for n in range(100))) == list(range(100))
    assert list(read_ahead(n for n in range(0))) == []
    assert _threads() == []


def test_one_item_ahead_and_no_more() -> None:
    made = []

    def items() -> Generator[int]:
        for n in range(10):
            made.append(n)
            yield n

    ahead = read_ahead(items())
    assert made == []
    assert next(ahead) == 0
    time.sleep(0.05)
    assert made == [0, 1]
    ahead.close()
    assert _threads() == []


def test_error_comes_after_what_was_made_before_it() -> None:
    def items() -> Generator[int]:
        yield 1
        message = "broken"
        raise ValueError(message)

    ahead = read_ahead(items())
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="broken"):
        next(ahead)
    assert _threads() == []


def test_the_items_are_closed_with_it() -> None:
    closed = []

    def items() -> Generator[int]:
        try:
            yield from range(10)
        finally:
            closed.append(threading.current_thread())

    ahead = read_ahead(items())
    next(ahead)
    ahead.close()
    assert len(closed) == 1


def test_stopping_early_leaves_no_thread() -> None:
    batches = load(ROWS).batches()
    next(batches)
    assert len(_threads()) == 1
    batches.close()  # type: ignore[attr-defined]
    assert _threads() == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
def test_a_forked_child_reads_on_its_own() -> None:
    code = """
import os, sys
from prefaudit.load import load
rows = [{"chosen": f"yes {n}", "rejected": "no"} for n in range(50_000)]
data = load(rows)
assert sum(map(len, data.batches())) == 50_000
unfinished = data.batches()
next(unfinished)
child = os.fork()
if child == 0:
    os._exit(0 if sum(map(len, data.batches())) == 50_000 else 1)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code], timeout=60, check=False).returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to send")
def test_ctrl_c_stops_a_slow_source() -> None:
    code = """
import sys, time
from prefaudit.load import load
def rows():
    for n in range(10**9):
        if n == 40_000:
            print("reading", flush=True)
        yield {"chosen": "yes", "rejected": "no"}
try:
    for batch in load(rows()).batches():
        time.sleep(0.05)
except KeyboardInterrupt:
    sys.exit(130)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 130
    assert time.monotonic() - started < 2
