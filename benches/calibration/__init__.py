"""Proof that the checks work: planted defects are found, clean data raise no alarm, intervals cover.

`python -m benches.calibration` measures everything and writes docs/calibration.md.
"""

import os

# A process a core is enough: threads of the linear algebra in each of them would stand in each other's way.
for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
