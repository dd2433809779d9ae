"""The machine and the versions that figures belong to; no names of hosts, no paths."""

from __future__ import annotations

import datetime as dt
import os
import platform
from pathlib import Path

import pyarrow as pa

import prefaudit
from benches.texts import data_name


def environment() -> dict[str, str]:
    """What a reader has to know to compare."""
    return {
        "measured": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "on": f"{_processor()}, {_cores()} cores",
        "under": f"{platform.system()} {platform.release().split('-')[0]} ({platform.machine()})",
        "Python": platform.python_version(),
        "pyarrow": pa.__version__,
        "prefaudit": prefaudit.__version__,
        "texts:": data_name(),
        "load before:": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown",
    }


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if not facts.exists():
        return platform.processor() or "an unknown processor"
    lines = dict(_split(line) for line in facts.read_text(encoding="utf-8").splitlines() if ":" in line)
    name = lines.get("model name", "an unknown processor")
    wide = [flag for flag in ("avx2", "avx512f") if flag in lines.get("flags", "").split()]
    model = f"family {lines.get('cpu family', '?')} model {lines.get('model', '?')}"
    return f"{name} ({model}; {', '.join(wide) or 'no AVX2'})"


def _split(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
