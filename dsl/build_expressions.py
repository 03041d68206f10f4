"""The children of expressions and types in; their nodes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from dsl import tree
from dsl.build import Made, decimal, integer, part_rule, rule, string
from dsl.source import Span
from dsl.tokens import Token


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
    """The same expression; its place takes in the brackets."""
    expr: tree.Expr = made.items[0]
    return replace(expr, span=made.span)


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
    return replace(type_, span=made.span)


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
