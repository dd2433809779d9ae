"""The border to code that is not ours: whatever it raises becomes a `SourceError`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from prefaudit.errors import PrefauditError, SourceError


@contextmanager
def library_errors(name: str, way_out: str = "") -> Iterator[None]:
    """Turn every error into a `SourceError` that names the data, what was raised, and a way out.

    A data set can be made by its user's functions, by any decoder and over any network, so that the errors cannot be
    listed.
    """
    try:
        yield
    except PrefauditError:
        raise
    except Exception as error:
        lines = (str(first_cause(error)).strip() or "without a message").splitlines()
        what = f"{type(first_cause(error)).__name__}: {lines[0][:300].rstrip('. ')}"
        msg = f"{name} cannot be read to its end ({what})"
        raise SourceError(f"{msg}. {way_out}" if way_out else msg) from error


def first_cause(error: BaseException) -> BaseException:
    """What was raised first: `datasets` says "An error occurred" and keeps the reason behind it."""
    seen = {id(error)}
    while (cause := error.__cause__) is not None and id(cause) not in seen:
        seen.add(id(cause))
        error = cause
    return error


@dataclass(frozen=True)
class Guarded:
    """An iterable of a library, with its errors turned; it can be iterated over as often as `make` can be called."""

    make: Callable[[], Any]
    name: str
    way_out: str = ""

    def __iter__(self) -> Iterator[Any]:
        with library_errors(self.name, self.way_out):
            yield from self.make()
