"""A dataset's statements, one after another, in; what each value depends on, and what a retry can change, out."""

from __future__ import annotations

from dataclasses import dataclass, field

from compiler.model import Kind, Symbol
from compiler.passes.types.checker import Checker
from compiler.walk import refs
from dsl import tree
from dsl.diagnostics import Related

_OF_ROW = frozenset({Kind.AXIS, Kind.DRAW, Kind.LET, Kind.GEN, Kind.RUN, Kind.CARRY, Kind.LOOP})


@dataclass(slots=True)
class Flow:
    """`gens_behind` maps each name of the row to the gens it depends on; `order` are the gens as they stand."""

    c: Checker
    gens_behind: dict[Symbol, frozenset[Symbol]] = field(default_factory=dict)
    order: list[Symbol] = field(default_factory=list)
    deduped: list[tuple[tree.Dedup, frozenset[Symbol], int]] = field(default_factory=list)
    uncertain: set[Symbol] = field(default_factory=set)

    def passed(self, node: tree.Statement) -> None:
        """Take note of a statement once it has been checked."""
        if isinstance(node, tree.Gen):
            self._gen(node)
        elif isinstance(node, tree.Each | tree.Draw | tree.Let | tree.Run):
            self._value(node, node)
        elif isinstance(node, tree.Next):
            self._next(node)
        elif isinstance(node, tree.Dedup):
            self.deduped.append((node, self.behind(node.value), len(self.order)))

    def behind(self, *nodes: tree.Node | None) -> frozenset[Symbol]:
        """The gens that what stands here depends on."""
        found: set[Symbol] = set()
        for ref in refs(*nodes):
            symbol = self.c.symbols.get(ref)
            if symbol is not None:
                found |= self.gens_behind.get(self._own(symbol), frozenset())
        return frozenset(found)

    def _own(self, symbol: Symbol) -> Symbol:
        """An aligned element's list is what it depends on."""
        return self.c.symbols.get(symbol.node, symbol) if symbol.kind is Kind.ALIGNED and symbol.node else symbol

    def _gen(self, node: tree.Gen) -> None:
        symbol = self.c.symbols[node]
        parts = (node.prompt, node.template, node.type, node.times, node.condition, *node.fors, *node.settings)
        self.gens_behind[symbol] = self.behind(*parts) | {symbol}
        self._elements(node.fors)
        self.order.append(symbol)
        self._doubt(symbol, *parts)

    def _doubt(self, symbol: Symbol, *nodes: tree.Node | None) -> None:
        """What is made from something unknown is not known either."""
        if self._is_uncertain(*nodes):
            self.uncertain.add(symbol)

    def _elements(self, fors: tuple[tree.ForClause, ...]) -> None:
        for clause in fors:
            for target in clause.targets:
                self.gens_behind[self.c.symbols[target]] = self.behind(clause.iterable)

    def _value(self, node: tree.Each | tree.Draw | tree.Let | tree.Run, body: tree.Node) -> None:
        if isinstance(node, tree.Run):
            self._elements(node.fors)
        self.gens_behind[self.c.symbols[node]] = self.behind(body)
        self._doubt(self.c.symbols[node], body)

    def _next(self, node: tree.Next) -> None:
        symbol = self.c.symbols.get(node.name)
        if symbol is not None and symbol.kind is Kind.CARRY:
            self.gens_behind[symbol] = self.gens_behind.get(symbol, frozenset()) | self.behind(node.value)

    # --- retry ---

    def check_retry(self, node: tree.Require) -> None:
        """A retry must be able to change the condition, and must not reach back across a `dedup` of what it changes."""
        if node.otherwise is None or node.otherwise.times is None:
            return
        behind = self.behind(node.condition)
        origin = self._origin(node, behind)
        if origin is not None:
            self._check_dedup(node, origin)

    def _origin(self, node: tree.Require, behind: frozenset[Symbol]) -> Symbol | None:
        retry = node.otherwise
        assert retry is not None
        named = self.c.symbols.get(retry.origin) if retry.origin is not None else None
        if named is not None and named.kind is Kind.UNKNOWN:
            return None
        if named is not None and named in behind:
            return named
        candidates = [symbol for symbol in self.order if symbol in behind]
        if named is None and retry.origin is None and candidates:
            return candidates[-1]
        if self._is_uncertain(node.condition):
            return None
        what = f"running `{retry.origin.text}` again" if retry.origin else "a retry"
        gens = ", ".join(symbol.name for symbol in candidates)
        self.c.report(
            "E0408",
            f"{what} cannot change this condition",
            node.condition.span,
            label=f"depends on {gens}" if gens else "depends on nothing a model wrote",
            related=(Related(retry.span, "this asks for it"),),
            help=f"write `retry {retry.times} from {candidates[-1].name}`"
            if gens
            else "use `filter`, or leave out `retry`",
        )
        return None

    def _is_uncertain(self, *nodes: tree.Node | None) -> bool:
        """Whether a name in it has been reported already, or hangs on one that has: then nothing is known about it."""
        symbols = [self.c.symbols.get(ref) for ref in refs(*nodes)]
        return any(symbol is None or symbol.kind is Kind.UNKNOWN or symbol in self.uncertain for symbol in symbols)

    def _check_dedup(self, node: tree.Require, origin: Symbol) -> None:
        place = self.order.index(origin)
        again = {symbol for symbol in self.order[place:] if origin in self.gens_behind[symbol]}
        for dedup, gens, before in self.deduped:
            if before > place and gens & again:
                self.c.report(
                    "E0410",
                    f"this retry would change `{origin.name}` after `dedup` has compared it",
                    node.span,
                    related=(Related(dedup.span, "compared here"),),
                    help="move the `dedup` below this statement",
                )
                return


def row_names(c: Checker, node: tree.Node) -> list[str]:
    """The names of the row in `node`: what `dropped by` may name."""
    found: dict[str, None] = {}
    for ref in refs(node):
        symbol = c.symbols.get(ref)
        if symbol is not None and (symbol.kind in _OF_ROW or symbol.kind in (Kind.JUDGE, Kind.ALIGNED, Kind.FUNCTION)):
            found.setdefault(ref.name)
    return list(found)
