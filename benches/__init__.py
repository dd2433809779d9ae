"""Benchmarks of prefaudit: `python -m benches.report` measures everything and writes benches/RESULTS.md."""
