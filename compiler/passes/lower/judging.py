"""A call of a judge in; the Python call that asks it for this row out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler.model import Symbol
from compiler.passes.lower import calls
from compiler.passes.lower.layout import Bracket, Leaf, call, text, value
from compiler.passes.lower.precedence import Code
from dsl import tree

if TYPE_CHECKING:
    from compiler.passes.lower.scopes import Site


def judge(node: tree.Call, symbol: Symbol, site: Site) -> Code:
    asked = symbol.node
    assert isinstance(asked, tree.Judge)
    given = Bracket("dict(", tuple(calls.keyword_arguments(asked.params, node.args, site)), ")")
    function = Leaf(site.module.function(symbol))
    items = (text(symbol.name), function, text(asked.role.text), given)
    return Code(call("row.judge", *items, threshold=value(site.module.threshold(asked))))
