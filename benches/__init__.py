"""Benchmarks of prefaudit: `python -m benches.report` measures everything and writes benches/RESULTS.md."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
