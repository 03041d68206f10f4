"""A page's text in; its fenced specs out, each completed to a whole file, with the mistakes it marks.

A block that begins with `edition` is a file of its own. Any other is part of a file: the page's last comment
`<!-- file … -->` before it is that file, and the block stands where the comment has a line `…`.

    `# E0312`      after a statement: that line has exactly these errors; `# W0201` a warning that must be there
    `{# E0312 #}`  the same, inside a template
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from compiler.analysis import Analysis, Stage, analyse
from compiler.catalog import MemoryCatalog
from tests.compiler.front.project import FILES, TABLES

_PARTS = re.compile(r"^<!-- file\n(?P<file>.*?)^-->$|^```synth\n(?P<block>.*?)^```$", re.DOTALL | re.MULTILINE)
_HOLE = re.compile(r"^[ \t]*…\n", re.MULTILINE)
_MARK = re.compile(r"(?:# |\{# )((?:[EW]\d{4} ?)+)")


@dataclass(frozen=True, slots=True)
class Block:
    """`line` is where the fence stands on the page; `text` is the whole file that the block is part of."""

    line: int
    text: str


def blocks(page: str) -> Iterator[Block]:
    """Every spec of a page, in order."""
    around = "edition 1\n…\n"
    for part in _PARTS.finditer(page):
        if part["file"] is not None:
            around = part["file"]
            continue
        line = page.count("\n", 0, part.start()) + 1
        whole = part["block"].startswith("edition") or "\nedition " in part["block"]
        yield Block(line, part["block"] if whole else completed(around, part["block"]))


def completed(around: str, block: str) -> str:
    if len(_HOLE.findall(around)) != 1:
        raise ValueError(f"a file for blocks needs one line `…`: {around!r}")
    return _HOLE.sub(lambda _: block, around)


def check(text: str, upto: Stage = "lower", path: str = "spec.synth") -> Analysis:
    """The text analysed as a file of a small project in memory."""
    return analyse(path, MemoryCatalog({**FILES, path: text}, TABLES), upto=upto)


def marked(text: str, letter: str) -> Counter[tuple[int, str]]:
    """(line, code) of every mark of errors ("E") or warnings ("W")."""
    lines = enumerate(text.split("\n"), 1)
    return Counter(
        (number, code)
        for number, line in lines
        if (mark := _MARK.search(line))
        for code in mark[1].split()
        if code.startswith(letter)
    )


def found(analysis: Analysis, letter: str) -> Counter[tuple[int, str]]:
    """(line, code) of every error or warning of the spec itself; a message without a place has line 0."""
    return Counter(
        (_line(analysis, d.span.path, d.span.start) if d.span else 0, d.code)
        for d in analysis.diagnostics
        if d.code.startswith(letter)
    )


def _line(analysis: Analysis, path: str, offset: int) -> int:
    return analysis.model.sources[path].position(offset).line
