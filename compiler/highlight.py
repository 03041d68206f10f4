"""A spec's text, whole or a part of it, in; the tokens that Pygments colours, out: templates and their holes included.

Pygments finds the lexer by itself where synth is installed: `pygmentize spec.synth`, and ```` ```synth ```` on a page.
"""

from __future__ import annotations

from collections.abc import Iterator

from pygments.lexer import Lexer as PygmentsLexer
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String, Whitespace, _TokenType

from compiler.prelude import TYPES
from dsl.lexer import Lexer
from dsl.source import Source
from dsl.tables import tables
from dsl.template_lines import MARKER, MARKERS
from dsl.template_pieces import Piece, Scanner
from dsl.tokens import Token
from dsl.words import STATEMENTS

Coloured = tuple[int, _TokenType, str]

KINDS: dict[str, _TokenType] = {
    "COMMENT": Comment.Single,
    "DOC": String.Doc,
    "STRING": String.Double,
    "QUANTITY": Number,
    "PERCENT": Number,
    "NUMBER": Number.Float,
    "INT": Number.Integer,
    "CMP": Operator,
    "SIGN": Operator,
    "MULOP": Operator,
    "TILDE": Operator,
    "ARROW": Operator,
    "_NL": Whitespace,
}
DECLARED: dict[str, _TokenType] = {
    **dict.fromkeys(("enum", "record", "dataset", "mix"), Name.Class),
    **dict.fromkeys(("prompt", "judge", "criteria"), Name.Function),
    **dict.fromkeys(("input", "personas", "model", "const", "param"), Name.Variable.Global),
    **dict.fromkeys(("each", "draw", "let", "gen", "run", "carry", "next", "mock", "given"), Name.Variable),
}
"""Words that say what the name behind them is."""
WORDS = frozenset(terminal.text for terminal in tables().terminals if terminal.is_word)
OPERATORS = frozenset(("and", "or", "not", "in"))
CONSTANTS = frozenset(("true", "false", "null"))
NAMED = frozenset((":", "=", "."))
"""What stands behind a name, and never behind a keyword."""


class SynthLexer(PygmentsLexer):  # type: ignore[misc]
    """Keywords are known by their place, for any of them may be a field's name."""

    name = "synth"
    aliases = ("synth", "synth-part")
    filenames = ("*.synth",)
    mimetypes = ("text/x-synth",)
    url = ""

    def get_tokens_unprocessed(self, text: str) -> Iterator[Coloured]:
        source = Source("spec.synth", text)
        return _filled(source, 0, len(text), _coloured(source, 0, len(text)), Whitespace)


def _filled(source: Source, start: int, end: int, found: Iterator[Coloured], between: _TokenType) -> Iterator[Coloured]:
    """Nothing of the text is lost: what no token holds is given as `between`."""
    at = start
    for place, kind, text in found:
        if place > at:
            yield at, between, source.text[at:place]
        if text:
            yield place, kind, text
        at = place + len(text)
    if at < end:
        yield at, between, source.text[at:end]


def _coloured(source: Source, start: int, end: int) -> Iterator[Coloured]:
    tokens = Lexer(source, start, end).tokens
    before: Token | None = None
    for index, token in enumerate(tokens):
        after = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if token.type == "TEMPLATE":
            yield from _template(source, token)
        elif token.type == "NAME":
            yield token.start, _word(token, before, after), token.text
        else:
            kind = Error if token.type == "STRAY" else KINDS.get(token.type, Punctuation)
            yield token.start, kind, token.text
        before = token


def _word(token: Token, before: Token | None, after: str) -> _TokenType:
    """What a word is, by itself and by what stands on both sides of it."""
    text = token.text
    if before is not None and before.text == ".":
        return Name.Function if after == "(" else Name.Attribute
    if before is not None and before.text in DECLARED:
        return DECLARED[before.text]
    if text in CONSTANTS:
        return Keyword.Constant
    if text in WORDS and after not in NAMED:
        return _keyword(token)
    if text in TYPES and after != "(":
        return Keyword.Type
    return Name.Function if after == "(" else Name.Class if text[0].isupper() else Name


def _keyword(token: Token) -> _TokenType:
    if token.text in OPERATORS:
        return Operator.Word
    if token.text in STATEMENTS:
        return Keyword.Declaration if token.first else Keyword if token.text == "from" else Name
    return Keyword


def _template(source: Source, token: Token) -> Iterator[Coloured]:
    """The quotes, the text by lines, and each hole and tag with the expression in it."""
    quotes = 3 if token.text.startswith('"""') else 2
    start = token.start + quotes
    end = token.end - 3 if token.text.endswith('"""') and token.end - 3 >= start else token.end
    yield token.start, String.Delimiter, source.text[token.start : start]
    pieces = (found for piece in Scanner(source, start, end).scan().pieces for found in _piece(source, piece))
    yield from _filled(source, start, end, pieces, String)
    yield end, String.Delimiter, source.text[end : token.end]


def _piece(source: Source, piece: Piece) -> Iterator[Coloured]:
    text = source.text[piece.start : piece.end]
    if piece.kind == "comment":
        yield piece.start, Comment.Multiline, text
    elif piece.kind in ("hole", "tag"):
        low, high = piece.inner
        yield piece.start, String.Interpol, source.text[piece.start : low]
        inner = _tag(source, low, high) if piece.kind == "tag" else _coloured(source, low, high)
        yield from _filled(source, low, high, inner, Whitespace)
        yield high, String.Interpol, source.text[high : piece.end]
    else:
        marker = MARKER.match(text) if source.text[piece.start - 1 : piece.start] == "\n" else None
        marked = piece.kind == "text" and marker is not None and marker["word"] in MARKERS
        yield piece.start, Keyword.Namespace if marked else String, text


def _tag(source: Source, low: int, high: int) -> Iterator[Coloured]:
    """The first word of a tag is its keyword: `for`, `if`, `else`, `endfor`."""
    for index, (place, kind, text) in enumerate(_coloured(source, low, high)):
        yield place, Keyword if index == 0 else kind, text
