"""A file's path and text in; places (line and column) and spans out."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

BOM = "\ufeff"
_LONE = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters ``[start, end)`` in one source file."""

    path: str
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The smallest span that covers this one and `other` (of the same file)."""
        return Span(self.path, min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place a person can go to: line and column, both counted from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """One file as it was read. `path` is what messages print, relative to the project where possible."""

    path: str
    text: str

    @classmethod
    def saved(cls, path: str, text: str) -> Source:
        """Of what a file holds: without a byte order mark, and with lines that all end in `\\n`."""
        return cls(path, text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n"))

    @classmethod
    def unsaved(cls, path: str, text: str) -> Source:
        """Of what an editor holds: it means what it will mean once saved, and places are where the editor has them."""
        text = f" {text[1:]}" if text.startswith(BOM) else text
        return cls(path, _LONE.sub("\n", text) if "\r" in text else text)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        return (0, *(i + 1 for i, char in enumerate(self.text) if char == "\n"))

    @property
    def line_count(self) -> int:
        return len(self.line_starts)

    def position(self, offset: int) -> Position:
        line = bisect_right(self.line_starts, offset)
        return Position(line, offset - self.line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its line end; empty beyond the last."""
        if not 1 <= number <= self.line_count:
            return ""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] if number < self.line_count else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.end]
