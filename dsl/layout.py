"""A file's tokens in; the same tokens with the line ends of the house style, and the commas that go with them, out.

A bracket that is broken somewhere is broken at both ends, a row that is too long is broken at its last bracket, and
elements that each have a row of their own need no comma in braces and have one each in other brackets. What was broken
stays broken: lines are never joined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dsl.align import Row
from dsl.diagnostics.cells import text_width
from dsl.frames import CLOSES, SIGNS
from dsl.lexer import COMMENT, DOC
from dsl.spacing import is_unary, spaced
from dsl.tokens import Token

WIDTH = 120
INDENT = "  "
_NOTES = (COMMENT, DOC)


@dataclass(slots=True)
class Piece:
    """A token and how many line ends stand before it: none, one, or two for a blank line."""

    token: Token
    breaks: int = 0

    @property
    def is_note(self) -> bool:
        return self.token.type in _NOTES


@dataclass(slots=True, eq=False)
class Pair:
    """Two brackets that match, by the places of their pieces, with the commas between their elements."""

    opener: int
    closer: int
    brace: bool
    body: bool
    commas: list[int] = field(default_factory=list)
    inner: list[Pair] = field(default_factory=list)
    is_broken: bool = False


def lay_out(tokens: list[Token], text: str) -> list[Row]:
    """Rows that are ready to be aligned and written. `tokens` have no line ends among them."""
    pieces = _pieces(tokens, text)
    while True:
        pieces = _with_commas(pieces)
        rows = _rows(pieces)
        if not _break_long(pieces, rows):
            return [row for row, _ in rows]


def _pieces(tokens: list[Token], text: str) -> list[Piece]:
    made: list[Piece] = []
    end = 0
    for token in tokens:
        made.append(Piece(token, min(text.count("\n", end, token.start), 2) if made else 0))
        end = token.end
    return made


# --- brackets ---


def _pairs(pieces: list[Piece]) -> list[Pair]:
    """Every pair, outer before inner; those that are broken are broken at both ends from now on."""
    found: list[Pair] = []
    stack: list[Pair] = []
    for place, piece in enumerate(pieces):
        kind = piece.token.type
        if piece.breaks and stack:
            stack[-1].is_broken = True
        if kind in SIGNS and stack:
            stack.pop().closer = place
        elif kind in CLOSES:
            pair = Pair(place, place, kind == "LBRACE", piece.token.body)
            if stack:
                stack[-1].inner.append(pair)
            found.append(pair)
            stack.append(pair)
        elif kind == "COMMA" and stack:
            stack[-1].commas.append(place)
    for pair in found:
        if pair.is_broken:
            _break_ends(pieces, pair)
    return found


def _break_ends(pieces: list[Piece], pair: Pair) -> None:
    """A comment behind the opening bracket stays there."""
    first, closer = pieces[pair.opener + 1], pieces[pair.closer]
    if pair.opener + 1 == pair.closer:
        closer.breaks = 0
        return
    if not (first.is_note and not first.breaks):
        first.breaks = max(first.breaks, 1)
    closer.breaks = max(closer.breaks, 1)


# --- commas ---


def _with_commas(pieces: list[Piece]) -> list[Piece]:
    """The pieces with the commas at the ends of rows that belong there, and no others."""
    dropped: set[int] = set()
    added: set[int] = set()
    for pair in _pairs(pieces):
        ends = [place for place in pair.commas if _ends_row(pieces, place)]
        last = _last(pieces, pair)
        if pieces[last].token.type == "COMMA":
            dropped.add(last)
        if pair.brace and not pair.body:
            dropped.update(ends)
        elif not pair.brace and len(ends) == len(pair.commas) and set(pair.commas) - {last} and pair.is_broken:
            dropped.discard(last)
            if pieces[last].token.type != "COMMA":
                added.add(last)
    return list(_edited(pieces, dropped, added)) if dropped or added else pieces


def _ends_row(pieces: list[Piece], comma: int) -> bool:
    """Whether nothing but comments follows in the comma's row."""
    after = comma + 1
    while pieces[after].is_note and not pieces[after].breaks:
        after += 1
    return pieces[after].breaks > 0


def _last(pieces: list[Piece], pair: Pair) -> int:
    """The last piece inside that is no comment; the opening bracket where there is none."""
    place = pair.closer - 1
    while pieces[place].is_note:
        place -= 1
    return place


def _edited(pieces: list[Piece], dropped: set[int], added: set[int]) -> Iterator[Piece]:
    """A row that held a comma alone is none any more: what follows takes its line end."""
    owed = 0
    for place, piece in enumerate(pieces):
        if place in dropped:
            owed = max(owed, piece.breaks)
            continue
        if owed:
            piece.breaks, owed = max(piece.breaks, owed), 0
        yield piece
        if place in added:
            yield Piece(piece.token.synthetic("COMMA", ","))


# --- rows ---


def _rows(pieces: list[Piece]) -> list[tuple[Row, int]]:
    """The rows, each with the place of its first piece and the number of bracket levels around it."""
    rows: list[tuple[Row, int]] = []
    opened: list[int] = []
    for place, piece in enumerate(pieces):
        if piece.breaks or not rows:
            rows.append((Row(0, blank_before=piece.breaks > 1), place))
        row = rows[-1][0]
        if piece.token.type in SIGNS and opened:
            opened.pop()
        if not row.tokens or all(token.type in SIGNS for token in row.tokens):
            row.depth = len(set(opened))
        row.tokens.append(piece.token)
        if piece.token.type in CLOSES:
            opened.append(len(rows))
    for row, _ in rows:
        _space(row)
    return rows


def _space(row: Row) -> None:
    """Fills in how many spaces stand before each token of the row."""
    signed = False
    for index, token in enumerate(row.tokens):
        before = row.tokens[index - 1] if index else None
        if before is None:
            row.gaps.append(0)
        elif token.type in _NOTES:
            row.gaps.append(2)
        else:
            row.gaps.append(int(spaced(before, token, signed)))
        signed = is_unary(token, before)


def _width(row: Row) -> int:
    """How wide the row is, comments left out, and up to the text of a template."""
    width = len(INDENT) * row.depth
    for gap, token in zip(row.gaps, row.tokens, strict=True):
        if token.type in _NOTES:
            break
        if token.type == "TEMPLATE":
            return width + gap + 3
        width += gap + text_width(token.text)
    return width


# --- long rows ---


def _break_long(pieces: list[Piece], rows: list[tuple[Row, int]]) -> bool:
    """Breaks each row that is too long once, where it can be broken; whether one could."""
    long = [(start, start + len(row.tokens)) for row, start in rows if _width(row) > WIDTH]
    if not long:
        return False
    pairs = _pairs(pieces)
    broken = [_break(pieces, pairs, start, end) for start, end in long]
    return any(broken)


def _break(pieces: list[Piece], pairs: list[Pair], start: int, end: int) -> bool:
    """Behind its commas where the row holds elements of a bracket that is broken already, else at its last bracket.

    In braces a line end would take the comma's place, and with it a word of the spec: there the author breaks lines.
    """
    around = [pair for pair in pairs if pair.opener < start and pair.closer >= end]
    element_row = around and not around[-1].brace
    commas = [place for place in around[-1].commas if start <= place < end - 1] if element_row else []
    if commas:
        for place in commas:
            pieces[place + 1].breaks = 1
        return True
    inside = [
        pair for pair in pairs if start <= pair.opener and pair.closer < end and _stands_alone(pieces, pair, start)
    ]
    outermost = [pair for pair in inside if not any(pair in other.inner for other in inside)]
    chosen = next(filter(None, map(_breakable, reversed(outermost))), None)
    if chosen is None:
        return False
    pieces[chosen.opener + 1].breaks = pieces[chosen.closer].breaks = 1
    return True


def _stands_alone(pieces: list[Piece], pair: Pair, start: int) -> bool:
    """A call that is one of several conditions is no place to break: `a and b(` would read as if the line were b's."""
    return pair.brace or not any(piece.token.type in ("AND", "OR") for piece in pieces[start : pair.opener])


def _breakable(pair: Pair) -> Pair | None:
    """The pair, or the last one inside it, that has several elements or is in braces."""
    if pair.closer > pair.opener + 1 and (pair.brace or pair.commas):
        return pair
    return next(filter(None, map(_breakable, reversed(pair.inner))), None)
