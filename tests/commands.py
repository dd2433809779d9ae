"""The command line as a process."""

from __future__ import annotations

import subprocess
import sys
from typing import Any


def prefaudit(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """What `prefaudit` with these arguments wrote, and its exit code; options are those of `subprocess.run`."""
    command = [sys.executable, "-m", "prefaudit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, **options)
