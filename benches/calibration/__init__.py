"""Proof that the checks work: planted defects are found, clean data raise no alarm, intervals cover.

`python -m benches.calibration` measures everything and writes docs/calibration.md.
"""
