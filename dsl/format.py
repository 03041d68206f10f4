"""A source in; the same source in the house style, or the edits that lead there, out. Comments and meaning stay.

Two spaces for each bracket that is open at the line's start, one space between tokens, at most one blank line, aligned
`~` of neighbouring draws and aligned clauses of criteria. What a template says is not touched, only moved. What a line
end and a comma stand for is in `layout`, blank lines are in `blank_lines`; `docs/style.md` says it to people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsl.align import Row, align
from dsl.blank_lines import set_blank_lines
from dsl.diagnostics import Edit, SynthError
from dsl.layout import INDENT, lay_out
from dsl.lexer import DOC, NEWLINE, Lexer
from dsl.parser import parse_tokens
from dsl.source import Source, Span
from dsl.template_lines import common_indent, opens_line, pieces_by_line
from dsl.template_pieces import Scanner, body_of
from dsl.tokens import Token


def format_source(source: Source) -> str:
    """The formatted text. A source with syntax errors raises SynthError: it is not touched."""
    return "".join(_written(row, source) for row in _laid_out(source))


def format_edits(source: Source) -> tuple[Edit, ...]:
    """What has to be written for a source to be in the house style: lines that are in it already are in no edit."""
    regions = _regions(_laid_out(source), source)
    return tuple(Edit(region.span, region.text) for region in regions if source.slice(region.span) != region.text)


def format_range(source: Source, span: Span) -> tuple[Edit, ...]:
    """As `format_edits`, of the lines alone on which `span` lies."""
    first, last = source.position(span.start).line, source.position(max(span.start, span.end)).line
    start = source.line_starts[first - 1]
    end = source.line_starts[last] if last < source.line_count else len(source.text) + 1
    return tuple(edit for edit in format_edits(source) if edit.span.start < end and _end(edit) > start)


def _end(edit: Edit) -> int:
    return max(edit.span.end, edit.span.start + 1)


def _laid_out(source: Source) -> list[Row]:
    lexer = Lexer(source)
    parsed = parse_tokens(source, lexer)
    if parsed.diagnostics:
        raise SynthError(*parsed.diagnostics)
    rows = lay_out([token for token in lexer.tokens if token.type != NEWLINE], source.text)
    set_blank_lines(rows)
    align(rows)
    return rows


# --- edits ---


@dataclass(frozen=True, slots=True)
class _Region:
    """Whole lines of the source and what stands in their place."""

    span: Span
    text: str


def _regions(rows: list[Row], source: Source) -> Iterator[_Region]:
    """The source, cut where a row ends and a line does: their texts one after the other are the formatted text."""
    written: list[str] = []
    start = 0
    for index, row in enumerate(rows):
        written.append(_written(row, source))
        end = _line_end(source, row.tokens[-1].end)
        if index + 1 == len(rows) or rows[index + 1].tokens[0].start >= end:
            yield _Region(Span(source.path, start, end), "".join(written))
            start, written = end, []
    if start < len(source.text):
        yield _Region(Span(source.path, start, len(source.text)), "")


def _line_end(source: Source, offset: int) -> int:
    """Where the line after the one of `offset` begins."""
    found = source.text.find("\n", offset)
    return len(source.text) if found < 0 else found + 1


# --- writing ---


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
