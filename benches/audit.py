"""The whole process `prefaudit audit FILE`: wall time, processor time, peak memory."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from benches import full_size, process
from benches.kernel import reached
from benches.tables import number, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = full_size.ROWS
MAIN = "Parquet"
#: Seconds and megabytes: what must be reached, and what is hoped for.
WALL, PEAK = (4.5, 3.0), (700, 400)
GROWTH = 1.2
#: What is asked of all checks together, by the same run: the bars above were set when there were three.
ALL_WALL, ALL_PEAK = (8.0, 5.0), (1200,)
#: The three checks that were there first: shares of pairs.
THREE = "three checks"
_THREE = ("--select", "identical,near-duplicate,length-bias")


def measure(*, quick: bool = False, full: bool = False) -> dict[str, Any]:
    """Every row of the table; each file is read once before it counts, so that it lies in the file cache."""
    runs = 2 if quick else 5
    names = list(_cases(full=full))[: 6 if quick else None]
    cases = _cases(full=full)
    return {"cases": [_case(name, *cases[name], runs) for name in names]}


def _cases(*, full: bool) -> dict[str, tuple[int, Callable[[], Path], tuple[str, ...]]]:
    """Rows, file and further arguments of each case."""
    few, many = ROWS // 10, ROWS * 10
    cases: dict[str, tuple[int, Callable[[], Path], tuple[str, ...]]] = {
        MAIN: (ROWS, full_size.parquet, ()),
        "Parquet, a tenth": (few, lambda: full_size.parquet(few), ()),
        "Parquet, one thread": (ROWS, full_size.parquet, ("--threads", "1")),
        f"Parquet, {THREE}": (ROWS, full_size.parquet, _THREE),
        f"Parquet, {THREE}, a tenth": (few, lambda: full_size.parquet(few), _THREE),
        f"Parquet, {THREE}, one thread": (ROWS, full_size.parquet, (*_THREE, "--threads", "1")),
        "Parquet, snappy": (ROWS, lambda: full_size.parquet(compression="snappy"), ()),
        "Parquet, one row group": (ROWS, lambda: full_size.parquet(one_group=True), ()),
        "JSON-lines, gzip": (ROWS, full_size.json_lines, ()),
    }
    if full:
        cases["Parquet, tenfold"] = (many, lambda: full_size.parquet(many), ())
        cases[f"Parquet, {THREE}, tenfold"] = (many, lambda: full_size.parquet(many), _THREE)
    return cases


def _case(name: str, rows: int, make: Callable[[], Path], arguments: tuple[str, ...], runs: int) -> dict[str, Any]:
    file = make()
    command = [process.script("prefaudit"), "audit", str(file), *arguments]
    process.run(*command)
    used = [process.run(*command) for _ in range(_runs(name, rows, runs))]
    return {
        "name": name,
        "rows": rows,
        "file_mb": file.stat().st_size / 1e6,
        "runs": len(used),
        **{field: median(getattr(one, field) for one in used) for field in ("wall", "cpu", "peak_mb")},
        "least_wall": min(one.wall for one in used),
    }


def _runs(name: str, rows: int, most: int) -> int:
    """The case that has a bar is run most often."""
    return most if name == MAIN else min(most, 3 if rows <= ROWS else 2)


def render(result: dict[str, Any]) -> str:
    """The audit's chapter of the report."""
    head = ["source", "pairs", "file, MB", "runs", "wall, s", "least wall, s", "user + system, s", "peak, MB"]
    rows = [
        [
            *(case["name"], f"{case['rows']:,}", f"{case['file_mb']:.0f}", str(case["runs"])),
            *(number(case[field]) for field in ("wall", "least_wall", "cpu", "peak_mb")),
        ]
        for case in result["cases"]
    ]
    text = (
        "The process `prefaudit audit FILE` from start to end, its report included; the file lies in the file cache. "
        "The rows are repeated with their letters exchanged, so that all texts differ while lengths and ratios stay "
        "(benches/full_size.py). All checks run that need no tokenizer, or the three that are shares of pairs "
        "(`identical`, `near-duplicate`, `length-bias`); two threads, row groups of 10,000 rows, uncompressed, where "
        "nothing else is said."
    )
    return f"{text}\n\n{table(head, rows)}\n\n{_bars(result)}"


def _bars(result: dict[str, Any]) -> str:
    cases = {case["name"]: case for case in result["cases"]}
    main, three = cases[MAIN], cases[f"Parquet, {THREE}"]
    rows = [
        ["wall, s", number(main["wall"]), *map(str, WALL), reached(main["wall"], *WALL)],
        ["peak, MB", number(main["peak_mb"]), *map(str, PEAK), reached(main["peak_mb"], *PEAK)],
        ["wall, s, all checks", number(main["wall"]), *map(str, ALL_WALL), reached(main["wall"], *ALL_WALL)],
        ["peak, MB, all checks", number(main["peak_mb"]), str(*ALL_PEAK), "", reached(main["peak_mb"], *ALL_PEAK)],
        [f"wall, s, {THREE}", number(three["wall"]), *map(str, WALL), reached(three["wall"], *WALL)],
        [f"peak, MB, {THREE}", number(three["peak_mb"]), *map(str, PEAK), reached(three["peak_mb"], *PEAK)],
    ]
    one = cases.get("Parquet, one row group")
    if one:
        rows.append(
            ["peak, MB, one row group", number(one["peak_mb"]), *map(str, PEAK), reached(one["peak_mb"], *PEAK)]
        )
    more = cases.get("Parquet, tenfold")
    if more:
        grown = more["peak_mb"] / main["peak_mb"]
        rows.append(["peak, tenfold rows over this", f"{grown:.2f}", str(GROWTH), "", reached(grown, GROWTH)])
    alone = cases.get("Parquet, one thread")
    if alone:
        rows.append(["speed, two threads over one", f"{alone['wall'] / main['wall']:.2f}", "", "", ""])
    return table([f"{ROWS:,} pairs as Parquet", "measured", "must", "goal", "reached"], rows)
