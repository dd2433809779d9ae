"""`import prefaudit` is light, and its names are those it promises."""

from __future__ import annotations

import statistics
import subprocess
import sys

import pytest

import prefaudit

HEAVY = ["numpy", "pyarrow", "scipy", "torch", "pandas", "polars", "datasets", "rich", "typer", "prefaudit._core"]


def run(script: str) -> str:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout


def test_nothing_heavy_is_loaded() -> None:
    loaded = run("import sys, prefaudit; print(*sys.modules)").split()
    assert "prefaudit" in loaded
    assert not [name for name in HEAVY if name in loaded]


def test_the_audit_itself_does_without_what_it_need_not_load() -> None:
    loaded = run("import sys, prefaudit; prefaudit.audit, prefaudit.load; print(*sys.modules)").split()
    assert "prefaudit.audit" in loaded
    assert not [name for name in ("torch", "datasets", "polars", "typer", "scipy.stats") if name in loaded]


def test_import_adds_less_than_150_ms() -> None:
    """Half of the runs have to show it: the machine may be busy during the others."""
    script = "import time; start = time.perf_counter(); import prefaudit; print(time.perf_counter() - start)"
    assert statistics.median(float(run(script)) for _ in range(9)) < 0.150


@pytest.mark.parametrize("name", prefaudit.__all__)
def test_public_names(name: str) -> None:
    assert getattr(prefaudit, name) is not None
    assert name in dir(prefaudit)


def test_a_name_that_is_none() -> None:
    with pytest.raises(AttributeError, match="module 'prefaudit' has no attribute 'ratioo'"):
        prefaudit.ratioo  # noqa: B018


def test_the_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert prefaudit.__version__ == version("prefaudit")
