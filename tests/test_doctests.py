"""The examples in docstrings and in README.md."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import prefaudit
from prefaudit.errors import MissingPackageError

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(prefaudit.__path__, "prefaudit.")
    if not module.name.endswith("__main__") and module.name != "prefaudit._core"
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of(name: str) -> None:
    try:
        module = import_module(name)
    except MissingPackageError as error:
        pytest.skip(str(error))
    assert doctest.testmod(module, optionflags=FLAGS).failed == 0


def test_there_are_examples() -> None:
    assert len(MODULES) > 30
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = [test for test in finder.find(import_module("prefaudit.kernels")) if test.examples]
    assert len(examples) > 8


def test_readme() -> None:
    readme = Path(__file__).parents[1] / "README.md"
    result = doctest.testfile(str(readme), module_relative=False, optionflags=FLAGS, encoding="utf-8")
    assert result.failed == 0
    assert result.attempted > 5
