"""A JSON array of objects, read element by element: the file is never in memory as a whole."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, NoReturn

from prefaudit.errors import SourceError
from prefaudit.sources.base import SAMPLE_ROWS, Asked, RawBatch, Sample, kind_of
from prefaudit.sources.rows import Row, batched
from prefaudit.sources.streams import File, reading, text_stream

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


_CHUNK = 1 << 20
#: What the parser says this close to the end of what was read may change when more is read.
_SLACK = 16
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class JsonArray:
    """The elements of a file that holds one JSON array."""

    file: File
    rows: int | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file.name

    def sample(self) -> Sample:
        """The first elements that are objects."""
        rows: list[Any] = []
        first: Any = None
        with reading(self.name), self.file.open() as stream:
            for element in _elements(text_stream(stream), self.name):
                if isinstance(element.value, dict):
                    rows.append(element.value)
                if len(rows) == SAMPLE_ROWS:
                    break
                first = element.value if first is None else first
        if first is not None and not rows:
            msg = f"{self.name} holds no JSON objects: the first element of its array is {kind_of(first)}"
            raise SourceError(msg)
        return Sample.of(rows)

    def read(self, schema: Asked) -> Generator[RawBatch]:
        """All elements."""
        with reading(self.name), self.file.open() as stream:
            yield from batched(_elements(text_stream(stream), self.name), schema, self.name)


def _elements(stream: IO[str], name: str) -> Iterator[Row]:
    """The elements of the array in `stream`."""
    window = _Window(stream, name)
    window.expect("[")
    if window.peek() == "]":
        window.expect("]")
    else:
        separator = ","
        while separator == ",":
            yield window.value()
            separator = window.expect(",]")
    if window.peek():
        window.fail("the array ends, but more follows")


class _Window:
    """The part of a stream that is being parsed."""

    def __init__(self, stream: IO[str], name: str) -> None:
        self._stream = stream
        self._name = name
        self._text = ""
        self._at = 0
        self._line = 1
        self._line_start = 0  # where the current line begins, relative to the window
        self._decode = json.JSONDecoder().raw_decode

    def peek(self) -> str:
        """The next character that is no space, "" at the end of the stream."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._advance(space.end() if space else self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def expect(self, characters: str) -> str:
        """The next character that is no space, which must be one of `characters`."""
        found = self.peek()
        if not found:
            self.fail("the file ends inside the array")
        if found not in characters:
            self.fail(f"expected {' or '.join(characters)}, found {found!r}")
        self._advance(self._at + 1)
        return found

    def value(self) -> Row:
        """The next JSON value."""
        self.peek()
        while True:
            line = self._line
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                offset = error.pos - self._at
                cut_off = self._near_end(error.pos) or error.msg.startswith("Unterminated string")
                if not (cut_off and self._more()):
                    self._advance(self._at + offset)
                    self.fail(error.msg)
            except (ValueError, RecursionError) as error:
                self.fail(str(error))
            else:
                characters = end - self._at
                if not (self._near_end(end) and self._more()):  # a number may go on
                    self._advance(self._at + characters)
                    return Row(value, characters, f"line {line}")

    def fail(self, message: str) -> NoReturn:
        """Raise the error that the array is broken here."""
        column = self._at - self._line_start + 1
        msg = (
            f"{self._name}, line {self._line}, column {column}: {message}. The rest of a broken array cannot be read:"
            " mend the file, or write one object a line (.jsonl), where only the bad line is lost."
        )
        raise SourceError(msg)

    def _near_end(self, position: int) -> bool:
        return position > len(self._text) - _SLACK

    def _advance(self, to: int) -> None:
        lines = self._text.count("\n", self._at, to)
        if lines:
            self._line += lines
            self._line_start = self._text.rfind("\n", self._at, to) + 1
        self._at = to

    def _more(self) -> bool:
        """Read on; twice as much each time while one value goes on, so that its cost stays linear."""
        kept = self._text[self._at :]
        chunk = self._stream.read(max(_CHUNK, len(kept)))
        self._line_start -= self._at
        self._text, self._at = kept + chunk, 0
        return bool(chunk)
