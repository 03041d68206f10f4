"""An axis in; how many candidates it makes, out, where that is known before any row."""

from __future__ import annotations

from compiler.catalog import MemoryCatalog
from compiler.constant import Evaluator
from compiler.model import Model
from compiler.passes.types.relations import solid
from compiler.types import Choice, List
from dsl import tree


def axis_count(model: Model, node: tree.Each) -> int | None:
    """None for the rows of a source, which only a build counts, and for an axis without an end."""
    if node.kind == "from":
        return None
    return _range(model, node.over) if isinstance(node.over, tree.Range) else _listed(model, node.over)


def choices(model: Model, node: tree.Draw) -> int | None:
    """How many values a draw has to choose from, where that is known."""
    if isinstance(node.distribution, tree.Weighted):
        return len(node.distribution.weights.entries)
    return _listed(model, node.distribution)


def number(model: Model, node: tree.Expr) -> int | None:
    value = Evaluator(model.symbols, model.values, MemoryCatalog()).evaluate(node)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _range(model: Model, node: tree.Range) -> int | None:
    low, high = number(model, node.low), number(model, node.high) if node.high is not None else None
    return max(0, high - low + 1) if low is not None and high is not None else None


def _listed(model: Model, node: tree.Expr) -> int | None:
    kind = solid(model.types.get(node, List(Choice(()))))
    if not isinstance(kind, List):
        return None
    if kind.length is not None:
        return kind.length
    value = Evaluator(model.symbols, model.values, MemoryCatalog()).evaluate(node)
    return len(value) if isinstance(value, list | tuple) else None
