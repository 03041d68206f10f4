"""A dataset's statements, in order, in; every name in them resolved, and what the dataset offers to its tests, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from compiler.functions import DRAWS, RESULTS
from compiler.model import Kind, Symbol
from compiler.passes.names.body import declared, roles_of
from compiler.passes.names.resolver import Resolver
from compiler.passes.names.scope import Scope
from compiler.walk import children, statements
from dsl import tree
from dsl.diagnostics import Guess, Related, did_you_mean, nearest
from dsl.source import Span

DRAWN: dict[str, Symbol] = {name: Symbol(name, Kind.DISTRIBUTION, "", None) for name in DRAWS}
MEASURES: dict[str, Symbol] = {name: Symbol(name, Kind.MEASURE, "", None) for name in RESULTS}


class DatasetNames:
    """Resolves one dataset. `scope` ends up with every name of a row: that is what tests and audits see."""

    def __init__(self, resolver: Resolver, dataset: tree.Dataset) -> None:
        self.resolver = resolver
        self.dataset = dataset
        self.scope = resolver.top.inner()
        self.scope.later = declared(dataset.body)
        self.owned: list[Symbol] = []
        self.carried: dict[str, Symbol] = {}
        self.roles = {name for s in statements(dataset.body) if isinstance(s, tree.Gen) for name in roles_of(s)}
        self.handlers: dict[type[tree.Statement], Callable[..., None]] = {
            tree.Each: self._each,
            tree.Draw: self._draw,
            tree.Let: self._let,
            tree.Gen: self._gen,
            tree.Run: self._run,
            tree.Require: self._require,
            tree.Dedup: self._dedup,
            tree.Decontaminate: self._decontaminate,
            tree.Select: self._select,
            tree.Loop: self._loop,
            tree.Next: self._next,
            tree.Emit: self._emit,
        }

    def run(self) -> Scope:
        for statement in self.dataset.body:
            if not isinstance(statement, tree.Set | tree.Audit):
                self._statement(statement)
        self.scope.later = {}
        for statement in self.dataset.body:
            if isinstance(statement, tree.Set):
                self._all(self.scope, statement.value, statement.per)
        self._audits()
        return self.scope

    def _statement(self, statement: tree.Statement) -> None:
        handler = self.handlers.get(type(statement))
        if handler:
            handler(statement)
        else:
            self.resolver.expr(statement, self.scope)

    def _all(self, scope: Scope, *nodes: tree.Node | None) -> None:
        for node in nodes:
            if node is not None:
                self.resolver.expr(node, scope)

    def _declare(self, name: tree.Name, kind: Kind, node: tree.Node) -> None:
        if name.text in self.scope.names:
            first = self.scope.later.get(name.text)
            self.resolver.context.report(
                "E0202",
                f"`{name.text}` is declared twice in this dataset",
                name.span,
                related=(Related(first.span, "declared here first"),) if first and first is not name else (),
                help="values do not change: give this one another name",
            )
        symbol = self.resolver.declare(name, kind, node, self.scope)
        self.owned.append(symbol)

    # --- statements ---

    def _each(self, node: tree.Each) -> None:
        self._all(self.scope, node.over)
        self._declare(node.name, Kind.AXIS, node)

    def _draw(self, node: tree.Draw) -> None:
        self._distribution(node.distribution, node.name.text)
        self._declare(node.name, Kind.DRAW, node)

    def _distribution(self, node: tree.Expr, drawn: str) -> None:
        """Words that only mean something right of `~`: `int(…)`; and roles, which need not be declared."""
        if isinstance(node, tree.Conditional):
            self._all(self.scope, node.condition)
            self._distribution(node.then, drawn)
            self._distribution(node.otherwise, drawn)
        elif isinstance(node, tree.ListExpr):
            self._choices(node.items, drawn)
        elif isinstance(node, tree.Call) and isinstance(node.callee, tree.Attr) and self._picks(node.callee, drawn):
            self._distribution(node.callee.base, drawn)
            self._all(self.scope, *(arg.value for arg in node.args))
        elif isinstance(node, tree.Ref) and drawn in self.roles and self.scope.find(node.name) is None:
            self.resolver.probe(node.name, self.scope)
            self.resolver.symbols[node] = Symbol(node.name, Kind.MODEL, self.resolver.path, None)
            self._nearly_declared(node.name, node.span)
        elif isinstance(node, tree.Call) and isinstance(node.callee, tree.Ref) and node.callee.name in DRAWN:
            self.resolver.use(node.callee, DRAWN[node.callee.name])
            self._all(self.scope, *(arg.value for arg in node.args))
        else:
            self._all(self.scope, node)

    def _picks(self, method: tree.Attr, drawn: str) -> bool:
        return drawn in self.roles or (isinstance(method.base, tree.ListExpr) and method.name.text == "pick")

    def _choices(self, items: Sequence[tree.Expr], drawn: str) -> None:
        """Where no gen asks `with` what is drawn, a name that is not there may have been meant as a text or a role."""
        symbols = [self.scope.find(item.name) for item in items if isinstance(item, tree.Ref)]
        among_roles = any(symbol is not None and symbol.kind is Kind.MODEL for symbol in symbols)
        for item in items:
            if drawn in self.roles:
                self._distribution(item, drawn)
            elif isinstance(item, tree.Ref):
                self.resolver.ref(item, self.scope, _meant(item.name, drawn, among_roles))
            else:
                self._all(self.scope, item)

    def _let(self, node: tree.Let) -> None:
        self._all(self.scope, node.type, node.value)
        self._declare(node.name, Kind.LET, node)

    def _gen(self, node: tree.Gen) -> None:
        inner = self._elements(node.fors, self.scope)
        self._all(inner, node.prompt, node.type, node.times, node.condition, *(s.value for s in node.settings))
        if node.template is not None:
            self.resolver.template(node.template, inner)
        self._role(node.role, inner)
        self._declare(node.name, Kind.GEN, node)

    def _role(self, name: tree.Name, inner: Scope) -> None:
        """A role drawn, one of a list's, a declared model, or any other name: a role with the default settings."""
        names = (inner.names, self.scope.names, self.resolver.top.names)
        symbol = next((found[name.text] for found in names if name.text in found), None)
        if symbol is not None and symbol.kind in (Kind.DRAW, Kind.MODEL, Kind.ELEMENT):
            self.resolver.use(name, symbol)
            return
        self.resolver.probe(name.text, inner)
        self.resolver.symbols[name] = Symbol(name.text, Kind.MODEL, self.resolver.path, None)
        later = self.scope.later.get(name.text)
        if symbol is not None or later is not None:
            self._not_a_role(name, symbol)
            return
        self._nearly_declared(name.text, name.span)

    def _nearly_declared(self, role: str, place: Span) -> None:
        """A role need not be declared; one that looks like one that is, is most likely that one."""
        models = [found.name for found in self.resolver.top.names.values() if found.kind is Kind.MODEL]
        guess = nearest(role, models, cutoff=0.8)
        if guess:
            self.resolver.context.report(
                "W0206",
                f"no `model {role}` is declared",
                place,
                label=Guess.of(role, guess),
                notes=("a role that is not declared has temperature 0.7 and max_tokens 512",),
            )

    def _not_a_role(self, name: tree.Name, symbol: Symbol | None) -> None:
        what = f"is a {symbol.kind.value}, not a model role" if symbol else "gets its value only further down"
        self.resolver.context.report(
            "E0208",
            f"`{name.text}` {what}",
            name.span,
            help="after `with` stands a role: a `model`, a draw over models, or a name that nothing else has",
        )

    def _run(self, node: tree.Run) -> None:
        inner = self._elements(node.fors, self.scope)
        if isinstance(node.tool, tree.Call):
            self._all(inner, *(arg.value for arg in node.tool.args))
        self._all(inner, node.condition, *(s.value for s in node.settings))
        self._declare(node.name, Kind.RUN, node)

    def _elements(self, fors: Iterable[tree.ForClause], scope: Scope) -> Scope:
        inner = scope.inner()
        for clause in fors:
            self._all(inner, clause.iterable)
            for target in clause.targets:
                self.resolver.declare(target, Kind.ELEMENT, clause, inner)
        return inner

    def _require(self, node: tree.Require) -> None:
        self._all(self.scope, node.condition)
        origin = node.otherwise.origin if node.otherwise else None
        if origin is None:
            return
        symbol = self.scope.names.get(origin.text)
        if symbol is not None and symbol.kind is Kind.GEN:
            self.resolver.use(origin, symbol)
            return
        self.resolver.probe(origin.text, self.scope)
        gens = [name for name, found in self.scope.names.items() if found.kind is Kind.GEN]
        self.resolver.symbols[origin] = Symbol(origin.text, Kind.UNKNOWN, self.resolver.path, None)
        self.resolver.context.report(
            "E0409",
            f"`{origin.text}` is not a gen above this statement",
            origin.span,
            label=did_you_mean(origin.text, gens),
            notes=(f"gens above: {', '.join(gens)}",) if gens else (),
            help="after `from` stands the gen to run again",
        )

    def _method(self, node: tree.Expr | None, scope: Scope) -> None:
        """`minhash(0.8)`: the word is the statement's own, its argument an expression."""
        if isinstance(node, tree.Call):
            self._all(scope, *(arg.value for arg in node.args))

    def _dedup(self, node: tree.Dedup) -> None:
        self._all(self.scope, node.value)
        self._method(node.method, self.scope)

    def _decontaminate(self, node: tree.Decontaminate) -> None:
        self._all(self.scope, node.value, node.against)
        self._method(node.method, self.scope)

    def _select(self, node: tree.Select) -> None:
        self._all(self.scope, node.count, node.by, node.apart)
        self._method(node.method, self.scope)

    def _loop(self, node: tree.Loop) -> None:
        self._all(self.scope, node.over, *(part for carry in node.carries for part in (carry.type, carry.start)))
        self._declare(node.name, Kind.LOOP, node)
        outer = self.carried
        self.carried = dict(outer)
        for carry in node.carries:
            self._declare(carry.name, Kind.CARRY, carry)
            self.carried[carry.name.text] = self.scope.names[carry.name.text]
        for statement in node.body:
            self._statement(statement)
        self.carried = outer

    def _next(self, node: tree.Next) -> None:
        self._all(self.scope, node.value)
        symbol = self.carried.get(node.name.text)
        if symbol is not None:
            self.resolver.symbols[node.name] = symbol
            return
        self.resolver.probe(node.name.text, Scope(names=self.carried))
        self.resolver.symbols[node.name] = Symbol(node.name.text, Kind.UNKNOWN, self.resolver.path, None)
        self.resolver.context.report(
            "E0413",
            f"`{node.name.text}` is not carried by a loop around this statement",
            node.name.span,
            label=did_you_mean(node.name.text, self.carried),
            notes=(f"carried here: {', '.join(self.carried)}",) if self.carried else (),
            help="declare it: `loop i in 1..3 carry x: T = start { … next x = … }`",
        )

    def _emit(self, node: tree.Emit) -> None:
        inner = self._elements(node.fors, self.scope)
        self._all(inner, node.split, *(column.value for column in node.columns))

    # --- the whole result ---

    def _audits(self) -> None:
        """An audit sees the names of a row, then the columns of the unnamed emit, then tables, measures and `key`."""
        names: dict[str, Symbol] = {}
        for statement in self.dataset.body:
            if isinstance(statement, tree.Emit):
                names = self._columns(statement) | names
        key = Symbol("key", Kind.KEY, self.resolver.path, self.dataset)
        names = {**MEASURES, "key": key, **names}
        scope = Scope(Scope(self.resolver.top, names), self.scope.names, lenient=True)
        for statement in self.dataset.body:
            if isinstance(statement, tree.Audit):
                self._audit(statement.condition, scope)

    def _columns(self, emit: tree.Emit) -> dict[str, Symbol]:
        new = partial(Symbol, file=self.resolver.path)
        if emit.name is not None:
            return {emit.name.text: new(emit.name.text, Kind.TABLE, node=emit)}
        settings = [column for column in emit.columns if isinstance(column, tree.Setting)]
        return {column.name.text: new(column.name.text, Kind.COLUMN, node=column) for column in settings}

    def _audit(self, node: tree.Node, scope: Scope) -> None:
        """Measures come before functions of the same name: `distinct(question)` is over the whole column."""
        if isinstance(node, tree.Call) and isinstance(node.callee, tree.Ref) and node.callee.name in MEASURES:
            self.resolver.use(node.callee, MEASURES[node.callee.name])
            for arg in node.args:
                self.resolver.expr(arg.value, scope)
        elif isinstance(node, tree.Ref | tree.Attr | tree.Call):
            self.resolver.expr(node, scope)
        else:
            for child in children(node):
                self._audit(child, scope)


def _meant(name: str, drawn: str, among_roles: bool) -> str:
    role = f"a role without a `model` is drawn only for a gen that says `with {drawn}`"
    return role if among_roles else f'a text stands in quotes: `"{name}"`; {role}'
