"""How long to wait for the Hugging Face hub.

`huggingface_hub` asks some things without any limit of time and everything six times, `datasets` that twenty times
over: a hub that hangs would keep a user for half an hour, or for ever.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from prefaudit.errors import SourceError
from prefaudit.sources.base import Source
from prefaudit.sources.library import first_cause

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from prefaudit.sources.base import Asked, RawBatch, Sample

#: How long to wait for an answer.
SECONDS = 10.0
#: When it is time to give up: so many requests have got no answer, the first of them so many times as long ago.
_REQUESTS, _TIMES = 3, 1.5
#: Settings of `datasets` for streams: attempts to open a file and to read from it, each of which is already six.
_ATTEMPTS = ("STREAMING_OPEN_MAX_RETRIES", "STREAMING_READ_MAX_RETRIES")


class _Request(Protocol):
    """What is used here of a request of httpx."""

    method: str
    url: Any
    extensions: dict[str, Any]


class _Patience:
    """Hooks of an HTTP client: they see every request before it is sent, and every answer."""

    def __init__(self, asked_for: float) -> None:
        self._most = max(SECONDS, asked_for)
        self._unanswered: list[float] = []

    def asked(self, request: _Request) -> None:
        """Set a limit of time where there is none, or a long one that the user did not ask for.

        Raises:
            SourceError: if the hub has been silent for too long.
        """
        now = time.monotonic()
        if len(self._unanswered) >= _REQUESTS and now - self._unanswered[0] > _TIMES * SECONDS:
            msg = f"{len(self._unanswered)} requests in {now - self._unanswered[0]:.0f} seconds"
            raise SourceError(_silence(request.url.host, msg))
        self._unanswered.append(now)
        limits = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {kind: min(limit or self._most, self._most) for kind, limit in limits.items()}

    def answered(self, _: object) -> None:
        """Start anew."""
        self._unanswered.clear()


@contextmanager
def patience(name: str) -> Iterator[None]:
    """For the length of a call that reads the data set `name`, wait for the hub no longer than a person would."""
    import datasets.config
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session

    before = {setting: getattr(datasets.config, setting) for setting in _ATTEMPTS if hasattr(datasets.config, setting)}
    session, own = get_session(), _Patience(constants.HF_HUB_DOWNLOAD_TIMEOUT)
    hooks: dict[str, list[Any]] = getattr(session, "event_hooks", {})  # earlier releases use another client
    if hooks:
        session.event_hooks = {
            "request": [*hooks["request"], own.asked],
            "response": [*hooks["response"], own.answered],
        }
    for setting in before:
        setattr(datasets.config, setting, 1)
    try:
        with _silent():
            yield
    except SourceError as error:
        if isinstance(first_cause(error), TimeoutError):
            raise SourceError(_silence(constants.ENDPOINT, f"{name} was not sent to its end")) from error
        raise
    finally:
        for setting, value in before.items():
            setattr(datasets.config, setting, value)
        if hooks:
            session.event_hooks = hooks


def _silence(where: str, what: str) -> str:
    return (
        f"the Hugging Face hub at {where} does not answer any more ({what}): try again later, or download the files"
        " elsewhere and audit those"
    )


@contextmanager
def _silent() -> Iterator[None]:
    """Without a line for every attempt: what matters is said once, at the end."""
    loggers = [logging.getLogger(name) for name in ("huggingface_hub", "datasets")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@dataclass(frozen=True)
class Patient:
    """The rows of a source on the hub, read with `patience`."""

    part: Source

    @property
    def name(self) -> str:
        """The source's name."""
        return self.part.name

    @property
    def rows(self) -> int | None:
        """The source's rows."""
        return self.part.rows

    def sample(self) -> Sample:
        """The first rows."""
        with patience(self.name):
            return self.part.sample()

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All rows."""
        with patience(self.name):
            yield from self.part.read(schema)
