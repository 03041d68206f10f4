"""Operators of printed Python: how tightly each binds, and when an operand needs parentheses."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.passes.lower.layout import Bracket, Chain, Doc, Leaf

LAMBDA, CONDITIONAL, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, ATOM = range(10)


@dataclass(frozen=True, slots=True)
class Code:
    """A printed expression. `nullable` says whether its value can be null."""

    doc: Doc
    level: int = ATOM
    nullable: bool = False

    def at_least(self, level: int) -> Doc:
        """The document, in parentheses unless it binds at least as tightly as `level`."""
        return self.doc if self.level >= level else Bracket("(", (self.doc,), ")", comma=False)


def leaf(text: str, nullable: bool = False) -> Code:
    return Code(Leaf(text), ATOM, nullable)


def joined(op: str, left: Code, right: Code, level: int) -> Code:
    """`left op right`. Equal operators on the left continue one chain, as a formatter breaks them."""
    first = left.at_least(level if level != COMPARISON else level + 1)
    parts = first.parts if left.level == level and isinstance(first, Chain) else (("", first),)
    return Code(Chain((*parts, (op, right.at_least(level + 1)))), level, left.nullable or right.nullable)
