"""Where the wall time of an audit goes: `python -m benches.budget [FILE]`, 160,800 pairs as Parquet by default.

Start-up is measured on processes of their own; the rest by timing the kernels, the wait for the reader and the
statistics while one audit runs.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benches import full_size, process
from benches.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RUNS = 5
#: Which part of the work each kernel is.
_KERNELS = {
    "cut_transcripts": "cut: prompts and responses",
    "word_counts": "count: words",
    "char_counts": "count: characters",
    "letter_counts": "count: letters",
    "ratios": "ratio",
    "ratios_both": "ratio",
    "both_ratios": "ratio",
    "sameness": "compare: sameness",
    "text_hashes": "hash: prompts",
    "TextBatch": "hand over: check that text is UTF-8",
}


class Clock:
    """Seconds by part of the work; what is called inside another part counts for the inner one."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._inner = [0.0]

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count the time of a block for a part."""
        start = perf_counter()
        self._inner.append(0.0)
        try:
            yield
        finally:
            spent = perf_counter() - start
            self.seconds[name] += spent - self._inner.pop()
            self._inner[-1] += spent

    def timed(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        """A function that does the same and is timed."""

        def wrapped(*args: Any, **options: Any) -> Any:
            with self.part(name):
                return call(*args, **options)

        return wrapped


def measure(file: Path) -> dict[str, float]:
    """Seconds by part of the work, the median of several processes."""
    runs = []
    for _ in range(_RUNS):
        used = process.run(sys.executable, "-m", "benches.budget", "--once", str(file))
        parts = dict(line.split("\t") for line in used.output.splitlines())
        runs.append({name: float(seconds) for name, seconds in parts.items()})
    return {name: median(run.get(name, 0.0) for run in runs) for name in runs[0]}


def _once(file: str) -> None:
    """One audit in this process, its parts printed."""
    clock = Clock()
    with clock.part("start-up: imports"):
        from prefaudit import audit, kernels
        from prefaudit.checks.registry import check_classes
        from prefaudit.load import PreferenceData, load
        from prefaudit.report.text import print_report
    # Names that other modules have taken already keep the untimed functions; kernels are reached by attribute.
    for name, part in _KERNELS.items():
        if hasattr(kernels, name) and name != "TextBatch":
            setattr(kernels, name, clock.timed(getattr(kernels, name), part))
    kernels._core.TextColumn = clock.timed(kernels._core.TextColumn, _KERNELS["TextBatch"])  # noqa: SLF001
    batches = PreferenceData.batches
    PreferenceData.batches = lambda self: _waiting(clock, batches(self))  # type: ignore[method-assign]
    with clock.part("start-up: open the file, tell the format"):
        data = load(file)
    for check in check_classes():
        check.update = clock.timed(check.update, f"check: {check.id}")  # type: ignore[method-assign]
        check.result = clock.timed(check.result, "statistics")  # type: ignore[method-assign]
    with clock.part("the loop"):
        report = audit.run_checks(data, audit.prepare_checks(None, _settings()))
    with clock.part("report as text"):
        print_report(report, _console())
    for name, seconds in clock.seconds.items():
        print(f"{name}\t{seconds}")


def _waiting(clock: Clock, batches: Iterator[Any]) -> Iterator[Any]:
    while True:
        with clock.part("read: wait for the next batch"):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def _settings() -> Any:
    from prefaudit.config import Settings

    return Settings.of_arguments({})


def _console() -> Any:
    from io import StringIO

    from rich.console import Console

    return Console(file=StringIO(), width=100)


def main(arguments: list[str]) -> None:
    """Print the budget as a table."""
    if arguments[:1] == ["--once"]:
        _once(arguments[1])
        return
    file = Path(arguments[0]) if arguments else full_size.parquet()
    command = [process.script("prefaudit"), "audit", str(file)]
    whole = median(process.run(*command).wall for _ in range(_RUNS))
    empty = median(process.run(sys.executable, "-c", "pass").wall for _ in range(_RUNS))
    parts = {"start-up: the interpreter": empty, **measure(file)}
    parts["start-up and end: the rest"] = whole - sum(parts.values())
    rows = [[name, f"{seconds:.3f}", f"{seconds / whole:.1%}"] for name, seconds in sorted(parts.items())]
    print(table(["part", "seconds", "share"], [*rows, ["the whole process", f"{whole:.3f}", "100%"]]))


if __name__ == "__main__":
    main(sys.argv[1:])
