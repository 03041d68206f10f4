"""A name in a list's method that means the element's own member of another list in; `fn.own(trials, place)` out.

An element keeps its place through `where`, `rank` and slices, so both lists are matched by places, never by position.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compiler.model import Kind, Symbol
from compiler.passes.lower import expressions
from compiler.passes.lower import precedence as p
from compiler.passes.lower.layout import Bracket, Doc, Lambda, Leaf, call, flat, literal
from compiler.passes.lower.precedence import Code
from compiler.types import ANY, Extended, Generated, List, Type
from dsl import tree

if TYPE_CHECKING:
    from compiler.passes.lower.scopes import Site


def expression(node: tree.Expr, over: tree.Expr | None, site: Site) -> Code:
    """An expression of each element of `over` as a lambda: of the element, and of its place where that is asked for."""
    depth = len(site.elements)
    kind = expressions.base_type(site.type_of(over)) if over is not None else None
    inner = site.inside(kind if isinstance(kind, List) else List(ANY), over)
    body = expressions.source(node, inner)
    it, place = site.element(depth), site.place(depth)
    if _asks_for(place, body):
        return Code(Bracket("fn.aligned(", (Lambda(f"{it}, {place}", body),), ")"))
    return Code(Lambda(it, body))


def _asks_for(place: str, body: Doc) -> bool:
    return re.search(rf"\bfn\.own\([^(),]+, {place}\)", flat(body)) is not None


def own(node: tree.Ref, symbol: Symbol, site: Site) -> Code:
    """This element's own member. Where no element is around, as in a prompt's arguments, the whole list is meant."""
    listed = _list(symbol, site)
    depth = _depth(symbol, site)
    if depth is None:
        return listed
    total = _is_total(symbol, site, depth)
    return Code(call("fn.own", listed.doc, Leaf(site.place(depth))), p.ATOM, not total)


def _list(symbol: Symbol, site: Site) -> Code:
    for other, name in site.locals.items():
        if other is symbol or (other.node is symbol.node and other.name == symbol.name):
            return Code(Leaf(name))
    if site.over_rows:
        return Code(Leaf(f"it[{literal(symbol.name)}]"))
    raise LookupError(f"`{symbol.name}` has no value here")


def _depth(symbol: Symbol, site: Site) -> int | None:
    """The nearest list around whose elements the name's list was made for."""
    along = _along(symbol, site)
    places = range(len(site.lists) - 1, -1, -1)
    return next((depth for depth in places if along is not None and site.lists[depth].along == along), None)


def _along(symbol: Symbol, site: Site) -> str | None:
    kind: Type | None = None
    if symbol.kind is Kind.ALIGNED and symbol.node is not None:
        kind = site.model.types.get(_declared(symbol))
    while isinstance(kind, Generated | Extended):
        kind = kind.base
    return kind.along if isinstance(kind, List) else None


def _declared(symbol: Symbol) -> tree.Node:
    """What the type of a name is kept under: its statement, or for `for x in xs` the x."""
    assert symbol.node is not None
    if isinstance(symbol.node, tree.ForClause):
        return next(target for target in symbol.node.targets if target.text == symbol.name)
    return symbol.node


def _is_total(symbol: Symbol, site: Site, depth: int) -> bool:
    """Whether every element around has one: a tool's run, outside of loops, for each element of what stands around."""
    node = symbol.node
    if not isinstance(node, tree.Run) or node.condition is not None or len(node.fors) != 1:
        return False
    through = site.model.symbols.get(node.fors[0].iterable)
    is_gen = through is not None and through.kind is Kind.GEN
    return is_gen and site.lists[depth].root is through and node in site.module.body()


def root(node: tree.Expr, site: Site) -> Symbol | None:
    """The gen that a list's elements all come from, each at its own place: through methods, slices and `let`s."""
    while isinstance(node, tree.Call | tree.Attr | tree.Index):
        if isinstance(node, tree.Call) and not isinstance(node.callee, tree.Attr):
            return None
        if isinstance(node, tree.Index) and not isinstance(node.index, tree.Range):
            return None
        node = node.callee if isinstance(node, tree.Call) else node.base
    symbol = site.model.symbols.get(node)
    if symbol is not None and isinstance(symbol.node, tree.Let):
        return root(symbol.node.value, site)
    return symbol if symbol is not None and symbol.kind is Kind.GEN else None
