"""Compares `ratio` with CPython's difflib on every pair of the real data, in both modes and both orders.

    python tests/realdata/verify_all.py [FOLDER] [--write benches/EXACTNESS.md]

That takes some tens of minutes, nearly all of them difflib's; pytest compares a part of it.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from oracle import ratios as difflib_ratios  # type: ignore[import-not-found,unused-ignore]
from text_pairs import read_pairs  # type: ignore[import-not-found,unused-ignore]

import prefaudit

_ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=os.environ.get("PREFAUDIT_DATA", _ROOT.parent / "shared" / "data"))
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write what is printed to FILE")
    arguments = parser.parse_args()
    pairs = read_pairs(Path(arguments.folder))
    # The cheapest first, so that what is interrupted has seen the most.
    pairs.sort(key=lambda pair: len(pair.a) * len(pair.b))
    print(f"{len(pairs):,} pairs", file=sys.stderr, flush=True)
    tasks = [
        (pair.file, (x, y, autojunk))
        for pair in pairs
        for x, y in ((pair.a, pair.b), (pair.b, pair.a))
        for autojunk in (True, False)
    ]
    start = time.perf_counter()
    compared: Counter[str] = Counter()
    different: Counter[str] = Counter()
    for k, ((file, task), expected) in enumerate(
        zip(tasks, difflib_ratios(task for _, task in tasks), strict=True), start=1
    ):
        compared[file] += 1
        a, b, autojunk = task
        if prefaudit.ratio(a, b, autojunk=autojunk) != expected:
            different[file] += 1
            print(f"DIFFERENT in {file}, autojunk={autojunk}: {a!r:.60} {b!r:.60}", flush=True)
        if k % 2000 == 0:
            print(f"{k:,} of {len(tasks):,}, {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    text = report(compared, different, len(pairs))
    print(text)
    if arguments.write:
        arguments.write.write_text(text + "\n", encoding="utf-8")
    return bool(different)


def report(compared: Counter[str], different: Counter[str], pairs: int) -> str:
    summary = (
        f"`prefaudit.ratio` beside `difflib.SequenceMatcher(None, a, b, autojunk).ratio()` of Python"
        f" {platform.python_version()}: {pairs:,} distinct pairs of texts of real preference data, each in both modes"
        f" and both orders. {compared.total():,} ratios compared, {different.total():,} differ in any bit."
    )
    lines = [
        "# Exactness",
        "",
        summary,
        "",
        "Written by `python tests/realdata/verify_all.py --write benches/EXACTNESS.md`.",
        "",
        "| file | ratios compared | different |",
        "|---|---|---|",
        *(f"| {file} | {n:,} | {different[file]:,} |" for file, n in sorted(compared.items())),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
