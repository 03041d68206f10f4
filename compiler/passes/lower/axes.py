"""A dataset's axes over values, its key and its audits in; the functions that compute them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from compiler import plan
from compiler.passes.lower import expressions
from compiler.passes.lower import precedence as p
from compiler.passes.lower.layout import (
    WIDTH,
    Bracket,
    Chain,
    Doc,
    Leaf,
    Prefixed,
    call,
    flat,
    literal,
    statement,
    text,
)
from compiler.passes.lower.scopes import Site
from dsl import tree

if TYPE_CHECKING:
    from compiler.passes.lower.module import Module


def axes(dataset: plan.DatasetPlan, module: Module) -> str:
    """`AXES`: the values of every axis that is not a source, in order; an endless one counts on."""
    site = Site(module.model, module)
    found = [(step.name, counted(step.values, site)) for step in dataset.of(plan.Axis) if step.values is not None]
    items = tuple(Prefixed(f"{literal(name)}: ", values) for name, values in found)
    return statement("AXES = ", Bracket("{", items, "}")) + "\n" if found else ""


def counted(node: tree.Expr, site: Site) -> Doc:
    """The values of an axis, or the numbers that a loop counts through."""
    if not isinstance(node, tree.Range):
        return expressions.source(node, site)
    low = expressions.source(node.low, site)
    if node.high is None:
        return call("itertools.count", low)
    return call("range", low, _after(node.high, site))


def _after(node: tree.Expr, site: Site) -> Doc:
    """The end of a Python range, which its last value is below."""
    if isinstance(node, tree.Constant) and isinstance(node.value, int):
        return Leaf(repr(node.value + 1))
    return Chain((("", expressions.code(node, site).at_least(p.SUM)), ("+", Leaf("1"))))


def key(dataset: plan.DatasetPlan, module: Module) -> str:
    """`key_of`: the parts of a candidate's key, from its axes by name. Printed only where the spec says `key = […]`."""
    if dataset.key is None:
        return ""
    names = {module.row_symbol(dataset, step.name): f"axes[{literal(step.name)}]" for step in dataset.of(plan.Axis)}
    site = Site(module.model, module, locals=names)
    parts = [flat(expressions.source(part, site)) for part in dataset.key]
    inner = f"{parts[0]}," if len(parts) == 1 else ", ".join(parts)
    return f"def key_of(axes):\n{statement('return ', Leaf(f'({inner})'), indent='    ')}\n"


def against(dataset: plan.DatasetPlan, module: Module) -> str:
    """`against`: the texts that a `decontaminate` keeps clear of, where they are not a source's column."""
    site = Site(module.model, module)
    steps = [step for step in dataset.of(plan.Decontaminate) if step.source is None]
    items = tuple(Prefixed(f"{literal(step.id)}: ", expressions.source(step.against, site)) for step in steps)
    given = statement("return ", Bracket("{", items, "}"), indent="    ")
    return f"def against(row):\n{given}\n" if items else ""


def audits(dataset: plan.DatasetPlan, module: Module) -> str:
    """`audits`: each gate's id and whether it holds, over the whole result."""
    site = Site(module.model, module)
    lines = list(_gates(dataset, site))
    return "\n".join(["def audits(result):", *lines, ""]) if lines else ""


def _gates(dataset: plan.DatasetPlan, site: Site) -> Iterator[str]:
    for step in dataset.of(plan.Audit):
        condition = expressions.source(step.condition, site)
        line = f"    yield {literal(step.id)}, {flat(condition)}"
        pair = Bracket("(", (text(step.id), condition), ")")
        yield line if len(line) <= WIDTH else statement("yield ", pair, indent="    ")
