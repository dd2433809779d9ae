"""`python -m benches.calibration`: measure, write docs/calibration.md, and fail where a promise is broken."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benches import ROOT
from benches.calibration import coverage, whole
from benches.calibration.kinds import kinds
from benches.calibration.page import render
from benches.calibration.running import SETS, outcomes, told

PAGE = ROOT / "docs" / "calibration.md"


def main() -> int:
    """Measure, write, and say whether all promises are kept."""
    parser = argparse.ArgumentParser(prog="python -m benches.calibration", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sets; the page goes to stdout")
    parser.add_argument("--checks", nargs="+", metavar="CHECK", help="only these; the page goes to stdout")
    parser.add_argument("--output", type=Path, default=PAGE, help="where the page goes")
    parser.add_argument("--processes", type=int, help="as many as there are cores, where nothing is said")
    given = parser.parse_args()
    sets = SETS // 10 if given.quick else SETS
    chosen = [kind for kind in kinds() if not given.checks or kind.check in given.checks]
    if not chosen:
        parser.error(f"no such checks; there are {', '.join(dict.fromkeys(kind.check for kind in kinds()))}")
    found = list(told(outcomes(chosen, sets, processes=given.processes), len(chosen), "checks"))
    covered = list(told(coverage.measured(quick=given.quick, processes=given.processes), coverage.number(), "coverage"))
    reports = list(told(whole.measured(sets=sets, processes=given.processes), len(whole.SIZES), "whole reports"))
    page = render(found, covered, reports)
    if given.quick or given.checks:
        print(page)
    else:
        given.output.write_text(page, encoding="utf-8")
    kept = all(one.holds is not False for one in found) and all(one.holds for one in covered)
    return 0 if kept or given.quick else 1


if __name__ == "__main__":
    sys.exit(main())
