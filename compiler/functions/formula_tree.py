"""What a formula is made of: the tree that `formula` reads and `mathematics` compares."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


class NoFormula(ValueError):
    """The text is nothing that this parser knows."""


@dataclass(frozen=True, slots=True)
class Number:
    value: Fraction


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter that stands for an unknown, or one of the constants `pi`, `e`, `i` and `oo`."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """`operator` is `+`, `*`, `/`, `^`, `-` (of one), `=`, `!`, or a function's name."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A tuple, an interval or a set: `open` and `close` are its brackets, `{` for one where the order is none."""

    open: str
    items: tuple[Node, ...]
    close: str


Node = Number | Symbol | Apply | Group


@dataclass(frozen=True, slots=True)
class Formula:
    node: Node
    unit: str | None = None
