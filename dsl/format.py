"""A source in; the same source in the house style out. Line breaks, comments and meaning stay; white space is ours.

Two spaces for each bracket that is open at the line's start, one space between tokens, at most one blank line, aligned
`~` of neighbouring draws and aligned clauses of criteria. What a template says is not touched, only moved.
"""

from __future__ import annotations

from itertools import pairwise

from dsl.align import Row, align
from dsl.brackets import CLOSES, SIGNS
from dsl.diagnostics import SynthError
from dsl.lexer import COMMENT, DOC, NEWLINE, Lexer
from dsl.parser import parse_tokens
from dsl.source import Source
from dsl.spacing import is_unary, spaced
from dsl.template_lines import common_indent, opens_line, pieces_by_line
from dsl.template_pieces import Scanner, body_of
from dsl.tokens import Token

INDENT = "  "


def format_source(source: Source) -> str:
    """The formatted text. A source with syntax errors raises SynthError: it is not touched."""
    lexer = Lexer(source)
    parsed = parse_tokens(source, lexer)
    if parsed.diagnostics:
        raise SynthError(*parsed.diagnostics)
    tokens = [token for token in lexer.tokens if token.type != NEWLINE]
    rows = _rows(tokens, source.text)
    for row in rows:
        _space(row)
    align(rows, source.text)
    return "".join(_written(row, source) for row in rows)


def _rows(tokens: list[Token], text: str) -> list[Row]:
    """The tokens by line, each line with the number of bracket levels around it."""
    rows: list[Row] = []
    opened: list[int] = []
    end = 0
    for token in tokens:
        lines = text.count("\n", end, token.start)
        if lines or not rows:
            rows.append(Row(0, blank_before=lines > 1 and bool(rows)))
        row = rows[-1]
        if token.type in SIGNS and opened:
            opened.pop()
        if not row.tokens or all(t.type in SIGNS for t in row.tokens):
            row.depth = len(set(opened))
        row.tokens.append(token)
        if token.type in CLOSES:
            opened.append(len(rows))
        end = token.end
    _drop_edge_blanks(rows)
    return rows


def _drop_edge_blanks(rows: list[Row]) -> None:
    """No blank line directly inside braces."""
    for before, row in pairwise(rows):
        if before.tokens[-1].type in CLOSES or row.tokens[0].type in SIGNS:
            row.blank_before = False


def _space(row: Row) -> None:
    """Fills in how many spaces stand before each token of the row."""
    signed = False
    for index, token in enumerate(row.tokens):
        before = row.tokens[index - 1] if index else None
        if before is None:
            row.gaps.append(0)
        elif token.type in (COMMENT, DOC):
            row.gaps.append(2)
        else:
            row.gaps.append(int(spaced(before, token, signed)))
        signed = is_unary(token, before)


def _written(row: Row, source: Source) -> str:
    indent = INDENT * row.depth
    parts = [f"{' ' * gap}{_token(token, source, indent)}" for gap, token in zip(row.gaps, row.tokens, strict=True)]
    return ("\n" if row.blank_before else "") + indent + "".join(parts) + "\n"


def _token(token: Token, source: Source, indent: str) -> str:
    if token.type == "TEMPLATE":
        return _template(token, source, indent)
    if token.type == DOC and token.text[2:3] not in ("", " ", "#"):
        return f"## {token.text[2:]}"
    return token.text


def _template(token: Token, source: Source, indent: str) -> str:
    """The template with its text moved one level in from its statement; what it says stays the same."""
    text = source.text
    start, end = body_of(text, token.start + 3, token.end - 3)
    pieces = Scanner(source, start, end).scan().pieces
    lines = list(pieces_by_line(pieces))
    common = common_indent(lines, text)
    moved: list[str] = []
    for line in lines:
        whole = text[line[0].start : line[-1].end]
        if all(piece.is_blank for piece in line) and opens_line(line[0], text):
            moved.append("\n" if whole.endswith("\n") else "")
        elif opens_line(line[0], text):
            moved.append(indent + INDENT + whole.removeprefix(common))
        else:
            moved.append(whole)
    opening = '"""\n' if start > token.start + 3 else '"""'
    closing = f'\n{indent}"""' if end < token.end - 3 else '"""'
    return (opening + "".join(moved) + closing).replace("\r\n", "\n")
