"""Styled pieces of text in; lines of at most so many terminal cells, coloured or with plain marks, out.

Text that a model wrote is shown, never obeyed: control characters become visible signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from dsl.diagnostics.cells import text_width, visible
from runtime.diff.words import Mark

Style = Literal["", "delete", "insert", "change", "head", "dim"]
CODES = {"delete": "31", "insert": "32", "change": "33", "head": "1", "dim": "2"}
BRACKETS = {"delete": ("[-", "-]"), "insert": ("{+", "+}")}
CONTEXT = 80
"""Longer stretches of unchanged text between two changes are shortened."""
_ATOM = re.compile(r"\n|[^\S\n]+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    style: Style
    text: str


@dataclass(frozen=True, slots=True)
class Painter:
    """How lines are laid out: `width` in cells, colours or none."""

    width: int = 80
    colour: bool = False

    def paint(self, style: Style, text: str) -> str:
        """One line: names, too, are shown and not obeyed."""
        text = visible(text)[0]
        return f"\x1b[{CODES[style]}m{text}\x1b[0m" if self.colour and style and text else text

    def marked(self, marks: Iterable[Mark]) -> list[Piece]:
        """Word-level marks as pieces: in colour, or as `[-old-]{+new+}`. Long unchanged stretches are shortened."""
        kept = list(marks)
        return [self._marked(mark, first=i == 0, last=i == len(kept) - 1) for i, mark in enumerate(kept)]

    def _marked(self, mark: Mark, *, first: bool, last: bool) -> Piece:
        if mark.op == "equal":
            return Piece("", shortened(mark.text, first=first, last=last))
        text = mark.text.replace("\n", "↵\n")
        start, end = ("", "") if self.colour else BRACKETS[mark.op]
        return Piece(mark.op, f"{start}{text}{end}")

    def wrap(self, pieces: Sequence[Piece], first: str = "", rest: str = "") -> list[str]:
        """Words on lines; `first` and `rest` lead the first line and all others. Line ends in the text are kept."""
        first, rest = visible(first)[0], visible(rest)[0]
        lines, line, used = [], first, text_width(first)
        for style, atom in self._atoms(pieces, self.width - max(text_width(first), text_width(rest))):
            width = text_width(atom)
            if atom == "\n" or (used + width > self.width and used > text_width(rest)):
                lines.append(line)
                line, used = rest, text_width(rest)
            if atom != "\n" and not (atom.isspace() and line == rest and lines):
                line, used = line + self.paint(style, atom), used + width
        return [kept.rstrip() for kept in (*lines, line)]

    def _atoms(self, pieces: Sequence[Piece], room: int) -> Iterator[tuple[Style, str]]:
        """Words, blanks and line ends; a word wider than a line comes in parts."""
        for piece in pieces:
            for atom in _ATOM.findall(piece.text):
                shown = "\n" if atom == "\n" else visible(atom)[0]
                for start in range(0, len(shown), max(room // 2, 1)) if text_width(shown) > room else (0,):
                    end = start + max(room // 2, 1) if text_width(shown) > room else len(shown)
                    yield piece.style, shown[start:end]


def shortened(text: str, *, first: bool, last: bool, context: int = CONTEXT) -> str:
    """Unchanged text next to a change: what lies further than half of `context` from one is left out."""
    half = context // 2
    if len(text) <= context + 20:
        return text
    head = "" if first else _cut(text[:half], end=True)
    tail = "" if last else _cut(text[-half:], end=False)
    return f"{head} … {tail}".strip(" ") if first or last else f"{head} … {tail}"


def _cut(text: str, *, end: bool) -> str:
    """The text without the word that was cut through."""
    words = text.rsplit(None, 1) if end else text.split(None, 1)
    return words[0 if end else 1] if len(words) == 2 else text
