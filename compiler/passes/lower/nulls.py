"""A checked expression in; its type out, with null wherever the printed program may give it: what a column must take.

The checker's types say less: `xs[9]` is of the element's type, so that a reader need not ask for null at every turn.
"""

from __future__ import annotations

from dataclasses import replace

from compiler.passes.lower import expressions
from compiler.passes.lower.scopes import Site
from compiler.types import List, Optional, Record, RecordField, Type
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
    return _mapped(node, plain, site) or _kept(node, plain, site) or kind


def _may_be_null(node: tree.Expr, site: Site) -> bool:
    return expressions.code(node, site).nullable


def _mapped(node: tree.Expr, kind: Type, site: Site) -> Type | None:
    """`xs.map(…)`: the one method that makes elements anew."""
    if not isinstance(node, tree.Call) or not isinstance(node.callee, tree.Attr) or node.callee.name.text != "map":
        return None
    given = expressions.base_type(site.type_of(node.callee.base))
    if not isinstance(kind, List) or not isinstance(given, List):
        return None
    null = _may_be_null(node.args[0].value, site.inside(given, node.callee.base))
    return replace(kind, element=or_null(kind.element, null))


def _kept(node: tree.Expr, kind: Type, site: Site) -> Type | None:
    """A slice or a sum of lists holds what they hold; one of several lists what any of them does."""
    parts: tuple[tree.Expr, ...] = ()
    if isinstance(node, tree.Index) and isinstance(node.index, tree.Range):
        parts = (node.base,)
    elif isinstance(node, tree.Binary) and node.op == "+":
        parts = (node.left, node.right)
    elif isinstance(node, tree.Conditional):
        parts = (node.then, node.otherwise)
    if not parts or not isinstance(kind, List):
        return None
    found: Type = kind
    for part in parts:
        found = taking_nulls(found, with_nulls(part, site))
    return expressions.base_type(found)


def taking_nulls(kind: Type, found: Type) -> Type:
    """`kind` with null wherever `found` has it: what a name of type `kind` holds when it is given `found`."""
    inner, given = expressions.base_type(kind), expressions.base_type(found)
    if isinstance(inner, List) and isinstance(given, List):
        element = taking_nulls(inner.element, given.element)
        kind = _rewrapped(kind, replace(inner, element=element)) if element != inner.element else kind
    if isinstance(inner, Record) and isinstance(given, Record):
        fields = tuple(_taking(item, given) for item in inner.fields)
        kind = _rewrapped(kind, replace(inner, fields=fields)) if fields != inner.fields else kind
    return or_null(kind, expressions.can_be_null(found))


def _taking(item: RecordField, given: Record) -> RecordField:
    other = given.field(item.name)
    return item if other is None else replace(item, type=taking_nulls(item.type, other.type))


def _rewrapped(kind: Type, inner: Type) -> Type:
    return Optional(inner) if expressions.can_be_null(kind) else inner
