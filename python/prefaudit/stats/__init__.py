"""The statistics behind the verdicts: thin over SciPy, exact under merging."""
