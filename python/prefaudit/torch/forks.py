"""Workers that are forked from a process in which a tokenizer has run."""

from __future__ import annotations

import os

_NAME = "TOKENIZERS_PARALLELISM"


class OneThread:
    """Tells the tokenizers of a forked process to use one thread, unless the user has said what they should do.

    Workers share the cores among them; and older versions of the package tokenizers write a warning from each worker
    where nothing is said.
    """

    def __init__(self) -> None:
        self._ours = False

    def before(self) -> None:
        """Say so for the process that will be there."""
        if _NAME not in os.environ:
            os.environ[_NAME], self._ours = "false", True

    def after_in_parent(self) -> None:
        """Take it back here."""
        if self._ours:
            del os.environ[_NAME]
            self._ours = False


def one_thread_after_fork() -> None:
    """From now on."""
    if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
        hooks = OneThread()
        os.register_at_fork(before=hooks.before, after_in_parent=hooks.after_in_parent)
