"""A spec with marks in; its text without them, where each stood, and its analysis, out.

`|` is a cursor; `«…»` are the places of an answer. A file begins with a line `--- path`; text before the first such
line is `main.synth`. `edition 1` stands before every file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compiler.analysis import Analysis, analyse
from compiler.catalog import Columns, MemoryCatalog
from dsl.source import Span

HEAD = "edition 1\n"
TABLES: Mapping[str, Columns] = {"pages.jsonl": {"id": "str", "text": "str", "title": "str"}}
_FILE = re.compile(r"^--- (\S+)\n", re.MULTILINE)
_MARK = re.compile(r"\$\||[«»]")


@dataclass(frozen=True)
class Marked:
    """`cursor` is the place asked about, `places` those of the answer in the order of files and text."""

    files: Mapping[str, str]
    cursor: tuple[str, int]
    places: tuple[Span, ...]

    def analyse(self, root: str = "main.synth", **texts: str) -> Analysis:
        catalog = MemoryCatalog({**self.files, "rules.txt": "one\ntwo\n"}, tables=TABLES)
        return analyse(root, catalog, texts=texts or None)


def marked(text: str) -> Marked:
    """The cursor is written `$|`, as `|` is a word of the language."""
    files: dict[str, str] = {}
    cursor: tuple[str, int] = ("", -1)
    places: list[Span] = []
    for path, body in _files(text):
        plain, found = _unmarked(path, HEAD + body)
        files[path] = plain
        places += [span for span in found if span.end >= 0]
        cursor = next(((path, span.start) for span in found if span.end < 0), cursor)
    return Marked(files, cursor, tuple(sorted(places)))


def _files(text: str) -> Iterator[tuple[str, str]]:
    parts = _FILE.split(text.lstrip("\n"))
    if parts[0]:
        yield "main.synth", parts[0]
    yield from zip(parts[1::2], parts[2::2], strict=True)


def _unmarked(path: str, text: str) -> tuple[str, list[Span]]:
    plain, found, opened, end = "", list[Span](), 0, 0
    for mark in _MARK.finditer(text):
        plain += text[end : mark.start()]
        end = mark.end()
        if mark.group() == "«":
            opened = len(plain)
        elif mark.group() == "»":
            found.append(Span(path, opened, len(plain)))
        else:
            found.append(Span(path, len(plain), -1))
    return plain + text[end:], found
