"""A plain value and a place in; the expression that says it, as if it were written there, out."""

from __future__ import annotations

from dsl import tree
from dsl.source import Span


def literal(value: object, place: Span) -> tree.Expr:
    """What is none of the language's own values, such as a date of TOML, is the text it prints as."""
    if isinstance(value, list):
        return tree.ListExpr(span=place, items=tuple(literal(item, place) for item in value))
    if isinstance(value, dict):
        entries = (
            tree.Entry(span=place, key=key, key_span=place, value=literal(item, place)) for key, item in value.items()
        )
        return tree.ObjectExpr(span=place, entries=tuple(entries))
    known = value if value is None or isinstance(value, str | int | float | bool) else str(value)
    return tree.Constant(span=place, value=known)
