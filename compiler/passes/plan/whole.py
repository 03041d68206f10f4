"""A statement that looks at the whole table (`dedup`, `decontaminate`, `select`, `target … per`) in; its step out."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import plan
from compiler.constant import Evaluator
from compiler.model import Kind, Model
from compiler.passes.plan.names import condition_names, reads
from compiler.passes.plan.steps import Common, Steps, builds
from compiler.types import BOOL, Choice, Generated, Optional, Type, Verdict
from dsl import tree

_SOURCES = (Kind.INPUT, Kind.PERSONAS, Kind.DATASET, Kind.MIX)


@builds(tree.Dedup)
def dedup(steps: Steps, node: tree.Dedup, common: Common) -> plan.Step:
    method, threshold = _method(steps, node.method)
    names = condition_names(node.value, steps.model)
    return plan.Dedup(**common, value=node.value, method=method, threshold=threshold, names=names)


@builds(tree.Decontaminate)
def decontaminate(steps: Steps, node: tree.Decontaminate, common: Common) -> plan.Step:
    method, number = _method(steps, node.method)
    source, column = _column(node.against, steps.model)
    return plan.Decontaminate(
        **common,
        value=node.value,
        against=node.against,
        source=source,
        column=column,
        method=method,
        number=number,
        names=condition_names(node.value, steps.model),
    )


@builds(tree.Select)
def select(steps: Steps, node: tree.Select, common: Common) -> plan.Step:
    method, threshold = _method(steps, node.method) if node.method is not None else (None, None)
    count = steps.evaluator.evaluate(node.count)
    looked_at = [node.by, *([node.apart] if node.apart is not None else [])]
    names = dict.fromkeys(name for part in looked_at for name in condition_names(part, steps.model))
    return plan.Select(
        **common,
        count=count if isinstance(count, int) else 0,
        by=node.by,
        apart=node.apart,
        method=method,
        threshold=threshold,
        names=tuple(names),
    )


def _method(steps: Steps, node: tree.Expr) -> tuple[str, float | None]:
    """The word after `by`, and its number: `exact`, `minhash(0.8)`."""
    callee = node.callee if isinstance(node, tree.Call) else node
    args = node.args if isinstance(node, tree.Call) else ()
    value = steps.evaluator.evaluate(args[0].value) if args else None
    return callee.name if isinstance(callee, tree.Ref) else "", float(value) if isinstance(value, int | float) else None


def _column(node: tree.Expr, model: Model) -> tuple[str | None, str | None]:
    """`benchmark.text`, a column of a source; anything else is a list."""
    if isinstance(node, tree.Attr) and isinstance(node.base, tree.Ref) and node.name.text != "rows":
        symbol = model.symbols.get(node.base)
        if symbol is not None and symbol.kind in _SOURCES:
            return symbol.name, node.name.text
    return None, None


# --- target … per ---


def per(node: tree.Set | None, steps: tuple[plan.Step, ...], model: Model, evaluator: Evaluator) -> plan.Per | None:
    if node is None or node.per is None:
        return None
    needed = set(reads(node.per, model))
    known = _last(steps, [place for place, step in enumerate(steps) if needed & _declares(step)])
    behind = _behind(steps, needed)
    waits = [place for place, step in enumerate(steps) if isinstance(step, plan.Dedup) or behind & _changes(step)]
    settled = max(known, _last(steps, waits))
    values = _values(node.per, steps, model, evaluator)
    return plan.Per(value=node.per, values=values, known=steps[known].id, settled=steps[settled].id)


def _last(steps: tuple[plan.Step, ...], places: list[int]) -> int:
    """The last of the places; at least the last axis, before which nothing is known."""
    return max([0, *places, *(place for place, step in enumerate(steps) if isinstance(step, plan.Axis))])


def _inside(step: plan.Step) -> Iterator[plan.Step]:
    """The step and those in it."""
    yield step
    for inner in getattr(step, "steps", ()):
        yield from _inside(inner)


def _declares(step: plan.Step) -> frozenset[str]:
    """The names that have a value after the step; those of a loop, after the loop."""
    carries = (carry.name for one in _inside(step) for carry in getattr(one, "carries", ()))
    names = (name for one in _inside(step) if isinstance(name := getattr(one, "name", None), str))
    return frozenset([*carries, *names])


def _behind(steps: tuple[plan.Step, ...], names: set[str]) -> set[str]:
    """The names, and all that they were made from."""
    found, fresh = set(names), set(names)
    while fresh:
        fresh = {
            read for step in steps if fresh & _declares(step) for one in _inside(step) for read in one.reads
        } - found
        found |= fresh
    return found


def _changes(step: plan.Step) -> frozenset[str]:
    """The gens that the step may ask again."""
    return frozenset(name for one in _inside(step) if isinstance(one, plan.Require) for name in one.reruns)


def _values(
    node: tree.Expr, steps: tuple[plan.Step, ...], model: Model, evaluator: Evaluator
) -> tuple[object, ...] | None:
    """The values of a closed choice, or of an axis over a list that the spec says."""
    kind = _solid(model.types.get(node))
    if isinstance(kind, Choice):
        return kind.values
    if kind == BOOL or (isinstance(kind, Verdict) and kind.kind == "bool"):
        return (False, True)
    axes = (
        step for step in steps if isinstance(step, plan.Axis) and isinstance(node, tree.Ref) and step.name == node.name
    )
    axis = next(axes, None)
    return _written(axis.values, evaluator) if axis is not None and axis.values is not None else None


def _written(node: tree.Expr, evaluator: Evaluator) -> tuple[object, ...] | None:
    """The values of a list, or of a range that has an end."""
    if not isinstance(node, tree.Range):
        values = evaluator.evaluate(node)
        return tuple(dict.fromkeys(values)) if isinstance(values, list) else None
    low = evaluator.evaluate(node.low)
    high = evaluator.evaluate(node.high) if node.high is not None else None
    return tuple(range(low, high + 1)) if isinstance(low, int) and isinstance(high, int) else None


def _solid(kind: Type | None) -> Type | None:
    while isinstance(kind, Generated | Optional):
        kind = kind.base
    return kind
