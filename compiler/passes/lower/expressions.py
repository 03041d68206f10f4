"""A checked expression in; a Python expression of the same meaning out. What names and calls print as is the scope's.

Null: an operator prints plainly where no operand can be null, and as `ops.…` where one can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from compiler.constant import quantity
from compiler.passes.lower import precedence as p
from compiler.passes.lower.layout import Bracket, Chain, Doc, Lambda, Leaf, Prefixed, call, flat, literal, value
from compiler.passes.lower.precedence import Code, joined
from compiler.types import NULL, PERSONA, Extended, Generated, Optional, Record, RecordField, Type
from dsl import tree

NAMES = {"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod", "==": "eq", "!=": "ne"} | {
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
}
LEVELS = {"+": p.SUM, "-": p.SUM, "*": p.PRODUCT, "/": p.PRODUCT, "%": p.PRODUCT}


class Scope(Protocol):
    """What an expression's surroundings decide: types, and what a name or a call prints as."""

    @property
    def jinja(self) -> bool:
        """Whether the expression will stand in a Jinja2 template."""

    def type_of(self, node: tree.Expr) -> Type: ...

    def ref(self, node: tree.Ref) -> Code: ...

    def attribute(self, node: tree.Attr) -> Code | None:
        """What `base.name` prints as where it is not a field of a record."""

    def call(self, node: tree.Call) -> Code: ...

    def filtered(self, node: tree.Filtered) -> Code: ...


def base_type(kind: Type) -> Type:
    """The type without `?` and without the marks of having been generated or ranked."""
    while isinstance(kind, Optional | Generated | Extended):
        kind = kind.base
    return kind


def can_be_null(kind: Type) -> bool:
    while isinstance(kind, Generated | Extended):
        kind = kind.base
    return isinstance(kind, Optional) or kind == NULL


def code(node: tree.Expr, scope: Scope) -> Code:
    """`node` as Python."""
    printed = PRINTERS[type(node)](node, scope)
    return Code(printed.doc, printed.level, printed.nullable or can_be_null(scope.type_of(node)))


def source(node: tree.Expr, scope: Scope) -> Doc:
    """`node` as Python, for a place that takes any expression."""
    return code(node, scope).doc


def _constant(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.Constant)
    return Code(value(node.value), p.ATOM, node.value is None)


def _quantity(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.Quantity)
    return Code(value(quantity(node)))


def _ref(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.Ref)
    return scope.ref(node)


def _attr(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.Attr)
    return scope.attribute(node) or field(code(node.base, scope), node.name.text, scope.type_of(node.base))


def field(base: Code, name: str, kind: Type) -> Code:
    """`base.name` of a record: a plain look-up where neither the record nor the field can be missing."""
    record = base_type(kind)
    declared = record.field(name) if isinstance(record, Record) else None
    optional = declared is None or isinstance(declared.type, Optional)
    missing = isinstance(record, Record) and optional and (record.open or record.name == PERSONA.name)
    if base.nullable or missing:
        return Code(call("ops.get", base.doc, Leaf(literal(name))), p.ATOM, base.nullable or declared is None)
    return Code(Leaf(f"{flat(base.at_least(p.ATOM))}[{literal(name)}]"))


def _index(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.Index)
    base = source(node.base, scope)
    if isinstance(node.index, tree.Range):
        high = source(node.index.high, scope) if node.index.high else Leaf("None")
        return Code(call("fn.cut", base, source(node.index.low, scope), high))
    return Code(call("fn.index", base, source(node.index, scope)), p.ATOM, True)


def _call(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.Call)
    return scope.call(node)


def _unary(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.Unary)
    operand = code(node.operand, scope)
    if node.op == "+":
        return operand
    if operand.nullable:
        return Code(call("ops.not_" if node.op == "not" else "ops.neg", operand.doc), p.ATOM, True)
    if node.op == "not":
        return Code(Prefixed("not ", operand.at_least(p.NOT)), p.NOT)
    return Code(Prefixed("-", operand.at_least(p.SIGN)), p.SIGN)


def _binary(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.Binary)
    if node.op in ("in", "not in"):
        return _membership(node, scope)
    left, right = code(node.left, scope), code(node.right, scope)
    if node.op in ("and", "or"):
        return _logic(node.op, left, right)
    if node.op in ("==", "!=") and NULL in (scope.type_of(node.left), scope.type_of(node.right)):
        return _against_null(node, left, right, scope)
    by_zero = node.op in ("/", "%") and not _nonzero(node.right)
    if left.nullable or right.nullable or by_zero:
        return Code(call(f"ops.{NAMES[node.op]}", left.doc, right.doc), p.ATOM, True)
    return joined(node.op, left, right, LEVELS.get(node.op, p.COMPARISON))


def _nonzero(node: tree.Expr) -> bool:
    if isinstance(node, tree.Quantity):
        return node.number != 0
    return isinstance(node, tree.Constant) and node.value not in (0, False, None)


def _logic(op: str, left: Code, right: Code) -> Code:
    if left.nullable or right.nullable:
        return Code(call(f"ops.{op}_", left.doc, Lambda("", right.doc)), p.ATOM, True)
    return joined(op, left, right, p.AND if op == "and" else p.OR)


def _against_null(node: tree.Binary, left: Code, right: Code, scope: Scope) -> Code:
    """`x == null` asks whether x is null; it is the one comparison that null does not swallow."""
    asked = right if scope.type_of(node.left) == NULL else left
    word = "is" if node.op == "==" else "is not"
    null = Leaf("none" if scope.jinja else "None")
    return Code(Chain((("", asked.at_least(p.SUM)), (word, null))), p.COMPARISON)


def _membership(node: tree.Binary, scope: Scope) -> Code:
    left = code(node.left, scope)
    inside = _within(left, node.right, scope) if isinstance(node.right, tree.Range) else _among(node, left, scope)
    if node.op == "in" or (inside.level == p.COMPARISON and _says_not(inside)):
        return inside
    if inside.nullable:
        return Code(call("ops.not_", inside.doc), p.ATOM, True)
    return Code(Prefixed("not ", inside.doc), p.NOT)


def _says_not(printed: Code) -> bool:
    return isinstance(printed.doc, Chain) and printed.doc.parts[-1][0] == "not in"


def _within(left: Code, node: tree.Range, scope: Scope) -> Code:
    low = code(node.low, scope)
    if node.high is None:
        if left.nullable or low.nullable:
            return Code(call("ops.le", low.doc, left.doc), p.ATOM, True)
        return joined("<=", low, left, p.COMPARISON)
    high = code(node.high, scope)
    if left.nullable or low.nullable or high.nullable:
        return Code(call("ops.within", left.doc, low.doc, high.doc), p.ATOM, True)
    parts = (("", low.at_least(p.SUM)), ("<=", left.at_least(p.SUM)), ("<=", high.at_least(p.SUM)))
    return Code(Chain(parts), p.COMPARISON)


def _among(node: tree.Binary, left: Code, scope: Scope) -> Code:
    right = code(node.right, scope)
    if left.nullable or right.nullable:
        return Code(call("ops.isin", left.doc, right.doc), p.ATOM, True)
    return joined(node.op, left, right, p.COMPARISON)


def _conditional(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.Conditional)
    then, otherwise = code(node.then, scope), code(node.otherwise, scope)
    parts = (
        ("", then.at_least(p.OR)),
        ("if", code(node.condition, scope).at_least(p.OR)),
        ("else", otherwise.at_least(p.CONDITIONAL)),
    )
    return Code(Chain(parts), p.CONDITIONAL, then.nullable or otherwise.nullable)


def _list(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.ListExpr)
    return Code(Bracket("[", tuple(source(item, scope) for item in node.items), "]"))


def _object(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.ObjectExpr)
    items = [(entry.key, source(entry.value, scope)) for entry in node.entries]
    left_out = ((item.name, _default(item, scope)) for item in _left_out(node, scope.type_of(node)))
    parts = tuple(Prefixed(f"{literal(key)}: ", value) for key, value in (*items, *left_out))
    return Code(Bracket("{", parts, "}"))


def _left_out(node: tree.ObjectExpr, kind: Type) -> Iterator[RecordField]:
    """The fields of the record that is written here which it does not name."""
    plain = base_type(kind)
    named = {entry.key for entry in node.entries}
    yield from (item for item in plain.fields if item.name not in named) if isinstance(plain, Record) else ()


def _default(item: RecordField, scope: Scope) -> Doc:
    return source(item.default, scope) if item.default is not None else Leaf("None")


def _range(node: tree.Expr, scope: Scope) -> Code:
    """A range as a value: its two ends."""
    assert isinstance(node, tree.Range)
    high = source(node.high, scope) if node.high else Leaf("None")
    return Code(Bracket("(", (source(node.low, scope), high), ")"))


def _weighted(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.Weighted)
    return Code(call("dist.weighted", source(node.weights, scope)))


def _filtered(node: tree.Expr, scope: Scope) -> Code:
    assert isinstance(node, tree.Filtered)
    return scope.filtered(node)


PRINTERS: Mapping[type[tree.Expr], Callable[[tree.Expr, Scope], Code]] = {
    tree.Constant: _constant,
    tree.Quantity: _quantity,
    tree.Ref: _ref,
    tree.Attr: _attr,
    tree.Index: _index,
    tree.Call: _call,
    tree.Unary: _unary,
    tree.Binary: _binary,
    tree.Range: _range,
    tree.Conditional: _conditional,
    tree.ListExpr: _list,
    tree.ObjectExpr: _object,
    tree.Weighted: _weighted,
    tree.Filtered: _filtered,
}
