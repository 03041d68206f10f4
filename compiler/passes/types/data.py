"""Data between braces (`{ key: value }`, `weighted { … }`) in; the record, map or distribution it is, out."""

from __future__ import annotations

from compiler.passes.types.checker import Checker, Env, rule
from compiler.passes.types.relations import bare, is_number, solid, together
from compiler.types import ANY, Choice, Distribution, MapOf, Optional, Record, RecordField, Type
from dsl import tree
from dsl.diagnostics import did_you_mean


@rule(tree.ObjectExpr)
def object_(c: Checker, node: tree.ObjectExpr, env: Env, want: Type | None) -> Type:
    """A record where one is wanted; a map when all values are alike; else a record of its own."""
    check_keys(c, node)
    target = solid(want) if want is not None else None
    if isinstance(target, Record):
        return _record(c, node, target, env)
    if isinstance(target, MapOf):
        for entry in node.entries:
            c.expect(entry.value, target.value, f"`{entry.key}`", env)
        return MapOf(target.value, tuple(entry.key for entry in node.entries))
    kinds = [c.infer(entry.value, env) for entry in node.entries]
    both = together(kinds)
    if both is not None:
        return MapOf(bare(both), tuple(entry.key for entry in node.entries))
    fields = (RecordField(e.key, bare(kind)) for e, kind in zip(node.entries, kinds, strict=True))
    return Record("record", tuple(fields))


def check_keys(c: Checker, node: tree.ObjectExpr) -> None:
    seen: set[str] = set()
    for entry in node.entries:
        if entry.key in seen:
            c.report("E0202", f"`{entry.key}` stands twice", entry.key_span, help="take one of them out")
        seen.add(entry.key)


def _record(c: Checker, node: tree.ObjectExpr, target: Record, env: Env) -> Type:
    for entry in node.entries:
        item = target.field(entry.key)
        if item is not None:
            c.expect(entry.value, item.type, f"the field `{entry.key}`", env)
            continue
        c.infer(entry.value, env)
        if not target.open:
            names = [item.name for item in target.fields]
            c.report(
                "E0318",
                f"`{target}` has no field `{entry.key}`",
                entry.key_span,
                label=did_you_mean(entry.key, names),
                notes=(f"fields of {target}: {', '.join(names)}",),
            )
    given = {entry.key for entry in node.entries}
    missing = [i.name for i in target.fields if i.name not in given and i.default is None and not _may_lack(i.type)]
    if missing:
        c.report("E0318", f"`{target}` needs {_listed(missing)}", node.span, help="give every field a value")
    return target


def _may_lack(kind: Type) -> bool:
    return isinstance(kind, Optional) or kind == ANY


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


@rule(tree.Weighted)
def weighted(c: Checker, node: tree.Weighted, env: Env, want: Type | None) -> Type:
    """`weighted { formal: 70%, casual: 30% }`: a draw of one of the keys."""
    check_keys(c, node.weights)
    for entry in node.weights.entries:
        given = c.infer(entry.value, env)
        if not is_number(given):
            c.report(
                "E0301", f"the weight of `{entry.key}` takes a number", entry.value.span, label=f"this is `{given}`"
            )
    check_shares(c, node.weights, "weights")
    if not env.drawn:
        not_drawn(c, node, "weighted")
    return Distribution(Choice(tuple(dict.fromkeys(entry.key for entry in node.weights.entries))))


def check_shares(c: Checker, node: tree.ObjectExpr, what: str) -> None:
    """None below zero, not all zero; and shares that are written in percent add up to 100."""
    values = [c.evaluate(entry.value) for entry in node.entries]
    for entry, value in zip(node.entries, values, strict=True):
        if isinstance(value, int | float) and value < 0:
            c.report("E0319", f"the share of `{entry.key}` is below zero", entry.value.span, label="must be 0 or more")
            return
    numbers = [value for value in values if isinstance(value, int | float)]
    if len(numbers) < len(values) or not node.entries:
        if not node.entries:
            c.report("E0425", f"there are no {what}", node.span, help="write `{ a: 70%, b: 30% }`")
        return
    percent = all(isinstance(entry.value, tree.Quantity) for entry in node.entries)
    total = sum(numbers)
    if total == 0 or (percent and abs(total - 1) > 1e-9):
        c.report("E0425", f"the {what} add up to {total * 100:g}%", node.span, label="must be 100%")


def not_drawn(c: Checker, node: tree.Node, what: str) -> Type:
    return c.report(
        "E0406",
        f"`{what}` draws at random, which only a `draw` does",
        node.span,
        help="name what is drawn: `draw x ~ …`, and use `x` here",
    )
