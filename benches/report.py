"""Measure everything and write benches/RESULTS.md: `python -m benches.report`.

Each part can be measured alone (`--only kernel`): the others stay as they were measured before, on this machine or, as
the file has them, on another. Every chapter says where.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from benches import ROOT, cache
from benches.environment import environment

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = ROOT / "benches" / "RESULTS.md"
PARTS = {
    "kernel": "The kernels beside their peers",
    "audit": "The audit, end to end",
    "loading": "Loading",
    "growth": "Growth",
    "tokenizing": "Tokenizing",
}
RECORDS = "Records"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, then write the file."""
    options = _parser().parse_args(arguments)
    for part in options.only or PARTS:
        print(f"measuring: {part}", file=sys.stderr, flush=True)
        _measure(part, options)
    text = _report(quick=options.quick)
    if options.quick and not options.write:
        print(text)
    else:
        RESULTS.write_text(text, encoding="utf-8")
        print(f"wrote {RESULTS.relative_to(ROOT)}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benches.report", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part alone (may be repeated)")
    parser.add_argument("--quick", action="store_true", help="a rough look: print the report and write nothing")
    parser.add_argument("--write", action="store_true", help="write the file after a rough look as well")
    parser.add_argument("--full", action="store_true", help="also audit 1,608,000 pairs (2.2 GB of disk)")
    return parser


def _measure(part: str, options: argparse.Namespace) -> None:
    module = import_module(f"benches.{part}")
    extra = {"full": options.full} if part == "audit" else {}
    facts = environment()
    result = module.measure(quick=options.quick, **extra)
    if options.quick:
        facts["rounds:"] = "few (--quick)"
    cache.keep(part, {"environment": facts, "result": result}, quick=options.quick)


def _report(*, quick: bool) -> str:
    chapters, written = [_INTRODUCTION], _written()
    for part, title in PARTS.items():
        found = cache.kept(part, quick=quick)
        body = _chapter(part, found) if found else written.get(title, "Not measured yet.")
        chapters.append(f"## {title}\n\n{body}")
    records = import_module("benches.records").render()
    chapters.append(f"## {RECORDS}\n\n{records}")
    return "\n\n".join(chapters) + "\n"


def _written() -> dict[str, str]:
    """The chapters of the file, by title."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    parts = (part.partition("\n\n") for part in f"\n{text}".split("\n## ")[1:])
    return {title: body.rstrip() for title, _, body in parts}


_INTRODUCTION = """# Results

Written by `python -m benches.report`; run it again to have your own machine's figures. Times are medians; where two
contenders are compared they took turns, and the ratio is taken within each turn, so that a machine with other work
to do slows both."""


def _chapter(part: str, found: dict[str, Any]) -> str:
    module = import_module(f"benches.{part}")
    facts = "; ".join(f"{name} {value}" for name, value in found["environment"].items())
    return f"{facts}.\n\n{module.render(found['result'])}"


if __name__ == "__main__":
    main()
