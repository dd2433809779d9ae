"""Exit codes, and how an error becomes one."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from prefaudit.errors import NO_ROOM, ConfigError, PrefauditError

if TYPE_CHECKING:
    from collections.abc import Iterator

DONE = 0
VERDICT = 1  # a verdict at or above --fail-on, or a required check without one
USAGE = 2
UNREADABLE = 3
INTERRUPTED = 130
BROKEN_PIPE = 141
INTERNAL = 70


@contextmanager
def exit_codes(*, traceback: bool) -> Iterator[None]:
    """Turn errors into a message and an exit code; with `traceback` let them through."""
    try:
        yield
    except KeyboardInterrupt:
        _leave("interrupted", INTERRUPTED)
    except BrokenPipeError:  # whoever read our output has seen enough
        _give_up_stdout()
        raise typer.Exit(BROKEN_PIPE) from None
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception as error:
        if traceback:
            raise
        _leave(*_explained(error))


def _give_up_stdout() -> None:
    """Let what is still to be written vanish, so that the end of the process does not fail on it once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _explained(error: Exception) -> tuple[str, int]:
    match error:
        case ConfigError():
            return f"error: {error}", USAGE
        case PrefauditError():
            return f"error: {error}", UNREADABLE
        case OSError(errno=number) if number in NO_ROOM:
            _give_up_stdout()
            return f"error: {error.filename or 'the output'} cannot be written: {error.strerror}", USAGE
        case _:
            what = f"{type(error).__name__}: {error}"
            return f"internal error: {what}\nThis is a bug in prefaudit; --traceback shows where.", INTERNAL


def _leave(message: str, code: int) -> None:
    typer.echo(message, err=True)
    raise typer.Exit(code) from None
