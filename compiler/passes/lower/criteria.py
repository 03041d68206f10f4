"""A criteria pool in; the function that gives it for one row's arguments out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler.constant import UNKNOWN
from compiler.model import Symbol
from compiler.passes.lower import expressions
from compiler.passes.lower.identifiers import mangle
from compiler.passes.lower.layout import Bracket, Doc, Leaf, statement, text, value
from compiler.passes.lower.scopes import Site
from dsl import tree

if TYPE_CHECKING:
    from compiler.passes.lower.module import Module


def criteria(symbol: Symbol, module: Module) -> str:
    node = symbol.node
    assert isinstance(node, tree.Criteria)
    model = module.model
    names = {model.symbols[param]: mangle(param.name.text) for param in node.params}
    site = Site(model, module, locals=names)
    items = Bracket("[", tuple(_criterion(item, site) for item in node.criteria), "]")
    head = f"def {module.function(symbol)}({', '.join(names.values())}):"
    return "\n".join([head, statement("return ", Bracket("Criteria(", (items,), ")"), indent="    "), ""])


def _criterion(item: tree.Criterion, site: Site) -> Doc:
    """(text, weight, whether it holds for this row)"""
    weight = site.module.evaluator.evaluate(item.weight) if item.weight is not None else 1.0
    number = float(weight) if weight is not UNKNOWN else 1.0
    holds: Doc = Leaf("True") if item.condition is None else expressions.source(item.condition, site)
    return Bracket("(", (text(item.text), value(number), holds), ")")
