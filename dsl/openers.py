"""Tokens whose brackets do not add up in; the same with a `{` where the indentation says one is missing, out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, takewhile

from dsl.diagnostics import Diagnostic, Related
from dsl.lexer import DOC, NEWLINE
from dsl.tokens import Token
from dsl.words import DECLARATIONS, STATEMENTS

_OPENS = {"RBRACE": ("LBRACE", "{"), "RSQB": ("LSQB", "["), "RPAR": ("LPAR", "(")}


def insert_openers(tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """Ends a line such as `dataset d` with `{` where deeper lines and then a `}` of its own depth follow; so with `[`.

    A line that no statement begins with is told by its first word, and not by the brace.
    """
    lines = list(_lines(tokens))
    made: list[Token] = []
    diagnostics = list(_cut_headless(lines))
    lines = [line for line in lines if line]  # nothing is left of one that was but what was cut
    for number, line in enumerate(lines):
        diagnostics += _uncross(line)
        made += line
        run = _closing(lines, number)
        if not run:
            continue
        closing, at = run[0], len(made) - (line[-1].type == NEWLINE)
        kind, sign = _OPENS[closing.type]
        opener = made[at - 1].synthetic(kind, sign)
        openers = [opener, *(opener.synthetic(kind, sign) for _ in run[1:])]
        made[at:at] = openers
        if _first(line).text not in STATEMENTS or _is_told(line):
            for one in openers:
                one.fault = _first(line).text in STATEMENTS
            continue
        related = (Related(closing.span, f"this `{closing.text}` closes it"),)
        message = f"expected `{sign}`, found the end of the line"
        diagnostics.append(Diagnostic("E0101", message, opener.span, related=related))
    return made, diagnostics


def _cut_headless(lines: list[list[Token]]) -> Iterator[Diagnostic]:
    """Takes out what closes a block whose head is lost: nothing that is indented as it is can have opened that.

    Each declaration by itself, so that it is read the same whatever stands around it.
    """
    begins = [at for at, line in enumerate(lines) if _declares(_first(line))]
    for start, end in pairwise([0, *begins, len(lines)]):
        for kind in _OPENS:
            yield from _cut([line for line in lines[start:end] if line], kind)


def _declares(token: Token) -> bool:
    return token.word and token.indent == 0 and token.text in DECLARATIONS


def _cut(lines: list[list[Token]], kind: str) -> Iterator[Diagnostic]:
    """The first of those that brackets of one kind close, where more of them close than open."""
    excess = sum((token.type == kind) - (token.type == _OPENS[kind][0]) for line in lines for token in line)
    for number in range(len(lines)) if excess > 0 else ():
        first = lines[number][0]
        block = _headless(lines, number) if first.type == kind and first.first else []
        if not block:
            continue
        related = (Related(_first(block[0]).span, "nothing opens the lines from here on"),)
        for line in block:
            _first(line).fault = True
        del lines[number][: min(len(_run(lines[number])), excess)]
        yield Diagnostic("E0104", f"nothing is open here for this `{first.text}` to close", first.span, related=related)
        return


def _run(line: list[Token]) -> list[Token]:
    """The bracket that the line begins with, and those of its kind right behind it."""
    return list(takewhile(lambda token: token.type == line[0].type, line))


def _first(line: list[Token]) -> Token:
    """What the line begins with; docs above it are no part of it."""
    return next((token for token in line if token.type != DOC), line[0])


def _headless(lines: list[list[Token]], number: int) -> list[list[Token]]:
    """The deeper lines above a closing bracket, where what stands above them opens none."""
    closing, at = lines[number][0], number
    documented = False
    while at and not documented and _first(lines[at - 1]).indent > closing.indent:
        at -= 1
        documented = lines[at][0].type == DOC and lines[at][0].indent <= closing.indent
    block = [line for line in lines[at:number] if _first(line).type != NEWLINE]
    above = [] if documented or at == 0 else [token for token in lines[at - 1] if token.type != DOC]
    if not above or not _opens(above, closing.type):
        heads = bool(above) and above[0].indent == closing.indent and above[0].word and not _has(above, closing.type)
        return [] if heads else block
    ends = next((line[0] for line in lines[number + 1 :] if line[0].indent <= above[0].indent), None)
    return block if above[0].indent < closing.indent and ends is not None and ends.type == closing.type else []


def _uncross(line: list[Token]) -> Iterator[Diagnostic]:
    """Puts the two signs in order with which a line ends in `{ ]`, where `] {` was meant."""
    signs = [token for token in line[-3:] if token.type != NEWLINE][-2:]
    if len(signs) < 2 or signs[0].type != "LBRACE" or signs[1].type not in ("RSQB", "RPAR"):
        return
    kind, _ = _OPENS[signs[1].type]
    opened = [token for token in line if token.type == kind]
    if _first(line).text in STATEMENTS and len(opened) >= sum(token.type == signs[1].type for token in line):
        at = line.index(signs[0])
        line[at : at + 2] = signs[1], signs[0]
        signs[0].fault = True
        message = f"expected `{signs[1].text}` to close the `{opened[-1].text}`, found `{{`"
        related = (Related(opened[-1].span, "opened here"),)
        yield Diagnostic("E0104", message, signs[0].span, related=related)


def _is_told(line: list[Token]) -> bool:
    """Whether the line has a mistake already, such as a bracket that is not closed in it."""
    if any(token.fault for token in line):
        return True
    return sum(token.type in ("LPAR", "LSQB") for token in line) > sum(token.type in ("RPAR", "RSQB") for token in line)


def _has(line: list[Token], kind: str) -> bool:
    """Whether the line opens such a bracket itself; of braces, whether it has any."""
    return _opens(line, kind) or (kind == "RBRACE" and any(token.type in ("LBRACE", "RBRACE") for token in line))


def _opens(line: list[Token], kind: str) -> bool:
    """Whether the line opens such a bracket that it does not close again."""
    depth = 0
    for token in line:
        depth = max(0, depth + (token.type == _OPENS[kind][0]) - (token.type == kind))
    return depth > 0


def _lines(tokens: list[Token]) -> Iterator[list[Token]]:
    line: list[Token] = []
    for token in tokens:
        line.append(token)
        if token.type == NEWLINE:
            yield line
            line = []
    if line:
        yield line


def _closing(lines: list[list[Token]], number: int) -> list[Token]:
    """The brackets that close what line `number` should have opened; none where nothing is missing."""
    line = [token for token in lines[number] if token.type not in (NEWLINE, DOC)]
    if not line or not line[0].word:
        return []
    indent, deeper = line[0].indent, False
    for follower in lines[number + 1 :]:
        first = follower[0]
        if first.type == NEWLINE:
            continue
        if first.indent <= indent:
            closes = deeper and first.type in _OPENS and first.indent == indent
            return _run(follower) if closes and not _has(line, first.type) else []
        deeper = True
    return []
