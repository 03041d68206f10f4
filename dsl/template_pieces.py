"""The source of a template in; its pieces (text, holes, tags, comments), each with its place in the file, out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from dsl.diagnostics import Diagnostic
from dsl.source import Source, Span

Kind = Literal["text", "raw", "hole", "tag", "comment", "lost", "marker"]
_OPENING = re.compile(r"\{\{|\{%|\{#")
_TEXT = re.compile(r'"(?:\\.|[^"\\\n])*"')
_RAW = re.compile(r"\s*raw\s*")
_ENDRAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
_BLANK_LINE = re.compile(r"[ \t\r]*\n")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}


@dataclass(slots=True)
class Piece:
    """A stretch of the template. `start`..`end` is where it lies, `inner` what stands between the braces.

    Text is cut at line ends, so that a piece of text never reaches beyond its line; `text` is what it says.
    """

    kind: Kind
    start: int
    end: int
    inner: tuple[int, int] = (0, 0)
    text: str = ""
    trim_before: bool = False
    trim_after: bool = False

    @property
    def is_text(self) -> bool:
        return self.kind in ("text", "raw")

    @property
    def is_blank(self) -> bool:
        return self.is_text and not self.text.strip()


@dataclass(slots=True)
class Scanner:
    """Cuts the part `start`..`end` of a source into `pieces`; `diagnostics` tell of what is never closed."""

    source: Source
    start: int
    end: int
    pieces: list[Piece] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def scan(self) -> Scanner:
        at = self.start
        while found := _OPENING.search(self.source.text, at, self.end):
            self._text("text", at, found.start())
            at = self._block(found.start())
        self._text("text", at, self.end)
        return self

    def _text(self, kind: Kind, start: int, end: int) -> None:
        while start < end:
            newline = self.source.text.find("\n", start, end)
            stop = end if newline < 0 else newline + 1
            text = self.source.text[start:stop].replace("\r\n", "\n")
            self.pieces.append(Piece(kind, start, stop, text=text))
            start = stop

    def _block(self, start: int) -> int:
        """Adds the hole, tag or comment that opens at `start`; gives where it ends."""
        text, opening = self.source.text, self.source.text[start : start + 2]
        if opening == "{#":
            close = text.find("#}", start + 2, self.end)
        else:
            close = _close(text, start + 2, self.end, _CLOSING[opening])
        if close < 0:
            return self._unclosed(start, opening)
        kind: Kind = "hole" if opening == "{{" else "tag" if opening == "{%" else "comment"
        piece = _trimmed(text, Piece(kind, start, close + 2))
        self.pieces.append(piece)
        return self._raw(piece) if kind == "tag" and _RAW.fullmatch(text, *piece.inner) else piece.end

    def _unclosed(self, start: int, opening: str) -> int:
        """The block reaches to the next one, or to the end of its line."""
        label = f"no `{_CLOSING[opening]}` closes it"
        self._report("E0501", f"unclosed `{opening}` in a template", start, start + 2, label)
        newline = self.source.text.find("\n", start, self.end)
        line_end = self.end if newline < 0 else newline
        inside = _OPENING.search(self.source.text, start + 2, line_end)
        stop = inside.start() if inside else line_end
        self.pieces.append(Piece("lost", start, stop, inner=(start + 2, stop)))
        return stop

    def _raw(self, tag: Piece) -> int:
        """What stands between `{% raw %}` and `{% endraw %}` is text; the tags themselves count as comments."""
        tag.kind = "comment"
        close = _ENDRAW.search(self.source.text, tag.end, self.end)
        if close is None:
            self._report("E0504", "unclosed `{% raw %}`", tag.start, tag.end, "no `{% endraw %}` closes it")
            self._text("raw", tag.end, self.end)
            return self.end
        self._text("raw", tag.end, close.start())
        self.pieces.append(_trimmed(self.source.text, Piece("comment", close.start(), close.end())))
        return close.end()

    def _report(self, code: str, message: str, start: int, end: int, label: str) -> None:
        self.diagnostics.append(Diagnostic(code, message, Span(self.source.path, start, end), label))


def body_of(text: str, start: int, end: int) -> tuple[int, int]:
    """The body between the quotes: without the rest of the opening line and the closing line where these are blank."""
    first = _BLANK_LINE.match(text, start, end)
    start = first.end() if first else start
    last = text.rfind("\n", start, end)
    if last < 0:
        return (start, start) if first and not text[start:end].strip() else (start, end)
    if text[last + 1 : end].strip():
        return start, end
    return start, last - 1 if last > start and text[last - 1] == "\r" else last


def _trimmed(text: str, piece: Piece) -> Piece:
    """Finds what stands inside the braces, and the `-` marks at its ends."""
    low, high = piece.start + 2, piece.end - 2
    piece.trim_before = high > low and text[low] == "-"
    piece.trim_after = high - 1 > low and text[high - 1] == "-"
    piece.inner = (low + piece.trim_before, high - piece.trim_after)
    return piece


def _close(text: str, at: int, end: int, closing: str) -> int:
    """Where `closing` stands outside of quoted texts and braces; -1 if another block opens first, or nothing closes."""
    depth = 0
    while at < end:
        quoted = _TEXT.match(text, at, end) if text[at] == '"' else None
        if quoted:
            at = quoted.end()
            continue
        if depth == 0 and text.startswith(closing, at):
            return at
        if _OPENING.match(text, at, end):
            return -1
        depth = max(0, depth + (text[at] == "{") - (text[at] == "}"))
        at += 1
    return -1
