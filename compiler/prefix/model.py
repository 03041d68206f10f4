"""What a prompt is made of, in order, and what each piece varies with. Data only."""

from __future__ import annotations

from dataclasses import dataclass

from dsl import tree
from dsl.source import Span

MARKER = 4
"""Tokens that opening and closing a message takes in most models' templates."""
CHARACTERS = 4
"""Bytes of a token, about, where nobody asks a tokenizer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a prompt: its own text, or a value that is inserted.

    text    as written: the literal text, `{{ page.text }}`, the head of a loop or a condition, `@user`
    part    what it is rendered from; None for what synth itself adds
    varies  names of axes, draws and other values of the row that it depends on; none where all rows share it
    tokens  an estimate without a tokenizer, and for what only a row knows, from its type; `known` says which it is
    """

    text: str
    varies: frozenset[str]
    tokens: int
    known: bool
    part: tree.TemplatePart | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """One gen's or judge's prompt, written at `owner`. `given` are its parameters' values, as expressions of the row.

    `asks` is how many calls a row makes of the same prompt: samples, points, elements as far as they are known.
    """

    cell: str
    prompt: str
    segments: tuple[Segment, ...]
    owner: tree.Prompt | tree.Gen | tree.Judge | None = None
    given: tuple[tuple[str, tree.Expr], ...] = ()
    asks: int = 1

    def behind(self, place: int) -> frozenset[str]:
        """What everything up to a segment and with it varies with."""
        return frozenset().union(*(segment.varies for segment in self.segments[: place + 1]))


def tokens_of(text: str) -> int:
    """About how many tokens a text has."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // CHARACTERS)
