"""The unit that the lexer makes and the parser eats: a token, with its place and what hangs on it."""

from __future__ import annotations

from dsl.source import Span
from dsl.tree import Doc, Template


class Token:
    """A piece of source text. Grammar names its type; a word becomes a keyword only where the grammar has room for it.

    `indent` is the indentation of the token's line, `first` says that the token opens that line. `fault` marks a token
    whose mistake is already reported, so that the statement around it is not reported again. `body` marks a `{` that
    opens a list of statements. `doc` holds the `##` lines above, `template` the parsed body of a `\"\"\"`.
    """

    __slots__ = ("body", "doc", "end", "fault", "first", "indent", "path", "start", "template", "text", "type", "word")

    def __init__(self, type_: str, text: str, path: str, start: int, indent: int = 0, first: bool = False) -> None:
        self.type = type_
        self.text = text
        self.path = path
        self.start = start
        self.end = start + len(text)
        self.indent = indent
        self.first = first
        self.word = type_ == "NAME"
        self.fault = False
        self.body = False
        self.doc: Doc | None = None
        self.template: Template | None = None

    @property
    def span(self) -> Span:
        return Span(self.path, self.start, self.end)

    def synthetic(self, type_: str, text: str = "") -> Token:
        """A token of no width right behind this one, put in to repair what is around it."""
        made = Token(type_, text, self.path, self.end, self.indent)
        made.end = made.start
        made.fault = True
        return made

    def __repr__(self) -> str:
        return f"{self.type}({self.text!r})"


def cover(tokens: list[Token]) -> Span:
    """The span from the first token to the last."""
    return Span(tokens[0].path, tokens[0].start, max(tokens[-1].end, tokens[0].start))
