"""A text in; the places of its chunks out: so many words each, some of them shared with the chunk before.

A chunk ends where a paragraph or else a sentence ends, if one does in its last third. Whatever is appended to a text
changes no chunk but the last, so chunks keep their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

NEAR = 2 / 3
"""The share of a chunk that is filled before the end of a paragraph or sentence may end it."""

_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_IDEOGRAPHS}][\u3001-\u303f\uff01-\uff0f\uff1a-\uff1f]*|[^\s{_IDEOGRAPHS}]+")
"""What stands between white space; of a script that writes none, each character."""
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_SENTENCE = re.compile(r"[.!?…][\"'”’)\]»*_]*$|[。！？]$")
Bounds = tuple[int, int]


def chunks(text: str, size: int, overlap: int = 0, breaks: Iterable[int] = (), begin: int = 0) -> Iterator[Bounds]:
    """Start and end of each chunk of `text` from `begin` on.

    One begins at each of `breaks` (in order), and none shares words across it.
    """
    for start, stop in pairwise([begin, *breaks, len(text)]):
        yield from _section(text, start, stop, size, overlap)


def _section(text: str, start: int, stop: int, size: int, overlap: int) -> Iterator[Bounds]:
    least = max(overlap + 1, round(size * NEAR))
    while True:
        words = [word.span() for word in islice(_WORD.finditer(text, start, stop), size + 1)]
        if not words:
            return
        if len(words) <= size:
            yield _indented(text, words[0][0]), words[-1][1]
            return
        count = _end(text, words, least)
        yield _indented(text, words[0][0]), words[count - 1][1]
        start = words[count - overlap][0]


def _end(text: str, words: Sequence[Bounds], least: int) -> int:
    """How many of the words, at least `least` and not the last, make the chunk."""
    counts = range(len(words) - 1, least - 1, -1)
    gaps = ((count, text[words[count - 1][1] : words[count][0]]) for count in counts)
    paragraph = next((count for count, gap in gaps if _PARAGRAPH.search(gap)), None)
    if paragraph is not None:
        return paragraph
    ends = (count for count in counts if _SENTENCE.search(text, *words[count - 1]))
    return next(ends, len(words) - 1)


def _indented(text: str, start: int) -> int:
    """The start of a line's indentation, for the first word on it."""
    line = start
    while line and text[line - 1] in " \t":
        line -= 1
    return line if line == 0 or text[line - 1] == "\n" else start
