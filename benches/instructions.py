"""Compare the instruction counts of the kernels with those on record: `python -m benches.instructions`.

Instructions are counted by valgrind through gungraun (rust/core/benches/instructions.rs) on fixed texts, below the
dispatch by processor features, so noise and machine do not matter; the compiler does, and is on record too.
`--update` writes the record. Needs valgrind and `cargo install gungraun-runner --version X`, X as in Cargo.lock.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

from benches import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

RECORD = ROOT / "benches" / "instructions.json"
MOST_GROWTH = 0.03
_COMMAND = ("cargo", "bench", "--quiet", "-p", "prefaudit-core", "--bench", "instructions", "--")


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, compare, and give the exit code: 1 when a count grew by more than 3%."""
    parser = argparse.ArgumentParser(prog="python -m benches.instructions", description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the counts down as the new record")
    options = parser.parse_args(arguments)
    missing = _missing()
    if missing:
        print(f"SKIPPED: instruction counts: {missing}")
        return 0
    counts = _count()
    if options.update:
        record = {"machine": platform.machine(), "compiler": _compiler(), "instructions": counts}
        RECORD.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        print(f"wrote {RECORD.relative_to(ROOT)}")
        return 0
    return _compared(counts, json.loads(RECORD.read_text(encoding="utf-8")))


def _missing() -> str | None:
    """Why nothing can be counted here, and what to install."""
    if not shutil.which("valgrind"):
        return "valgrind is not installed"
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    if record and record["machine"] != platform.machine():
        return f"those on record are for {record['machine']}, this is {platform.machine()}"
    wanted = _runner_version()
    install = f"run `cargo install gungraun-runner --version {wanted} --locked`"
    if not shutil.which("gungraun-runner"):
        return f"gungraun-runner is not installed: {install}"
    found = subprocess.run(["gungraun-runner", "--version"], capture_output=True, text=True, check=False).stdout
    return None if wanted in found.split() else f"gungraun-runner is another version ({found.strip()}): {install}"


def _runner_version() -> str:
    packages = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    return next(str(package["version"]) for package in packages if package["name"] == "gungraun")


def _compiler() -> str:
    return subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()


def _count() -> dict[str, int]:
    """Instructions of every benchmark by name."""
    command = [*_COMMAND, "--output-format=json"]
    found = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    results = [json.loads(line) for line in found.splitlines() if line.startswith("{")]
    return {_name(result): _instructions(result) for result in results}


def _name(result: dict[str, Any]) -> str:
    case = result["description"].rpartition('("')[2].rstrip('")')
    return f"{result['function_name']}: {case}"


def _instructions(result: dict[str, Any]) -> int:
    profile = next(one for one in result["profiles"] if one["tool"] == "Callgrind")
    return int(profile["data"]["total"]["metrics"]["Ir"]["values"]["new"])


def _compared(counts: dict[str, int], record: dict[str, Any]) -> int:
    before: dict[str, int] = record["instructions"]
    if record["compiler"] != _compiler():
        print(f"note: the record was made with {record['compiler']}, this is {_compiler()}")
    bad = sorted(before.keys() ^ counts.keys())
    for name, count in counts.items():
        growth = count / before.get(name, count) - 1
        print(f"{name:24} {count:>14,} {growth:+8.2%}")
        if growth > MOST_GROWTH:
            bad.append(name)
    if bad:
        print(f"FAILED: grown by more than {MOST_GROWTH:.0%}, or not on record: {', '.join(bad)}")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
