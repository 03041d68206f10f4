"""A template's pieces in; the pieces that are left when its lines are read as lines, out.

Common indentation goes. A line of nothing but tags and comments goes, with its line end. A line that says `@user` and
the like becomes a marker. Then the `-` of `{%-` and `-%}` takes the white space on its side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.template_pieces import Piece

MARKERS = ("system", "user", "assistant", "chat", "open", "raw")
MARKER = re.compile(r"[ \t]*@(?P<word>[A-Za-z_]\w*)(?P<rest>[ \t][^\n]*|)\s*\Z")

Line = list[Piece]


def read_lines(pieces: list[Piece], source: str) -> list[Piece]:
    """The pieces that make the template: dedented, without tag-only lines, with markers."""
    lines = list(pieces_by_line(pieces))
    common = common_indent(lines, source)
    for line in lines:
        _dedent(line, source, common)
    kept = [piece for line in lines for piece in _read(line, source)]
    _trim(kept)
    return kept


def pieces_by_line(pieces: list[Piece]) -> Iterator[Line]:
    """The pieces of one line each; what spans several lines joins the line it begins on to the one it ends on."""
    line: Line = []
    for piece in pieces:
        line.append(piece)
        if piece.is_text and piece.text.endswith("\n"):
            yield line
            line = []
    if line:
        yield line


def opens_line(piece: Piece, source: str) -> bool:
    return source[piece.start - 1 : piece.start] == "\n"


def common_indent(lines: list[Line], source: str) -> str:
    """The white space that all lines begin with; blank ones, and one that begins behind the quotes, do not count."""
    indents: list[str] = []
    for line in lines:
        if not opens_line(line[0], source) or all(piece.is_blank for piece in line):
            continue
        text = line[0].text if line[0].is_text else ""
        indents.append(text[: len(text) - len(text.lstrip(" \t"))])
    low, high = min(indents, default=""), max(indents, default="")
    shared = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    return low[:shared]


def _dedent(line: Line, source: str, common: str) -> None:
    first = line[0]
    if not first.is_text or not opens_line(first, source):
        return
    if all(piece.is_blank for piece in line):
        first.text = "\n" if first.text.endswith("\n") else ""
    else:
        first.text = first.text.removeprefix(common)


def _read(line: Line, source: str) -> Line:
    """The line as it counts: without blanks where it held only tags, as a marker where it is one."""
    tags = [piece for piece in line if piece.kind in ("tag", "comment")]
    if tags and all(piece.is_blank or piece.kind in ("tag", "comment") for piece in line):
        return tags
    first = line[0]
    match = MARKER.match(first.text) if first.kind == "text" and "@" in first.text else None
    if match is None or (len(line) > 1 and match["word"] != "chat"):
        return line
    start = source.index("@", first.start)
    marker = Piece("marker", start, start + len(first.text.strip()), text=first.text)
    return [marker, *(piece for piece in line[1:] if not piece.is_blank)]


def _trim(pieces: list[Piece]) -> None:
    for index, piece in enumerate(pieces):
        if piece.trim_before:
            _strip(pieces[:index][::-1], before=True)
        if piece.trim_after:
            _strip(pieces[index + 1 :], before=False)


def _strip(neighbours: list[Piece], before: bool) -> None:
    """Takes the white space from the text next to a `-`, up to the first that is none."""
    for piece in neighbours:
        if not piece.is_text:
            return
        piece.text = piece.text.rstrip() if before else piece.text.lstrip()
        if piece.text:
            return
