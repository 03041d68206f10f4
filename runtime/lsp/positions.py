"""A text and places in it (lines and code units, as an editor counts) in; offsets in characters, and back, out.

Everywhere else a place is an offset. Lines end with CR LF, LF or CR, as in the protocol, and nowhere else.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import cached_property

from lsprotocol import types

from dsl.source import Span

_END = re.compile(r"\r\n|\n|\r")
_UNITS: Mapping[str, Callable[[str], int]] = {
    "utf-8": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "utf-16": lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    "utf-32": len,
}
ENCODINGS = tuple(_UNITS)


class Lines:
    """`encoding` is what was agreed with the editor: utf-8, utf-16 or utf-32."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self.encoding = encoding
        self._units = _UNITS[encoding]

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return (0, *(end.end() for end in _END.finditer(self.text)))

    @cached_property
    def _plain(self) -> bool:
        """Then every character is one unit in each encoding."""
        return self.text.isascii()

    def offset(self, position: types.Position) -> int:
        """A place beyond a line's end is its end; one beyond the text's end is the text's."""
        if position.line >= len(self._starts):
            return len(self.text)
        start, end = self._line(position.line)
        if self._plain:
            return min(start + position.character, end)
        return self._walked(start, end, position.character)

    def _walked(self, start: int, end: int, units: int) -> int:
        """A place in the middle of a character is the character's beginning."""
        line = self.text[start:end]
        if line.isascii():
            return min(start + units, end)
        for offset, character in enumerate(line, start):
            units -= self._units(character)
            if units < 0:
                return offset
        return end

    def _line(self, number: int) -> tuple[int, int]:
        """Where line `number` (from 0) begins, and where it ends without its line end."""
        start = self._starts[number]
        if number + 1 == len(self._starts):
            return start, len(self.text)
        end = self._starts[number + 1] - 1
        return start, end - (self.text[start:end].endswith("\r") and self.text[end] == "\n")

    def position(self, offset: int) -> types.Position:
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, offset) - 1
        start, end = self._line(line)
        offset = min(offset, end)
        column = offset - start if self._plain else self._units(self.text[start:offset])
        return types.Position(line, column)

    def span(self, path: str, place: types.Range) -> Span:
        start, end = self.offset(place.start), self.offset(place.end)
        return Span(path, min(start, end), max(start, end))

    def range(self, start: int, end: int) -> types.Range:
        return types.Range(self.position(start), self.position(end))

    @property
    def whole(self) -> types.Range:
        return self.range(0, len(self.text))

    def units(self, start: int, end: int) -> int:
        """How long a piece of one line is, as the editor counts."""
        return end - start if self._plain else self._units(self.text[start:end])
