"""Two operands in; the type of the result out. An operation on null is null."""

from __future__ import annotations

from compiler.passes.types.checker import Checker, Env, rule, shown
from compiler.passes.types.relations import (
    bare,
    comparable,
    is_number,
    is_text,
    like,
    said,
    solid,
    together,
)
from compiler.passes.types.values import check_member
from compiler.types import ANY, BOOL, FLOAT, INT, NULL, STR, Choice, List, MapOf, RangeOf, Type, Verdict
from dsl import tree


@rule(tree.Binary)
def binary(c: Checker, node: tree.Binary, env: Env, want: Type | None) -> Type:
    if node.op in ("and", "or"):
        return _logic(c, node, env)
    left = c.infer(node.left, env)
    if node.op in ("==", "!="):
        return _equality(c, node, left, c.infer(node.right, env))
    if node.op in ("in", "not in"):
        return _membership(c, node, left, c.infer(node.right, env))
    right = c.infer(node.right, env)
    if node.op in ("<", "<=", ">", ">="):
        return _order(c, node, left, right)
    return _arithmetic(c, node, left, right)


def _logic(c: Checker, node: tree.Binary, env: Env) -> Type:
    what = f"each side of `{node.op}`"
    left = c.condition(node.left, what, env)
    inner = env.knowing(shown(node.left)) if node.op == "and" else env
    return like(BOOL, left, c.condition(node.right, what, inner))


def _equality(c: Checker, node: tree.Binary, left: Type, right: Type) -> Type:
    for side, other in ((node.left, right), (node.right, left)):
        choice = solid(other)
        if isinstance(choice, Choice) and isinstance(side, tree.Constant) and isinstance(side.value, str):
            check_member(c, side, side.value, choice)
            return BOOL
    if not comparable(left, right):
        c.report(
            "E0316",
            f"`{solid(left)}` and `{solid(right)}` are never equal",
            node.span,
            label=f"`{left}` {node.op} `{right}`",
            help="compare values of one type",
        )
    return BOOL if NULL in (left, right) else like(BOOL, left, right)


def _order(c: Checker, node: tree.Binary, left: Type, right: Type) -> Type:
    if not ((is_number(left) and is_number(right)) or (is_text(left) and is_text(right))):
        _wrong_operands(c, node, left, right, "two numbers or two texts")
    return like(BOOL, left, right)


def _wrong_operands(c: Checker, node: tree.Binary, left: Type, right: Type, takes: str) -> Type:
    return c.report(
        "E0302",
        f"`{node.op}` takes {takes}",
        node.span,
        label=f"this is `{left}` {node.op} `{right}`",
        help=_way_out(left, right),
    )


def _way_out(left: Type, right: Type) -> str | None:
    for kind in (solid(left), solid(right)):
        if isinstance(kind, Verdict) and kind.kind == "bool":
            return "a yes/no verdict is a condition by itself; its probability is `.p`"
        if isinstance(kind, List):
            return "the length of a list is `len(xs)`"
    if is_text(left) != is_text(right):
        return "count something: `len(x)`, `words(x)`; read a number from a text: `number(x)`"
    return None


def _membership(c: Checker, node: tree.Binary, left: Type, right: Type) -> Type:
    container = solid(right)
    if isinstance(container, RangeOf):
        if not is_number(left):
            _wrong_operands(c, node, left, right, "a number before a range")
    elif isinstance(container, List):
        _check_element(c, node, left, container)
    elif isinstance(container, MapOf) or is_text(container):
        if not is_text(left):
            _wrong_operands(c, node, left, right, "a text before a text or a map")
    elif container != ANY:
        _wrong_operands(c, node, left, right, "a range, a list, a map or a text on its right")
    return like(BOOL, left, right)


def _check_element(c: Checker, node: tree.Binary, left: Type, container: List) -> None:
    choice = solid(left)
    if isinstance(choice, Choice) and isinstance(node.right, tree.ListExpr):
        for item in node.right.items:
            if isinstance(item, tree.Constant) and isinstance(item.value, str):
                check_member(c, item, item.value, choice)
        return
    if not comparable(left, container.element):
        c.report(
            "E0316",
            f"a list of `{container.element}` never holds a `{solid(left)}`",
            node.span,
            label=f"`{left}` {node.op} `{container}`",
        )


def _arithmetic(c: Checker, node: tree.Binary, left: Type, right: Type) -> Type:
    one, two = solid(left), solid(right)
    if node.op == "+" and isinstance(one, List) and isinstance(two, List):
        return _joined(c, node, left, right)
    if node.op == "+" and is_text(one) and is_text(two):
        return like(ANY if ANY in (one, two) else STR, left, right)
    if is_number(one) and is_number(two):
        return like(_number(node, one, two), left, right)
    if ANY in (one, two):
        return ANY
    takes = "two numbers, two texts or two lists" if node.op == "+" else "two numbers"
    return _wrong_operands(c, node, left, right, takes)


def _number(node: tree.Binary, left: Type, right: Type) -> Type:
    left, right = said(left), said(right)
    if ANY in (left, right):
        return ANY
    if node.op == "/" or FLOAT in (left, right):
        return FLOAT
    return INT


def _joined(c: Checker, node: tree.Binary, left: Type, right: Type) -> Type:
    both = together((List(_element(left)), List(_element(right))))
    if both is None:
        return _wrong_operands(c, node, left, right, "lists of one type")
    return like(both, left, right)


def _element(kind: Type) -> Type:
    kind = solid(kind)
    return bare(kind.element) if isinstance(kind, List) else ANY
