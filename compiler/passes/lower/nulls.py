"""A checked expression in; its type out, with null wherever the printed program may give it: what a column must take.

The checker's types say less: `xs[9]` is of the element's type, so that a reader need not ask for null at every turn.
"""

from __future__ import annotations

from dataclasses import replace

from compiler.passes.lower import expressions
from compiler.passes.lower.scopes import Site
from compiler.types import List, Optional, Record, Type
from dsl import tree


def with_nulls(node: tree.Expr, site: Site) -> Type:
    kind = _inside(node, site.type_of(node), site)
    return or_null(kind, expressions.code(node, site).nullable)


def or_null(kind: Type, nullable: bool) -> Type:
    return Optional(kind) if nullable and not expressions.can_be_null(kind) else kind


def _inside(node: tree.Expr, kind: Type, site: Site) -> Type:
    """The elements of a list and the fields of a record that are written here, each by itself."""
    plain = expressions.base_type(kind)
    if isinstance(node, tree.ListExpr) and isinstance(plain, List):
        null = any(expressions.can_be_null(with_nulls(item, site)) for item in node.items)
        return replace(plain, element=or_null(plain.element, null))
    if isinstance(node, tree.ObjectExpr) and isinstance(plain, Record):
        values = {entry.key: entry.value for entry in node.entries}
        return replace(
            plain,
            fields=tuple(
                replace(item, type=or_null(item.type, item.name in values and _may_be_null(values[item.name], site)))
                for item in plain.fields
            ),
        )
    return _mapped(node, plain, site) or kind


def _may_be_null(node: tree.Expr, site: Site) -> bool:
    return expressions.code(node, site).nullable


def _mapped(node: tree.Expr, kind: Type, site: Site) -> Type | None:
    """`xs.map(…)`: the one method that makes elements anew."""
    if not isinstance(node, tree.Call) or not isinstance(node.callee, tree.Attr) or node.callee.name.text != "map":
        return None
    given = expressions.base_type(site.type_of(node.callee.base))
    if not isinstance(kind, List) or not isinstance(given, List):
        return None
    null = _may_be_null(node.args[0].value, site.inside(given.element))
    return replace(kind, element=or_null(kind.element, null))
