"""Tokens whose brackets do not add up in; the same with a `{` where the indentation says one is missing, out."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic, Related
from dsl.lexer import DOC, NEWLINE
from dsl.tokens import Token
from dsl.words import BODIED

_HEADS = BODIED | {"emit", "judge", "mix", "model", "enum"}


def insert_openers(tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """Ends a line such as `dataset d` with `{` where deeper lines and then a `}` of its own depth follow."""
    lines = list(_lines(tokens))
    made: list[Token] = []
    diagnostics: list[Diagnostic] = []
    for number, line in enumerate(lines):
        made += line
        closing = _closing(lines, number)
        if closing is None:
            continue
        at = len(made) - (line[-1].type == NEWLINE)
        opener = made[at - 1].synthetic("LBRACE", "{")
        made.insert(at, opener)
        related = (Related(closing.span, "this `}` closes it"),)
        diagnostics.append(Diagnostic("E0101", "expected `{`, found the end of the line", opener.span, related=related))
    return made, diagnostics


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
    """The `}` that closes what line `number` should have opened; None where nothing is missing."""
    line = [token for token in lines[number] if token.type not in (NEWLINE, DOC)]
    if not line or line[0].text not in _HEADS or any(token.type in ("LBRACE", "RBRACE") for token in line[1:]):
        return None
    indent, deeper = line[0].indent, False
    for follower in lines[number + 1 :]:
        first = follower[0]
        if first.type == NEWLINE:
            continue
        if first.indent <= indent:
            return first if deeper and first.type == "RBRACE" and first.indent == indent else None
        deeper = True
    return None
