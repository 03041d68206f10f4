"""What a reader made of one file: its title and text, and where in the text headings and pages begin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\ud800-\udfff\ufeff]")


@dataclass(frozen=True, slots=True)
class Heading:
    """`start` and `end` are those of its line (or lines) in the document's text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """`title` is never empty: it is the file's name where the file says none. `pages` are offsets in `text`.

    What stands before `begin` (front matter) is part of no chunk.
    """

    title: str
    text: str
    headings: tuple[Heading, ...] = ()
    pages: tuple[int, ...] = ()
    begin: int = 0

    def sections(self) -> list[tuple[int, str]]:
        """Where each section begins and what it is called; a heading right under another belongs to one section."""
        found: list[tuple[int, str]] = []
        end = -1
        for heading in self.headings:
            joined = bool(found) and not self.text[end : heading.start].strip()
            start = found.pop()[0] if joined else heading.start
            found.append((start, heading.text))
            end = heading.end
        return found


def titled(title: str | None, path: Path) -> str:
    """One line, without what cannot be seen."""
    return " ".join(visible(title or "").split()) or path.stem


def visible(text: str) -> str:
    """The text without control characters, soft hyphens and halves of characters."""
    return _UNSEEN.sub("", text)
