"""What the matching of brackets works with: an open bracket, what is made of all of them, and a message."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsl.diagnostics import Diagnostic, Related
from dsl.source import Span
from dsl.tokens import Token
from dsl.tree import Doc

CLOSES = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
SIGNS = {"RPAR": ")", "RSQB": "]", "RBRACE": "}"}


@dataclass(slots=True)
class Frame:
    """One open bracket (None: the file) and the first token of the statement that is being read inside it."""

    opener: Token | None
    body: bool
    head: Token | None = None
    child_indent: int | None = None
    index: int = 0
    line: int = 0

    @property
    def is_indented(self) -> bool:
        """Whether its lines stand further in than the line that opened it."""
        return self.opener is not None and self.child_indent is not None and self.child_indent > self.opener.indent

    @property
    def in_line(self) -> bool:
        """Whether line ends inside do not count."""
        return self.opener is not None and self.opener.type != "LBRACE"


@dataclass(slots=True)
class Balanced:
    """`by_indent`: the brackets were matched with an eye on indentation, for they did not add up without."""

    tokens: list[Token] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    faults: list[Token] = field(default_factory=list)
    by_indent: bool = False

    def report(self, diagnostic: Diagnostic, token: Token | None) -> None:
        self.diagnostics.append(diagnostic)
        if token is not None:
            self.faults.append(token)


def unclosed(opener: Token, noticed: Token) -> Diagnostic:
    sign = SIGNS[CLOSES[opener.type]]
    at = Span(noticed.path, noticed.start, noticed.end)
    related = (Related(at, f"expected `{sign}` before this"),) if noticed.start > opener.start else ()
    return Diagnostic("E0103", f"unclosed `{opener.text}`", opener.span, f"no `{sign}` closes it", related=related)


def doc(tokens: list[Token]) -> Doc | None:
    """The `##` lines as one text, without the signs and one space."""
    if not tokens:
        return None
    lines = [token.text[2:].removeprefix(" ") for token in tokens]
    span = Span(tokens[0].path, tokens[0].start, tokens[-1].end)
    return Doc(span=span, text="\n".join(lines))
