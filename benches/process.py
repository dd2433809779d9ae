"""Run a command as its own process and say what it took: `python -m benches.process COMMAND...` prints JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class Usage(NamedTuple):
    """What one run of a command took."""

    wall: float
    cpu: float
    peak_mb: float
    output: str


def run(*command: str) -> Usage:
    """Run a command.

    A child's peak memory begins with what its parent held when it was started, so a small process stands between.

    Raises:
        RuntimeError: it failed; the message holds what it wrote to stderr.
    """
    between = [sys.executable, "-I", str(Path(__file__)), *command]
    found = subprocess.run(between, capture_output=True, text=True, check=False)
    if found.returncode:
        msg = f"{' '.join(command)}: {found.stderr.strip()}"
        raise RuntimeError(msg)
    facts, _, output = found.stdout.partition("\n")
    return Usage(**json.loads(facts), output=output)


def script(name: str) -> str:
    """The path of a command that is installed beside the running Python."""
    return str(Path(sys.executable).parent / name)


def _measured(command: list[str]) -> None:
    from tempfile import TemporaryFile
    from time import perf_counter

    with TemporaryFile() as output:
        start = perf_counter()
        child = subprocess.Popen(command, stdout=output)
        _, status, used = os.wait4(child.pid, 0)
        wall = perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(child.returncode)
        unit = 1 if sys.platform == "darwin" else 1024
        facts = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss * unit / 1e6}
        output.seek(0)
        print(json.dumps(facts))
        sys.stdout.write(output.read().decode(errors="replace"))


if __name__ == "__main__":
    _measured(sys.argv[1:])
