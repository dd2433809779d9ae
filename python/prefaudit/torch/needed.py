"""What this package takes beyond the others."""

from __future__ import annotations

from importlib.util import find_spec

from prefaudit.errors import MissingPackageError


def needed() -> None:
    """Say in one line what is missing, and how to get it."""
    missing = [name for name in ("torch", "transformers", "tokenizers") if find_spec(name) is None]
    if missing:
        msg = f"prefaudit.torch needs {' and '.join(missing)}: pip install 'prefaudit[torch]'"
        raise MissingPackageError(msg)
