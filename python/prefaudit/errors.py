"""The errors of prefaudit: one small hierarchy, each message says what, where and what to do."""

from __future__ import annotations

import errno

#: What the system says where a disk, or a user's share of it, is full; not every system knows all three.
NO_ROOM = {getattr(errno, name, errno.ENOSPC) for name in ("ENOSPC", "EDQUOT", "EFBIG")}


class PrefauditError(Exception):
    """Base of every error that prefaudit raises on purpose."""

    def __str__(self) -> str:
        """The message in one line that any terminal can show, whatever names the data have put into it."""
        return "".join(one if one.isprintable() else repr(one)[1:-1] for one in super().__str__())


class SourceError(PrefauditError):
    """A source cannot be opened or cannot be read to its end."""


class FormatError(PrefauditError):
    """The rows are not in a layout of preference data that prefaudit can read."""


class ConfigError(PrefauditError):
    """A setting has a value that it cannot have."""


class TextTypeError(PrefauditError, TypeError):
    """A kernel was given something that is not text."""


class TextValueError(PrefauditError, ValueError):
    """A kernel was given text it cannot work on: lengths that differ, a lone surrogate."""


class MissingPackageError(PrefauditError, ImportError):
    """Something needs an optional package that is not installed."""


class VerdictError(PrefauditError):
    """A report has a verdict that its reader does not accept."""
