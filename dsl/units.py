"""Balanced tokens in; the declarations and, inside them, the statements, each of which can be cut out alone, out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dsl.brackets import CLOSES, SIGNS
from dsl.lexer import NEWLINE
from dsl.source import Span
from dsl.tokens import Token, cover


@dataclass(eq=False, slots=True)
class Unit:
    """A declaration or a statement. With a body: `header` up to its `{`, `children`, and `tail` from its `}` on."""

    header: list[Token]
    children: list[Unit] = field(default_factory=list)
    tail: list[Token] = field(default_factory=list)
    parent: Unit | None = None
    broken: bool = False

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

    def flat(self) -> Iterator[tuple[Token, Unit]]:
        """All tokens as the grammar wants them, each with the unit that answers for it."""
        for token in self.header:
            yield token, self
        for child in self.children:
            yield _line_end(child.header[0]), self
            yield from child.flat()
        if self.children:
            last = self.children[-1]
            yield (last.tail or last.header)[-1].synthetic(NEWLINE), last
        for token in self.tail:
            yield token, self

    def repair(self) -> None:
        """Puts a head in place of the broken one that fits what has a body, so that the body can be read alone."""
        first, opener = self.head, self.header[-1]
        word = first.synthetic("NAME", first.text)
        name = first.synthetic("NAME")
        others = {"test": [first.synthetic("STRING", '""')]}.get(first.text, [name])
        if first.text == "loop":
            others += [first.synthetic("NAME", "in"), first.synthetic("NAME", "_")]
        self.header = [word, *others, opener]
        self.tail = self.tail[:1]
        self.broken = True


def _line_end(token: Token) -> Token:
    made = Token(NEWLINE, "", token.path, token.start)
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
