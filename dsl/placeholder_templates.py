"""A place inside a template in; its source with a name at that place, in a hole that closes, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.following import begin, bridge, fits, follow, reach
from dsl.grammar import Start, States, taken
from dsl.lexer import Lexer
from dsl.source import Source, Span
from dsl.template_pieces import Piece, Scanner
from dsl.tokens import Token

_TEXTS = {"NAME": "_", "STRING": '""', "INT": "0", "RPAR": ")", "RSQB": "]", "RBRACE": "}", "LBRACE": "{"}
_SIGNS = {"EQUAL": "=", "COLON": ":", "THEN": " then ", "ELSE": " else ", "IN": " in "}
_STARTS = {"if": 1, "elif": 1, "for": 3}
_NO_MEANING = frozenset(["_NL", "COMMENT", "DOC"])


@dataclass(frozen=True, slots=True)
class Hole:
    """`source` is None where no name can stand: in the text between holes, and where a tag's word does."""

    span: Span
    inside: Literal["code", "text", "tag", "string"]
    follows: frozenset[str] = frozenset()
    before: tuple[Token, ...] = ()
    heads: tuple[str, ...] = ()
    source: Source | None = None


def hole_at(source: Source, offset: int, template: Token, name: str) -> Hole | None:
    """None where nothing could follow: in comments, and in what `{% raw %}` says."""
    closed = template.text.endswith('"""') and len(template.text) > 5
    scanner = Scanner(source, template.start + 3, template.end - 3 if closed else template.end).scan()
    piece = next((one for one in scanner.pieces if _holds(one, offset)), None)
    if piece is None:
        return _text(source, offset, scanner.pieces)
    if piece.kind == "comment" or source.text.startswith("{#", piece.start):
        return None
    return _in_code(source, offset, piece, name)


def _holds(piece: Piece, offset: int) -> bool:
    if piece.is_text:
        return False
    closed = piece.kind != "lost"
    return piece.start + 2 <= offset <= piece.end - (2 if closed else 0)


def _text(source: Source, offset: int, pieces: list[Piece]) -> Hole | None:
    if any(piece.kind == "raw" and piece.start <= offset < piece.end for piece in pieces):
        return None
    start = offset
    while start > 0 and (source.text[start - 1].isalnum() or source.text[start - 1] in "_@"):
        start -= 1
    return Hole(Span(source.path, start, offset), "text")


def _in_code(source: Source, offset: int, piece: Piece, name: str) -> Hole | None:
    end = piece.end - 2 if piece.kind != "lost" else piece.end
    lexer = Lexer(source, piece.start + 2, end)
    tokens = [token for token in lexer.tokens if token.type not in _NO_MEANING]
    token = next(
        (one for one in tokens if one.start < offset < one.end or (one.word and one.start <= offset <= one.end)), None
    )
    opened = next((one for one in tokens if one.start < offset <= one.end and is_open(one)), None)
    token = opened or token
    if token is not None and not token.word and token.type not in ("STRING", "OTHER", "SIGN"):
        return None
    text = token is not None and token.type == "STRING"
    closing = text and opened is None
    span = Span(source.path, offset, offset) if token is None else token.span
    if text and token is not None:
        span = Span(source.path, token.start + 1, token.end - 1 if closing else offset)
    before = tuple(one for one in tokens if one.end <= span.start - text)
    is_tag = source.text.startswith("{%", piece.start)
    if is_tag and not before:
        return Hole(span, "tag")
    skipped = _STARTS.get(before[0].text, len(before)) if is_tag else 0
    if is_tag and len(before) < skipped:
        return Hole(span, "tag", heads=(before[0].text,), before=before)
    start: Start = "expression" if is_tag else "hole"
    states, count = reach(begin(start), before[skipped:])
    if count < len(before) - skipped:
        return None
    behind = [one for one in tokens if one.start >= span.end + closing]
    return _made(source, piece, span, before, behind, states, name, text)


def is_open(token: Token) -> bool:
    """Whether a text lacks its second quote: then it reaches to the end of its line, whatever was meant to follow."""
    return token.type == "STRING" and not (len(token.text) > 1 and token.text.endswith('"'))


def _made(
    source: Source,
    piece: Piece,
    span: Span,
    before: tuple[Token, ...],
    behind: list[Token],
    states: States,
    name: str,
    text: bool,
) -> Hole:
    follows = follow(states)
    after = taken(states, "STRING" if text else "NAME")
    closing = "%}" if source.text.startswith("{%", piece.start) else "}}"
    stop = piece.end if piece.kind != "lost" else behind[0].start if behind else piece.end
    rest = source.text[span.end + text : piece.end - 2] if piece.kind != "lost" else ""
    if after is not None and (piece.kind == "lost" or not fits(after, behind)):
        rest = "".join(_TEXTS.get(one, _SIGNS.get(one, " ")) for one in bridge(after) or ())
    made = source.text[: span.start] + name + ('"' if text else "") + rest + " " + closing + source.text[stop:]
    return Hole(span, "string" if text else "code", follows, before, source=Source(source.path, made))
