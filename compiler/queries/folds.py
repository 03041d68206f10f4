"""A file's text in; the stretches that can be folded away, and those that a selection grows by, out.

Both go by tokens and brackets first, so that they hold in a file with mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from dsl import tree
from dsl.frames import CLOSES, SIGNS
from dsl.lexer import COMMENT, DOC, Lexer
from dsl.source import Source, Span
from dsl.template_pieces import Scanner
from dsl.tokens import Token

_TAG = re.compile(r"\s*[a-z]+")


@dataclass(frozen=True, slots=True)
class Fold:
    """From the end of the line that stays to the end of the last one that goes: the closing bracket stays, too."""

    span: Span
    kind: Literal["region", "comment", "imports"]


def folds(source: Source, file: tree.File) -> tuple[Fold, ...]:
    tokens = _tokens(source.path, source.text)
    templates = [one for one in tokens if one.type == "TEMPLATE"]
    found = [_lines(source, start, end, "region") for start, end in _brackets(tokens)]
    found += [_lines(source, one.start, one.end - 3, "region") for one in templates]
    found += [_lines(source, start, end, "region") for one in templates for start, end in _arms(source, one)]
    found += [_lines(source, start, end, "comment", keeps=0) for start, end in _comments(source, tokens)]
    imports = [one.span for one in file.declarations if isinstance(one, tree.Import)]
    if imports:
        found.append(_lines(source, imports[0].start, imports[-1].end, "imports", keeps=0))
    return tuple(sorted({one for one in found if one is not None}, key=lambda one: one.span))


def _lines(
    source: Source, start: int, end: int, kind: Literal["region", "comment", "imports"], keeps: int = 1
) -> Fold | None:
    """None where nothing would go."""
    first, last = source.position(start).line, source.position(end).line - keeps
    if last <= first:
        return None
    starts = (*source.line_starts, len(source.text) + 1)
    return Fold(Span(source.path, starts[first] - 1, starts[last] - 1), kind)


@lru_cache(maxsize=8)
def _tokens(path: str, text: str) -> tuple[Token, ...]:
    """A text is asked about again and again: what folds away, and what a selection grows by."""
    return tuple(Lexer(Source(path, text)).tokens)


def _arms(source: Source, template: Token) -> Iterator[tuple[int, int]]:
    """From each tag that opens lines of a template, or goes on with them, to the one that ends them."""
    open_tags: list[tuple[str, int]] = []
    for piece in Scanner(source, template.start + 3, template.end - 3).scan().pieces:
        found = _TAG.match(source.text, *piece.inner) if piece.kind == "tag" else None
        word = found[0].strip() if found else ""
        if word in ("if", "for"):
            open_tags.append((word, piece.start))
        elif open_tags and word in ("elif", "else"):
            yield open_tags[-1][1], piece.start
            open_tags[-1] = (open_tags[-1][0], piece.start)
        elif open_tags and word == f"end{open_tags[-1][0]}":
            yield open_tags.pop()[1], piece.start


def _brackets(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Pairs that match; what is open is closed by the next closing one of its kind."""
    stack: list[Token] = []
    for token in tokens:
        if token.type in CLOSES:
            stack.append(token)
        elif token.type in SIGNS:
            while stack and CLOSES[stack[-1].type] != token.type:
                stack.pop()
            if stack:
                yield stack.pop().start, token.start


def _comments(source: Source, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Runs of lines that hold nothing but a comment."""
    alone = [one for one in tokens if one.type in (COMMENT, DOC) and one.first]
    lines = [(source.position(one.start).line, one) for one in alone]
    for _, run in groupby(enumerate(lines), key=lambda pair: pair[1][0] - pair[0]):
        members = [token for _, (_, token) in run]
        yield members[0].start, members[-1].end


def selections(source: Source, file: tree.File, offset: int) -> tuple[Span, ...]:
    """The stretches around a place, from the word to the file: each holds the one before it."""
    tokens = _tokens(source.path, source.text)
    spans = {(one.start, one.end) for one in tokens if one.start <= offset <= one.end and one.text != "\n"}
    for start, end in _brackets(tokens):
        spans |= {(start + 1, end), (start, end + 1)}
    for declaration in file.declarations:
        if declaration.span.start <= offset <= declaration.span.end:
            spans |= {(one.span.start, one.span.end) for one in tree.walk(declaration)}
    line = source.position(offset).line
    starts = (*source.line_starts, len(source.text) + 1)
    text = source.line(line)
    spans.add((starts[line - 1] + len(text) - len(text.lstrip()), starts[line - 1] + len(text)))
    spans.add((0, len(source.text)))
    around = sorted(
        (pair for pair in spans if pair[0] <= offset <= pair[1] and pair[0] < pair[1]), key=lambda p: p[1] - p[0]
    )
    return tuple(Span(source.path, *pair) for pair in _nested(around))


def _nested(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    inner: tuple[int, int] | None = None
    for span in spans:
        if inner is None or (span[0] <= inner[0] and inner[1] <= span[1] and span != inner):
            inner = span
            yield span
