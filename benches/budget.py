"""Where the wall time of an audit goes: `python -m benches.budget [--write] [FILE]`.

The file is 160,800 pairs as Parquet by default. Start-up is measured on processes of their own; the rest by timing
kernels, reader and statistics while one audit runs (benches/instrumented.py).
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from benches import ROOT, full_size, process
from benches.instrumented import AHEAD
from benches.tables import table

_RUNS = 5
PAGE = ROOT / "docs" / "performance.md"
_BEGIN, _END = "<!-- written by python -m benches.budget --write -->", "<!-- end -->"


def measure(file: Path) -> dict[str, float]:
    """Seconds by part of the work, the median of several processes."""
    runs = []
    for _ in range(_RUNS):
        used = process.run(sys.executable, "-m", "benches.instrumented", str(file))
        parts = dict(line.split("\t") for line in used.output.splitlines())
        runs.append({name: float(seconds) for name, seconds in parts.items()})
    return {name: median(run.get(name, 0.0) for run in runs) for name in runs[0]}


def main(arguments: list[str]) -> None:
    """Print the budget as a table, and with --write put it into docs/performance.md."""
    files = [Path(argument) for argument in arguments if argument != "--write"]
    text = budget(files[0] if files else full_size.parquet())
    print(text)
    if "--write" in arguments:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
        _, _, after = rest.partition(_END)
        PAGE.write_text(f"{before}{_BEGIN}\n{text}\n{_END}{after}", encoding="utf-8")


def budget(file: Path) -> str:
    """The parts of the wall time as a table."""
    command = [process.script("prefaudit"), "audit", str(file)]
    whole = median(process.run(*command).wall for _ in range(_RUNS))
    empty = median(process.run(sys.executable, "-c", "pass").wall for _ in range(_RUNS))
    parts = {"start-up: the interpreter": empty, **measure(file)}
    known = sum(spent for name, spent in parts.items() if not name.startswith(AHEAD))
    parts["the rest: command line, end of the process"] = whole - known
    rows = [[name, f"{seconds:.3f}", f"{seconds / whole:.1%}"] for name, seconds in sorted(parts.items())]
    return table(["part", "seconds", "share"], [*rows, ["the whole process", f"{whole:.3f}", "100%"]])


if __name__ == "__main__":
    main(sys.argv[1:])
