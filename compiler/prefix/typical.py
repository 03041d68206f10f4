"""A type in; about how many tokens a value of it has in a prompt, out. For values that only a row knows."""

from __future__ import annotations

from compiler.prefix.model import tokens_of
from compiler.types import PERSONA, Choice, Extended, Generated, JsonOf, List, Optional, Record, Scalar, Type

TEXT = 48
"""Tokens of a text of which nothing is known."""
PERSON = 16
NUMBER = 2
ELEMENTS = 3
"""Of a list whose length only a row knows."""


def typical(kind: Type) -> int:
    match kind:
        case Optional(base=base) | Generated(base=base) | Extended(base=base):
            return typical(base)
        case Choice(values=values) if values:
            return -(-sum(map(tokens_of, values)) // len(values))
        case List(element=element, length=length):
            return (length or ELEMENTS) * typical(element)
        case Record(name=PERSONA.name):
            return PERSON
        case Record(fields=fields):
            return sum(tokens_of(field.name) + typical(field.type) for field in fields)
        case JsonOf():
            return 2 * TEXT
        case Scalar(name=name) if name in ("int", "float", "bool", "null"):
            return NUMBER
    return TEXT
