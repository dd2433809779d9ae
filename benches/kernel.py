"""The kernels beside their peers, one thread and two, on the same texts in the same minutes."""

from __future__ import annotations

import difflib
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from statistics import median
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from benches.tables import number, table
from benches.texts import Case, kernel_cases, transcripts
from benches.timing import ratio_of, sampled, take_turns
from prefaudit import kernels
from prefaudit.texts import TextBatch

if TYPE_CHECKING:
    from collections.abc import Callable

PEERS = ("cydifflib", "difflib-fast", "rapidfuzz", "polars")
INDEL = "Indel"
FAST = "difflib-fast"
EXACT, JUNK = "exact", "autojunk"

#: Case, mode, what is compared with, what must be reached, what is hoped for.
BARS = (
    ("full text", EXACT, INDEL, 2.0, 1.0),
    ("full text", JUNK, INDEL, 3.0, 1.0),
    ("responses", EXACT, INDEL, 1.9, 1.0),
    ("responses", JUNK, INDEL, 1.5, 1.0),
    ("dissimilar", EXACT, INDEL, 1.4, 0.7),
    ("2.6 K", EXACT, INDEL, 0.35, 0.2),
    ("10 K", EXACT, INDEL, 0.22, 0.1),
    ("42 K", EXACT, INDEL, 0.15, 0.05),
    ("full text", EXACT, FAST, 1 / 27, 1 / 60),
)


def measure(*, quick: bool = False) -> dict[str, Any]:
    """Every case of the table, and the word counts."""
    seconds = 1.5 if quick else 6.0
    return {
        "versions": {name: _version(name) for name in PEERS},
        "cases": [_case(case, seconds, quick=quick) for case in kernel_cases(quick=quick)],
        "words": _words(seconds),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _case(case: Case, seconds: float, *, quick: bool) -> dict[str, Any]:
    a, b = (list(side) for side in zip(*case.pairs, strict=True))
    times = take_turns(_contenders(a, b), seconds)
    pairs = len(case.pairs)
    return {
        "name": case.name,
        "pairs": pairs,
        "characters": case.characters,
        "rounds": len(times[EXACT]),
        "us": {name: median(all_of_one) / pairs * 1e6 for name, all_of_one in times.items()},
        "to": {other: _ratios(times, other) for other in (INDEL, FAST) if other in times},
        "slow": {name: sampled(call, case.pairs, seconds / 8) for name, call in _slow().items()} if not quick else {},
    }


def _ratios(times: dict[str, list[float]], other: str) -> dict[str, float]:
    return {name: ratio_of(times, name, other) for name in times}


def _contenders(a: list[str], b: list[str]) -> dict[str, Callable[[], object]]:
    """Calls that each compare all texts once; peers get lists of str, prefaudit columns that were handed over."""
    left, right = (TextBatch(pa.array(texts)) for texts in (a, b))
    calls: dict[str, Callable[[], object]] = {}
    if _version("rapidfuzz"):
        process, indel = import_module("rapidfuzz.process"), import_module("rapidfuzz.distance").Indel
        calls[INDEL] = partial(process.cpdist, a, b, scorer=indel.normalized_similarity, workers=1)
    for threads in (1, 2):
        for name, autojunk in ((EXACT, False), (JUNK, True)):
            label = name if threads == 1 else f"{name}, 2 threads"
            calls[label] = partial(kernels.ratios, left, right, autojunk=autojunk, threads=threads)
    if _version("difflib-fast"):
        fast = import_module("difflib_fast").ratio
        calls[FAST] = lambda: list(map(fast, a, b))
    return calls


def _slow() -> dict[str, Callable[[str, str], object]]:
    modules = {"difflib": difflib}
    if _version("cydifflib"):
        modules["cydifflib"] = import_module("cydifflib")
    return {
        f"{name} {mode}": partial(_matched, module, autojunk=mode == JUNK)
        for name, module in modules.items()
        for mode in (EXACT, JUNK)
    }


def _matched(module: Any, a: str, b: str, *, autojunk: bool) -> float:
    return float(module.SequenceMatcher(None, a, b, autojunk).ratio())


def _words(seconds: float) -> dict[str, Any]:
    """Word counts of all transcripts on one thread."""
    texts = [text for pair in transcripts() for text in pair]
    arrow = pa.array(texts)
    batch = TextBatch(arrow)
    calls: dict[str, Callable[[], object]] = {
        "pyarrow utf8_length": partial(pc.utf8_length, arrow),
        "word_counts": partial(kernels.word_counts, batch, threads=1),
        "char_counts": partial(kernels.char_counts, batch, threads=1),
        "handing a column over": partial(TextBatch, arrow),
        "Python len(text.split())": lambda: [len(text.split()) for text in texts],
    }
    if _version("polars"):
        polars = import_module("polars")
        column = polars.Series(texts)
        calls["polars split and len"] = partial(_polars_words, column)
    times = take_turns(calls, seconds)
    return {
        "texts": len(texts),
        "ns_a_character": {name: median(all_of_one) / sum(map(len, texts)) * 1e9 for name, all_of_one in times.items()},
        "to_utf8_length": _ratios(times, "pyarrow utf8_length"),
    }


def _polars_words(column: Any) -> Any:
    return column.str.split(" ").list.len()


def render(result: dict[str, Any]) -> str:
    """The kernel's chapter of the report."""
    return "\n\n".join([_render_times(result), _render_bars(result), _render_threads(result), _render_words(result)])


def _render_times(result: dict[str, Any]) -> str:
    fast = [EXACT, JUNK, f"{EXACT}, 2 threads", f"{JUNK}, 2 threads", INDEL, FAST]
    slow = list(result["cases"][0]["slow"])
    rows = []
    for case in result["cases"]:
        times = [number(case["us"].get(name)) for name in fast]
        rows.append(
            [f"{case['name']} ({case['characters']:,})", f"{case['pairs']:,} x {case['rounds']}", *times]
            + [_slow_cell(case["slow"].get(name), case["pairs"]) for name in slow]
        )
    versions = ", ".join(f"{name} {found or 'not installed'}" for name, found in result["versions"].items())
    head = ["texts (mean characters)", "pairs x rounds", *(f"prefaudit {name}" for name in fast[:4]), *fast[4:], *slow]
    return (
        f"Microseconds a pair, the median of rounds in which the contenders take turns, each repeating its "
        f"call for 30 ms; Python's `difflib` and `cydifflib` over as many pairs as there is time for (their number "
        f"behind the time). Peers get lists of str, "
        f"prefaudit Arrow columns wrapped in `TextBatch`, as the audit has them. {INDEL} is RapidFuzz "
        f"`process.cpdist(..., scorer=Indel.normalized_similarity, workers=1)`: another, cheaper metric. "
        f"One thread where nothing else is said. {versions}.\n\n" + table(head, rows)
    )


def _slow_cell(found: tuple[float, int] | None, pairs: int) -> str:
    if found is None:
        return "-"
    seconds, done = found
    return number(seconds * 1e6) + ("" if done == pairs else f" ({done})")


def _render_bars(result: dict[str, Any]) -> str:
    cases = {case["name"]: case for case in result["cases"]}
    rows = []
    for name, mode, other, must, goal in BARS:
        value = cases[name]["to"].get(other, {}).get(mode)
        if other == FAST:
            shown = [f"{1 / x:.3g}x faster" if x else "-" for x in (value, must, goal)]
        else:
            shown = ["-" if value is None else f"{value:.3f}", f"<= {must}", f"<= {goal}"]
        rows.append([f"{name}, {mode}", other, *shown, reached(value, must, goal)])
    growth = {name: cases["42 K"]["us"][name] / cases["10 K"]["us"][name] for name in cases["42 K"]["us"]}
    value, bar = growth[EXACT], growth.get(FAST)
    rows.append(["growth from 10 K to 42 K, exact", FAST, number(value), f"<= {number(bar)}", "", reached(value, bar)])
    text = "The same as bars: the median over the rounds of the time in units of the peer's time in the same round."
    return text + "\n\n" + table(["case", "beside", "measured", "must", "goal", "reached"], rows)


def reached(value: float | None, must: float | None, goal: float | None = None) -> str:
    """Which of two upper bounds a value keeps."""
    if value is None or must is None:
        return "not measured"
    if goal is not None and value <= goal:
        return "goal"
    return "must" if value <= must else "NO"


def _render_threads(result: dict[str, Any]) -> str:
    rows = []
    for case in result["cases"]:
        speed = [case["us"][mode] / case["us"][f"{mode}, 2 threads"] for mode in (EXACT, JUNK)]
        rows.append([case["name"], *(f"{x:.2f}" for x in speed)])
    text = "Two threads against one, as a factor of speed (the bar is 1.7 on two idle cores)."
    return text + "\n\n" + table(["texts", EXACT, JUNK], rows)


def _render_words(result: dict[str, Any]) -> str:
    words = result["words"]
    rows = [[name, f"{ns:.3f}", f"{words['to_utf8_length'][name]:.2f}"] for name, ns in words["ns_a_character"].items()]
    state = reached(words["to_utf8_length"]["word_counts"], 3.0, 1.5)
    text = (
        f"Word counts of {words['texts']:,} whole transcripts, one thread. The bar is 3 times "
        f"`pyarrow.compute.utf8_length`, the goal 1.5 times: {state}. Polars splits at "
        f"spaces only, which is no word count. Arrow text is checked to be UTF-8 when it is handed over, once a column."
    )
    return text + "\n\n" + table(["what", "ns a character", "in units of utf8_length"], rows)
