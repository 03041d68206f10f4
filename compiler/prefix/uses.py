"""A dataset's plan and one of its judges in; what the judge is asked about, out: once for each kind of question."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import plan
from compiler.functions import REGISTRY, paired
from compiler.model import Model
from compiler.prefix.roots import ELEMENT, Roots
from dsl import tree

Given = tuple[tuple[str, tree.Expr], ...]
"""A prompt's parameters, each with what it is given."""


def uses(dataset: plan.DatasetPlan, judge: plan.JudgePlan, model: Model) -> Iterator[Given]:
    """What a judge is asked about, once for each kind of question: what varies alike is one kind."""
    roots, seen = Roots(model, element=ELEMENT), set[tuple[frozenset[str], ...]]()
    for node in _nodes(dataset):
        for given in _asked(node, judge.node, model):
            kind = tuple(roots.of(value) for _, value in given)
            if kind not in seen:
                seen.add(kind)
                yield given


def _nodes(dataset: plan.DatasetPlan) -> Iterator[tree.Node]:
    """Every expression that a step evaluates."""
    for step in dataset.all_steps():
        for name in getattr(type(step), "__dataclass_fields__", {}):
            yield from _trees(getattr(step, name))


def _trees(value: object) -> Iterator[tree.Node]:
    if isinstance(value, tree.Node):
        yield from tree.walk(value)
    elif isinstance(value, plan.Column):
        yield from (*_trees(value.value), *_trees(value.spread))
    elif isinstance(value, plan.Carry):
        yield from _trees(value.start)
    elif isinstance(value, tuple):
        for part in value:
            yield from _trees(part)


def _asked(node: tree.Node, judge: tree.Judge, model: Model) -> Iterator[Given]:
    if not isinstance(node, tree.Call) or not isinstance(node.callee, tree.Ref):
        return
    symbol = model.symbols.get(node.callee)
    if symbol is not None and symbol.node is judge:
        yield _arguments(judge.params, node.args)
    elif node.callee.name == "consistency":
        given = {param.name: arg.value for arg, param in paired(REGISTRY["consistency"].signature.params, node.args)}
        by = model.symbols.get(given["by"]) if "by" in given else None
        if by is not None and by.node is judge:
            sample, claim, *rest = judge.params
            pair = ((sample.name.text, given["across"]), (claim.name.text, given["claims"]))
            yield (*pair, *_arguments(tuple(rest), ()))


def _arguments(params: tuple[tree.Parameter, ...], args: tuple[tree.Arg, ...]) -> Given:
    named = {arg.name.text: arg.value for arg in args if arg.name is not None}
    placed = [arg.value for arg in args if arg.name is None]
    given = {param.name.text: value for param, value in zip(params, placed, strict=False)} | named
    pairs = ((param.name.text, given.get(param.name.text, param.default)) for param in params)
    return tuple((name, value) for name, value in pairs if value is not None)
