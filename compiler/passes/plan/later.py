"""A checked statement in; the name of what this edition cannot execute yet, if anything, out.

All of the language is checked today. What is executed later says so once, when a plan is made, and never half-runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.functions import REGISTRY
from compiler.model import Kind, Model
from dsl import tree


def feature(node: tree.Statement, model: Model) -> str | None:
    """What stands in the statement's way, in the user's words; None when it can run."""
    return next(_in_expressions(node, model), None)


def _in_expressions(node: tree.Statement, model: Model) -> Iterator[str]:
    for part in tree.walk(node):
        symbol = model.symbols.get(part) if isinstance(part, tree.Ref) else None
        if symbol is None:
            continue
        if symbol.kind is Kind.FUNCTION and symbol.name in REGISTRY and not REGISTRY[symbol.name].available:
            yield f"`{symbol.name}()`"
