"""A line of source in; what a terminal shows of it and how many cells each part takes, out."""

from __future__ import annotations

import unicodedata

TAB = 4


def cell_width(char: str) -> int:
    """How many cells one character takes: 0 for combining marks, 2 for wide East Asian ones, else 1."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def text_width(text: str) -> int:
    return sum(map(cell_width, text))


def visible(line: str) -> tuple[str, list[int]]:
    """The line with tabs expanded and control characters made visible; and for each offset the cell it starts at.

    A file's control characters must never reach the terminal: they could recolour or overwrite the message.
    """
    shown: list[str] = []
    starts = [0]
    for char in line:
        piece = _shown(char, starts[-1])
        shown.append(piece)
        starts.append(starts[-1] + text_width(piece))
    return "".join(shown), starts


def _shown(char: str, cell: int) -> str:
    if char == "\t":
        return " " * (TAB - cell % TAB)
    if ord(char) < 32:
        return chr(0x2400 + ord(char))
    if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs") and char != "\u200d":
        return "\ufffd"
    return char


def window(text: str, start: int, end: int, room: int) -> tuple[str, int]:
    """At most `room` cells of `text` that show cells start..end; and how far everything moved to the left.

    What is cut off shows as `…`.
    """
    total = text_width(text)
    if total <= room:
        return text, 0
    wanted = min(end - start, room // 2)
    left = max(0, min(start - (room - wanted) // 2, total - room))
    cut, first = _cells(text, left + (1 if left else 0), left + room - (1 if left + room < total else 0))
    shift = first - (1 if left else 0)
    return ("…" if left else "") + cut + ("…" if left + room < total else ""), shift


def _cells(text: str, low: int, high: int) -> tuple[str, int]:
    """The characters that lie wholly in cells low..high, and the cell where the first of them starts."""
    kept: list[str] = []
    cell, first = 0, low
    for char in text:
        width = cell_width(char)
        if cell >= low and cell + width <= high:
            if not kept:
                first = cell
            kept.append(char)
        cell += width
    return "".join(kept), first
