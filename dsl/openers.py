"""Tokens whose brackets do not add up in; the same with a `{` where the indentation says one is missing, out."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic, Related
from dsl.lexer import DOC, NEWLINE
from dsl.tokens import Token
from dsl.words import STATEMENTS

_OPENS = {"RBRACE": ("LBRACE", "{"), "RSQB": ("LSQB", "["), "RPAR": ("LPAR", "(")}


def insert_openers(tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """Ends a line such as `dataset d` with `{` where deeper lines and then a `}` of its own depth follow; so with `[`.

    A line that no statement begins with is told by its first word, and not by the brace.
    """
    lines = list(_lines(tokens))
    made: list[Token] = []
    diagnostics: list[Diagnostic] = []
    for number, line in enumerate(lines):
        made += line
        closing = _closing(lines, number)
        if closing is None:
            continue
        at = len(made) - (line[-1].type == NEWLINE)
        kind, sign = _OPENS[closing.type]
        opener = made[at - 1].synthetic(kind, sign)
        made.insert(at, opener)
        if line[0].text not in STATEMENTS or _is_open(line):
            opener.fault = line[0].text in STATEMENTS
            continue
        related = (Related(closing.span, f"this `{closing.text}` closes it"),)
        message = f"expected `{sign}`, found the end of the line"
        diagnostics.append(Diagnostic("E0101", message, opener.span, related=related))
    return made, diagnostics


def _is_open(line: list[Token]) -> bool:
    """Whether a bracket of the line is not closed in it: that is its mistake then."""
    return sum(token.type in ("LPAR", "LSQB") for token in line) > sum(token.type in ("RPAR", "RSQB") for token in line)


def _has(line: list[Token], kind: str) -> bool:
    """Whether the line opens such a bracket itself; of braces, whether it has any."""
    opened = sum(token.type == _OPENS[kind][0] for token in line)
    closed = sum(token.type == kind for token in line)
    return opened > closed or (kind == "RBRACE" and opened + closed > 0)


def _lines(tokens: list[Token]) -> Iterator[list[Token]]:
    line: list[Token] = []
    for token in tokens:
        line.append(token)
        if token.type == NEWLINE:
            yield line
            line = []
    if line:
        yield line


def _closing(lines: list[list[Token]], number: int) -> Token | None:
    """The bracket that closes what line `number` should have opened; None where nothing is missing."""
    line = [token for token in lines[number] if token.type not in (NEWLINE, DOC)]
    if not line or not line[0].word:
        return None
    indent, deeper = line[0].indent, False
    for follower in lines[number + 1 :]:
        first = follower[0]
        if first.type == NEWLINE:
            continue
        if first.indent <= indent:
            closes = deeper and first.type in _OPENS and first.indent == indent
            return first if closes and not _has(line, first.type) else None
        deeper = True
    return None
