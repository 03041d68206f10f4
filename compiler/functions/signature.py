"""A signature as text in (`text: str, n: int = 2 -> float`); parameters and types out.

Types are those of `compiler.types` and three more that only signatures need: a type variable (one capital letter), an
element expression (`each bool`: evaluated once per element, with `it` and the element's fields in scope) and a union.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from compiler.types import ANY, BOOL, FLOAT, INT, MESSAGE, NULL, PERSONA, STR, List, Optional, Type


@dataclass(frozen=True, slots=True)
class Var(Type):
    """Stands for whatever type the argument has, the same everywhere in one signature."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Each(Type):
    """An expression over one element of the receiver, of type `result`; at run time a Python function."""

    result: Type

    def __str__(self) -> str:
        return f"each {self.result}"


@dataclass(frozen=True, slots=True)
class AnyOf(Type):
    members: tuple[Type, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.members))


@dataclass(frozen=True, slots=True)
class Parameter:
    """`default` is written in the language; None means that an argument is required. `many`: takes all that follow."""

    name: str
    type: Type
    default: str | None = None
    many: bool = False

    @property
    def required(self) -> bool:
        return self.default is None and not self.many

    def __str__(self) -> str:
        default = f" = {self.default}" if self.default is not None else ""
        return f"{'*' if self.many else ''}{self.name}: {self.type}{default}"


@dataclass(frozen=True, slots=True)
class Signature:
    params: tuple[Parameter, ...]
    result: Type

    def param(self, name: str) -> Parameter | None:
        return next((param for param in self.params if param.name == name), None)

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.params))}) -> {self.result}"


NAMED: dict[str, Type] = {
    "str": STR,
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "null": NULL,
    "any": ANY,
    "Message": MESSAGE,
    "Persona": PERSONA,
}
_TOKEN = re.compile(r'\s*(->|\[\]|"[^"]*"|-?\d+\.\d+|-?\d+|\w+|[?|*,:=()])')


def parse_signature(text: str) -> Signature:
    """Raises ValueError for a text that is no signature."""
    reader = _Reader(text)
    params: list[Parameter] = []
    while reader.ahead != "->":
        params.append(reader.parameter())
        if reader.ahead != "->":
            reader.expect(",")
    reader.expect("->")
    result = reader.union()
    reader.expect("")
    return Signature(tuple(params), result)


def parse_type(text: str) -> Type:
    reader = _Reader(text)
    found = reader.union()
    reader.expect("")
    return found


class _Reader:
    """Tokens of one signature and a place among them; the empty string is the end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = [*_TOKEN.findall(text), ""]
        if "".join(self.tokens) != re.sub(r"\s+", "", text):
            raise ValueError(f"not a signature: {text}")

    @property
    def ahead(self) -> str:
        return self.tokens[0]

    def take(self) -> str:
        return self.tokens.pop(0) if len(self.tokens) > 1 else ""

    def expect(self, token: str) -> None:
        if self.ahead != token:
            raise ValueError(f"expected {token or 'the end'!r} before {self.ahead!r} in: {self.text}")
        self.take()

    def parameter(self) -> Parameter:
        many = self.ahead == "*"
        if many:
            self.take()
        name = self.take()
        self.expect(":")
        kind = self.union()
        default = None
        if self.ahead == "=":
            self.take()
            default = self.take()
        return Parameter(name, kind, default, many)

    def union(self) -> Type:
        members = [self.suffixed()]
        while self.ahead == "|":
            self.take()
            members.append(self.suffixed())
        return members[0] if len(members) == 1 else AnyOf(tuple(members))

    def suffixed(self) -> Type:
        if self.ahead == "each":
            self.take()
            return Each(self.suffixed())
        found = self.atom()
        while self.ahead in ("[]", "?"):
            found = List(found) if self.take() == "[]" else Optional(found)
        return found

    def atom(self) -> Type:
        name = self.take()
        if name == "(":
            inner = self.union()
            self.expect(")")
            return inner
        if re.fullmatch("[A-Z]", name):
            return Var(name)
        if name not in NAMED:
            raise ValueError(f"unknown type {name!r} in: {self.text}")
        return NAMED[name]
