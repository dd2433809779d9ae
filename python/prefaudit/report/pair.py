"""One pair for people: the prompt, the two responses, and what differs between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from prefaudit.kernels import matching_blocks
from prefaudit.report.plain import print_trimmed
from prefaudit.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from rich.console import Console, RenderableType

#: How what only one response has is marked: a style, and signs where there is no colour.
_CHOSEN = ("bold green", "{+", "+}")
_REJECTED = ("bold red", "[-", "-]")
#: Shorter matches inside two texts are chance, and marking around them would cut words to pieces.
_LEAST = 4


def print_pair(pair: Mapping[str, Any], console: Console) -> None:
    """Write one row of `pairs.SCHEMA` to a console.

    What only the chosen response has is green and what only the rejected one has is red; without colour
    it stands between {+ +} and [- -].
    """
    prompt, *sides = (visible(pair[name]) for name in ("prompt", "chosen", "rejected"))
    chosen, rejected = marked_texts(*sides, signs=console.color_system is None)
    note = (
        " (tie)" if pair.get("tie") else " (the transcripts part before the last turn)" if pair.get("diverged") else ""
    )
    parts: list[RenderableType] = [Text(f"{visible(pair['source'])}, row {pair['row']}{note}", style="bold")]
    for name, text in (("prompt", Text(prompt.strip("\n"))), ("chosen", chosen), ("rejected", rejected)):
        parts += [Text(f"\n{name}", style="bold"), Padding(text, (0, 0, 0, 2), expand=False)]
    print_trimmed(console, parts)


def marked_texts(chosen: str, rejected: str, *, signs: bool) -> tuple[Text, Text]:
    """Both texts, with what the other one lacks marked by style, and by signs if asked.

    Example:
        >>> chosen, rejected = marked_texts("I do not know", "I know", signs=True)
        >>> str(chosen), str(rejected)
        ('I{+ do not+} know', 'I know')
    """
    blocks = [
        block
        for block in matching_blocks(chosen, rejected, autojunk=False)
        if block.size >= _LEAST or 0 in {block.a, block.b} or block.a + block.size == len(chosen)
    ]
    return (
        _marked(chosen, [(block.a, block.size) for block in blocks], _CHOSEN, signs=signs),
        _marked(rejected, [(block.b, block.size) for block in blocks], _REJECTED, signs=signs),
    )


def _marked(text: str, shared: Iterable[tuple[int, int]], marks: tuple[str, str, str], *, signs: bool) -> Text:
    style, before, after = marks
    marked, position = Text(), 0
    for start, size in shared:
        if own := text[position:start]:
            marked.append(f"{before}{own}{after}" if signs else own, style)
        marked.append(text[start : start + size])
        position = start + size
    return marked
