"""`loop`, `next` and `until`, checked: bounded, and the only place where a name gets a new value."""

from __future__ import annotations

from compiler.passes.types.checker import Checker
from compiler.passes.types.dataset import Rows, handles
from compiler.passes.types.relations import solid
from compiler.passes.types.written import denote
from compiler.types import ANY, INT, RangeOf
from dsl import tree


@handles(tree.Loop)
def loop(rows: Rows, node: tree.Loop) -> None:
    rows.acted = rows.acted or node
    c = rows.c
    _over(c, node.over)
    symbol = c.symbols.get(node.name)
    if symbol is not None:
        c.declared[symbol] = INT
    for carry in node.carries:
        _carry(c, carry)
    for statement in node.body:
        rows.statement(statement)
    if not rows.broken:
        _unchanged(rows, node)


def _over(c: Checker, node: tree.Expr) -> None:
    given = solid(c.infer(node))
    if given == ANY:
        return
    if not isinstance(given, RangeOf) or given.of not in (INT, ANY):
        label = f"this is `{given}`"
        c.report("E0412", "a loop counts through a range of whole numbers", node.span, label=label, help="write `1..3`")
    elif given.endless:
        c.report("E0412", "a loop must have an end", node.span, help="`until` may leave it earlier: write `1..10`")


def _carry(c: Checker, carry: tree.Carry) -> None:
    kind = denote(c, carry.type)
    c.expect(carry.start, kind, f"the start of `{carry.name.text}`")
    c.bind(carry, kind)
    symbol = c.symbols.get(carry.name)
    if symbol is not None:
        c.declared[symbol] = kind


def _unchanged(rows: Rows, node: tree.Loop) -> None:
    for carry in node.carries:
        if carry.name.text not in rows.changed:
            rows.c.report(
                "W0401",
                f"`{carry.name.text}` is carried and never changes",
                carry.name.span,
                help=f"add `next {carry.name.text} = …`, or use a `let`",
            )


@handles(tree.Next)
def next_(rows: Rows, node: tree.Next) -> None:
    rows.changed.add(node.name.text)
    symbol = rows.c.symbols.get(node.name)
    wanted = rows.c.of(symbol) if symbol is not None else ANY
    rows.c.expect(node.value, wanted, f"`{node.name.text}`")


@handles(tree.Until)
def until(rows: Rows, node: tree.Until) -> None:
    rows.c.condition(node.condition, "what follows `until`")
