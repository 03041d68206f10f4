"""A grammar rule's children in; the node of `dsl.tree` they make out. `RULES` holds one function per rule.

Children are tokens, nodes, and parts: pieces of a statement that only the statement's own rule knows how to place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


def name(token: Token) -> tree.Name:
    return tree.Name(span=token.span, text=token.text)


def string(token: Token) -> str:
    """The text between the quotes. `\\"`, `\\\\`, `\\n`, `\\t`, `\\r` and `\\uXXXX` mean what they mean in JSON;

    any other backslash stands for itself, so that regular expressions read as they are.
    """
    inner = token.text[1:-1] if len(token.text) > 1 and token.text[-1] == token.text[0] else token.text[1:]
    return unescaped(inner) if "\\" in inner else inner


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
    if sign == "u" and len(digits) == 4 and all(c in "0123456789abcdefABCDEF" for c in digits):
        return chr(int(digits, 16)), at + 6
    return "\\", at + 1


def integer(token: Token) -> int:
    """The value of an INT; one that is already reported as a fault counts as 0."""
    digits = token.text.replace("_", "")
    return int(digits) if digits.isdigit() and not token.fault else 0


def decimal(token: Token) -> float:
    return 0.0 if token.fault else float(token.text.replace("_", ""))


# --- expressions ---


@rule("ref")
def _ref(made: Made) -> tree.Expr:
    return tree.Ref(span=made.span, name=made.first.text)


@rule("text")
def _text(made: Made) -> tree.Expr:
    return tree.Constant(span=made.span, value=string(made.first))


@rule("integer")
def _integer(made: Made) -> tree.Expr:
    return tree.Constant(span=made.span, value=integer(made.first))


@rule("number")
def _number(made: Made) -> tree.Expr:
    return tree.Constant(span=made.span, value=decimal(made.first))


@rule("true")
def _true(made: Made) -> tree.Expr:
    return tree.Constant(span=made.span, value=True)


@rule("false")
def _false(made: Made) -> tree.Expr:
    return tree.Constant(span=made.span, value=False)


@rule("null")
def _null(made: Made) -> tree.Expr:
    return tree.Constant(span=made.span, value=None)


@rule("quantity")
def _quantity(made: Made) -> tree.Expr:
    token: Token = made.first
    digits = token.text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ%")
    unit: Any = token.text[len(digits) :]
    plain = "0" if token.fault else digits.replace("_", "")
    return tree.Quantity(span=made.span, number=float(plain) if "." in plain else int(plain), unit=unit)


@rule("parenthesised")
def _parenthesised(made: Made) -> tree.Expr:
    expr: tree.Expr = made.items[0]
    return expr


@rule("list")
def _list(made: Made) -> tree.Expr:
    return tree.ListExpr(span=made.span, items=tuple(made.items))


@rule("entry", "quoted_entry")
def _entry(made: Made) -> tree.Entry:
    key, value = made.items
    text = key.text if key.type == "NAME" else string(key)
    return tree.Entry(span=made.span, key=text, key_span=key.span, value=value)


@rule("object")
def _object(made: Made) -> tree.ObjectExpr:
    return tree.ObjectExpr(span=made.span, entries=tuple(made.items))


@rule("weighted")
def _weighted(made: Made) -> tree.Expr:
    return tree.Weighted(span=made.span, weights=made.items[0])


@rule("attr")
def _attr(made: Made) -> tree.Expr:
    return tree.Attr(span=made.span, base=made.items[0], name=made.name(1))


@rule("index")
def _index(made: Made) -> tree.Expr:
    return tree.Index(span=made.span, base=made.items[0], index=made.items[1])


@rule("positional")
def _positional(made: Made) -> tree.Arg:
    return tree.Arg(span=made.span, name=None, value=made.items[0])


@rule("named")
def _named(made: Made) -> tree.Arg:
    return tree.Arg(span=made.span, name=made.name(), value=made.items[1])


part_rule("arguments", many=True)


@rule("call")
def _call(made: Made) -> tree.Expr:
    return tree.Call(span=made.span, callee=made.items[0], args=made.items[1].value)


@rule("filtered")
def _filtered(made: Made) -> tree.Expr:
    return tree.Filtered(span=made.span, value=made.items[0], filter=made.name(1), args=made.parts("arguments"))


@rule("unary")
def _unary(made: Made) -> tree.Expr:
    return tree.Unary(span=made.span, op=made.items[0].text, operand=made.items[1])


@rule("negation")
def _negation(made: Made) -> tree.Expr:
    return tree.Unary(span=made.span, op="not", operand=made.items[0])


@rule("binary")
def _binary(made: Made) -> tree.Expr:
    left, op, right = made.items
    return tree.Binary(span=made.span, op=op.text, left=left, right=right)


def _word_operator(rule_name: str, op: Any) -> None:
    @rule(rule_name)
    def build(made: Made) -> tree.Expr:
        return tree.Binary(span=made.span, op=op, left=made.items[0], right=made.items[1])


_word_operator("disjunction", "or")
_word_operator("conjunction", "and")
_word_operator("membership", "in")
_word_operator("non_membership", "not in")


@rule("closed")
def _closed(made: Made) -> tree.Expr:
    return tree.Range(span=made.span, low=made.items[0], high=made.items[1])


@rule("endless")
def _endless(made: Made) -> tree.Expr:
    return tree.Range(span=made.span, low=made.items[0], high=None)


@rule("conditional")
def _conditional(made: Made) -> tree.Expr:
    condition, then, otherwise = made.items
    return tree.Conditional(span=made.span, condition=condition, then=then, otherwise=otherwise)


# --- types ---


@rule("named_type")
def _named_type(made: Made) -> tree.TypeExpr:
    return tree.TypeName(span=made.span, name=made.first.text)


@rule("literal_type")
def _literal_type(made: Made) -> tree.TypeExpr:
    return tree.TypeLiteral(span=made.span, value=string(made.first))


@rule("list_type")
def _list_type(made: Made) -> tree.TypeExpr:
    length = made.items[1] if len(made.items) > 1 else None
    return tree.TypeList(span=made.span, element=made.items[0], length=length)


@rule("applied_type")
def _applied_type(made: Made) -> tree.TypeExpr:
    return tree.TypeApply(span=made.span, base=made.items[0], argument=made.items[1])


@rule("grouped_type")
def _grouped_type(made: Made) -> tree.TypeExpr:
    type_: tree.TypeExpr = made.items[0]
    return type_


@rule("type")
def _type(made: Made) -> tree.TypeExpr:
    return _union(made.span, made.items)


@rule("optional")
def _optional(made: Made) -> tree.TypeExpr:
    inside = Span(made.span.path, made.span.start, made.items[-1].span.end)
    return tree.TypeOptional(span=made.span, base=_union(inside, made.items))


def _union(span: Span, members: Iterable[tree.TypeExpr]) -> tree.TypeExpr:
    found = tuple(members)
    return found[0] if len(found) == 1 else tree.TypeUnion(span=span, members=found)
