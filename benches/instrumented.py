"""One audit whose parts are timed: `python -m benches.instrumented FILE` prints a line for each.

Nothing but the standard library may be imported above: start-up is one of the parts.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from contextlib import contextmanager
from threading import current_thread, local, main_thread
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prefaudit.loaded import Loaded

#: What a thread that reads ahead does while the main thread computes.
AHEAD = "ahead: "
#: Which part of the work each kernel is.
_KERNELS = {
    "cut_transcripts": "cut: prompts and responses",
    "word_counts": "count: words",
    "char_counts": "count: characters",
    "letter_counts": "count: letters",
    "ratios": "ratio",
    "both_ratios": "ratio",
    "sameness": "compare: sameness",
    "text_hashes": "hash: texts",
    "text_marks": "mark: blank, cut or misread texts",
    "text_features": "count: features of texts",
    "TextBatch": "hand over: check that text is UTF-8",
}
#: The same of the core's functions that `prefaudit.prose` wraps, which are reached by attribute as well.
_PROSE = {
    "prompt_facts": "tell: facts of prompts",
    "human_turns": "tell: human turns",
    "languages": "tell: languages",
    "term_counts": "count: terms of prompts",
}


class Clock:
    """Seconds by part of the work; what is called inside another part counts for the inner one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inner = local()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count the time of a block for a part."""
        inner = self._inner.__dict__.setdefault("spent", [0.0])
        start = perf_counter()
        inner.append(0.0)
        try:
            yield
        finally:
            spent = perf_counter() - start
            where = "" if current_thread() is main_thread() else AHEAD
            self.seconds[where + name] += spent - inner.pop()
            inner[-1] += spent

    def timed(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        """A function that does the same and is timed."""

        def wrapped(*args: Any, **options: Any) -> Any:
            with self.part(name):
                return call(*args, **options)

        return wrapped


def _audit(file: str) -> None:
    """Audit a file and print the seconds by part."""
    clock = Clock()
    with clock.part("start-up: imports"):
        import prefaudit.cli  # noqa: F401 - it settles how pyarrow is imported
        from prefaudit import _core, kernels
        from prefaudit.audit import prepare_checks, run_checks
        from prefaudit.checks.registry import check_classes
        from prefaudit.load import load
        from prefaudit.report.text import print_report
    # Names that other modules have taken already keep the untimed functions; kernels are reached by attribute.
    for name, part in _KERNELS.items():
        if name != "TextBatch":
            setattr(kernels, name, clock.timed(getattr(kernels, name), part))
    for name, part in _PROSE.items():
        setattr(_core, name, clock.timed(getattr(_core, name), part))
    _core.TextColumn = clock.timed(_core.TextColumn, _KERNELS["TextBatch"])  # type: ignore[assignment,misc]
    with clock.part("start-up: open the file, tell the format"):
        data = load(file)
    source: Any = type(cast("Loaded", data)._source)  # noqa: SLF001
    read = source.read
    source.read = lambda *args: _timed_each(clock, read(*args))
    for check in check_classes():
        check.update = clock.timed(check.update, f"check: {check.id}")  # type: ignore[method-assign]
        check.result = clock.timed(check.result, "statistics")  # type: ignore[method-assign]
    with clock.part("the loop"):
        report = run_checks(data, prepare_checks(None, _settings()))
    with clock.part("report as text"):
        print_report(report, _console())
    for name, seconds in clock.seconds.items():
        print(f"{name}\t{seconds}")


def _timed_each(clock: Clock, batches: Iterator[Any]) -> Iterator[Any]:
    while True:
        with clock.part("read: the file"):
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


if __name__ == "__main__":
    _audit(sys.argv[1])
