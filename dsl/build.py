"""A grammar rule's children in; the node of `dsl.tree` they make out. `RULES` holds one function per rule.

Children are tokens, nodes, and parts: pieces of a statement that only the statement's own rule knows how to place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from dsl import tree
from dsl.source import Span
from dsl.tokens import Token

RULES: dict[str, Callable[[list[Any]], Any]] = {}
_VALUES = frozenset(["NAME", "STRING", "INT", "NUMBER", "QUANTITY", "PERCENT", "TEMPLATE", "SIGN", "MULOP", "CMP"])


@dataclass(frozen=True, slots=True)
class Part:
    """A clause such as `times n`, on its way to the statement it belongs to."""

    kind: str
    value: Any
    span: Span


@dataclass(frozen=True, slots=True)
class Made:
    """What a rule's function gets: the span of all that was read, and what of it carries meaning."""

    span: Span
    items: list[Any]
    first: Any

    @property
    def doc(self) -> tree.Doc | None:
        return self.first.doc if type(self.first) is Token else None

    def name(self, index: int = 0) -> tree.Name:
        return name(self.items[index])

    def nodes(self, kind: type[N]) -> tuple[N, ...]:
        return tuple(item for item in self.items if isinstance(item, kind))

    def part(self, kind: str) -> Any:
        """What the clause `kind` holds, None if it is not there."""
        return next((item.value for item in self.items if type(item) is Part and item.kind == kind), None)

    def parts(self, kind: str) -> tuple[Any, ...]:
        """The elements of the clause `kind`, none if it is not there."""
        return self.part(kind) or ()


N = TypeVar("N")
Rule = Callable[[Made], Any]


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Registers a function for the rules `names`; it gets what they read without punctuation and keywords."""

    def register(function: Rule) -> Rule:
        def build(children: list[Any]) -> Any:
            first, last = children[0], children[-1]
            start = first.start if type(first) is Token else first.span.start
            end, path = (last.end, last.path) if type(last) is Token else (last.span.end, last.span.path)
            items = [item for item in children if type(item) is not Token or item.type in _VALUES]
            return function(Made(Span(path, start, end), items, first))

        RULES.update(dict.fromkeys(names, build))
        return function

    return register


def part_rule(kind: str, many: bool = False) -> None:
    """Registers the rule of a clause that holds one node, or all of its nodes."""

    @rule(kind)
    def build(made: Made) -> Part:
        return Part(kind, tuple(made.items) if many else made.items[0], made.span)


def name_rule(kind: str) -> None:
    """Registers the rule of a clause that holds a name."""

    @rule(kind)
    def build(made: Made) -> Part:
        return Part(kind, made.name(), made.span)


def template_of(made: Made) -> tree.Template | None:
    """What the `\"\"\"` of a statement says; it was read before the statement was."""
    token = next((item for item in made.items if type(item) is Token and item.type == "TEMPLATE"), None)
    if token is None:
        return None
    return token.template or tree.Template(span=token.span, parts=())


def name(token: Token) -> tree.Name:
    return tree.Name(span=token.span, text=token.text)


def string(token: Token) -> str:
    """The text between the quotes. `\\"`, `\\\\`, `\\n`, `\\t`, `\\r` and `\\uXXXX` mean what they mean in JSON;

    any other backslash stands for itself, so that regular expressions read as they are.
    """
    inner = token.text[1:-1] if len(token.text) > 1 and token.text[-1] == token.text[0] else token.text[1:]
    return unescaped(inner) if "\\" in inner else inner


_CODE = re.compile(r"(?![dD][89a-fA-F])[0-9a-fA-F]{4}")
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t", "r": "\r"}


def unescaped(text: str) -> str:
    made: list[str] = []
    at = 0
    while at < len(text):
        if text[at] != "\\" or at + 1 == len(text):
            made.append(text[at])
            at += 1
            continue
        plain, at = _escape(text, at)
        made.append(plain)
    return "".join(made)


def _escape(text: str, at: int) -> tuple[str, int]:
    """What the backslash at `at` stands for, and where to read on."""
    sign, digits = text[at + 1], text[at + 2 : at + 6]
    if sign in _ESCAPES:
        return _ESCAPES[sign], at + 2
    if sign == "u" and _CODE.fullmatch(digits):
        return chr(int(digits, 16)), at + 6
    return "\\", at + 1


def integer(token: Token) -> int:
    """The value of an INT; one that is already reported as a fault counts as 0."""
    digits = token.text.replace("_", "")
    return int(digits) if digits.isdigit() and not token.fault else 0


def decimal(token: Token) -> float:
    return 0.0 if token.fault else float(token.text.replace("_", ""))
