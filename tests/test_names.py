"""The public names are what they say, in whatever order they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import prefaudit

ROWS = '[{"prompt": "p", "chosen": "a", "rejected": "b"}]'


def test_every_public_name_is_there() -> None:
    assert set(prefaudit.__all__) <= set(dir(prefaudit))
    for name in prefaudit.__all__:
        assert getattr(prefaudit, name)
    with pytest.raises(AttributeError, match="no_such_name"):
        prefaudit.no_such_name  # noqa: B018 - asking is what is tested


@pytest.mark.parametrize(
    "program",
    [
        f"prefaudit.audit({ROWS}); prefaudit.load({ROWS}); prefaudit.audit({ROWS})",
        f"import prefaudit.audit, prefaudit.load; prefaudit.load({ROWS}); prefaudit.audit({ROWS})",
        f"from prefaudit.cli import app; from prefaudit import audit, load; load({ROWS}); audit({ROWS})",
    ],
)
def test_a_submodule_does_not_hide_the_function_of_its_name(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import prefaudit; {program}"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
