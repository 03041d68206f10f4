"""An expression of a row or a template in; the axes, draws and other values of the row that it depends on, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from compiler.model import Kind, Model, Symbol
from dsl import tree

_OWN = frozenset({Kind.AXIS, Kind.DRAW, Kind.GEN, Kind.RUN, Kind.CARRY, Kind.LOOP, Kind.ALIGNED, Kind.JUDGE})
NOTHING: frozenset[str] = frozenset()
ELEMENT = frozenset({"it"})


@dataclass
class Roots:
    """A `let` stands for what it is made from. `bound` are a prompt's parameters and the elements of its loops.

    `element` is what stands for an element that is looked at around the expression, as in `drafts.rank(by = good(it))`.
    """

    model: Model
    bound: Mapping[Symbol, frozenset[str]] = field(default_factory=dict)
    element: frozenset[str] = NOTHING
    _lets: dict[Symbol, frozenset[str]] = field(default_factory=dict)

    def of(self, node: tree.Node) -> frozenset[str]:
        symbols = (self.model.symbols.get(part) for part in tree.walk(node) if isinstance(part, tree.Ref | tree.Name))
        return NOTHING.union(*(self.of_symbol(symbol) for symbol in symbols if symbol is not None))

    def of_symbol(self, symbol: Symbol) -> frozenset[str]:
        if symbol in self.bound:
            return self.bound[symbol]
        if symbol.kind is Kind.LET and isinstance(symbol.node, tree.Let):
            return self._let(symbol, symbol.node)
        if symbol.kind is Kind.ELEMENT and isinstance(symbol.node, tree.ForClause):
            return self.of(symbol.node.iterable) | {symbol.name}
        if symbol.kind is Kind.FIELD or (symbol.kind is Kind.ELEMENT and symbol.node is None):
            return self.element
        counted = symbol.kind is not Kind.LOOP or isinstance(symbol.node, tree.Loop)
        return frozenset({symbol.name}) if symbol.kind in _OWN and counted else NOTHING

    def _let(self, symbol: Symbol, node: tree.Let) -> frozenset[str]:
        if symbol not in self._lets:
            self._lets[symbol] = frozenset({symbol.name})  # of itself it depends on nothing more
            self._lets[symbol] = self.of(node.value)
        return self._lets[symbol]

    def inside(self, bound: Mapping[Symbol, frozenset[str]]) -> Roots:
        return replace(self, bound={**self.bound, **bound})
