"""Write to a console without blanks at the ends of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console, RenderableType


def print_trimmed(console: Console, parts: Iterable[RenderableType]) -> None:
    """Print each part on its own lines; tables and padding leave blanks at their right that nobody needs."""
    with console.capture() as captured:
        for part in parts:
            # What is not to be wrapped is not to be cut either.
            console.print(part, soft_wrap=isinstance(part, Text) and part.overflow == "ignore")
    console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
