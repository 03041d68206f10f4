"""Balanced tokens in; the declarations and, inside them, the statements, each of which can be cut out alone, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dsl.frames import CLOSES, SIGNS
from dsl.lexer import NEWLINE
from dsl.source import Span
from dsl.tokens import Token, cover

_HEADS = {"loop": ["loop", "_", "in", "_"], "test": ["test", '""']}


@dataclass(eq=False, slots=True)
class Unit:
    """A declaration or a statement. With a body: `header` up to its `{`, `children`, and `tail` from its `}` on."""

    header: list[Token]
    children: list[Unit] = field(default_factory=list)
    tail: list[Token] = field(default_factory=list)
    parent: Unit | None = None

    @property
    def head(self) -> Token:
        return self.header[0]

    @property
    def span(self) -> Span:
        return cover([*self.header, *self.tail])

    @property
    def fault(self) -> bool:
        """Whether a mistake in this statement's own tokens is already reported."""
        return any(token.fault for token in (*self.header, *self.tail))

    def tokens(self, with_children: bool = True) -> list[Token]:
        """All tokens as the grammar wants them."""
        made = list(self.header)
        for child in self.children if with_children else ():
            made += [_line_end(child.head.start, child.head), *child.tokens()]
        if self.children:
            made.append(_line_end(made[-1].end, made[-1]))
        return made + self.tail

    def inside(self, with_children: bool = True) -> list[Token]:
        """This statement's tokens as the only one in a body such as it stands in, with a head that has no mistake."""
        made = self.tokens(with_children)
        around = self.parent
        while around is not None:
            made = [*_plain_head(around), _line_end(made[0].start, made[0]), *made, _line_end(made[-1].end, made[-1])]
            made.append(around.head.synthetic("RBRACE", "}"))
            around = around.parent
        return made


def _plain_head(unit: Unit) -> list[Token]:
    """A head without mistakes for what has the body of `unit`."""
    words = _HEADS.get(unit.head.text, [unit.head.text, "_"])
    tokens = [unit.head.synthetic("STRING" if word == '""' else "NAME", word) for word in words]
    opener = unit.head.synthetic("LBRACE", "{")
    opener.body = True
    return [*tokens, opener]


def _line_end(at: int, near: Token) -> Token:
    made = Token(NEWLINE, "", near.path, at)
    made.fault = True
    return made


def split(tokens: Sequence[Token], parent: Unit | None = None) -> list[Unit]:
    """The units that `tokens` hold, one after the other."""
    units: list[Unit] = []
    line: list[Token] = []
    depth = 0
    for token in (*tokens, None):
        if token is None or (token.type == NEWLINE and depth == 0):
            if line:
                units.append(_unit(line, parent))
            line = []
            continue
        depth += (token.type in CLOSES) - (token.type in SIGNS)
        line.append(token)
    return units


def _unit(line: list[Token], parent: Unit | None) -> Unit:
    opener = next((index for index, token in enumerate(line) if token.body), None)
    if opener is None:
        return Unit(line, parent=parent)
    close = _closing(line, opener)
    unit = Unit(line[: opener + 1], tail=line[close:], parent=parent)
    unit.children = split(line[opener + 1 : close], unit)
    return unit


def _closing(line: list[Token], opener: int) -> int:
    depth = 0
    for index in range(opener, len(line)):
        depth += (line[index].type in CLOSES) - (line[index].type in SIGNS)
        if depth == 0:
            return index
    return len(line)
