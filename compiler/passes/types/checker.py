"""What all rules of the type checker share: the tables they fill, how they ask for a type, and how they report.

A rule for a kind of expression is registered with `@rule(tree.Attr)`, one for a kind of declared name with
`@declares(Kind.INPUT)`; `Checker.infer` and `Checker.of` dispatch. A mistake is reported once, where it is made: its
type is then `any`, which fits everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from compiler.constant import Evaluator
from compiler.context import Context
from compiler.model import Kind, Model, Symbol
from compiler.passes.types.relations import fits, is_bool, nullable, present, solid
from compiler.types import ANY, NULL, Record, Type
from dsl import tree
from dsl.diagnostics import Diagnostic, Related
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Element:
    """What `it` stands for inside a list's method; `along` names the gen whose elements these are."""

    type: Type
    along: str | None
    outer: Element | None


@dataclass(frozen=True, slots=True)
class Env:
    """Where an expression stands, as far as that changes what it means.

    known    paths (`reader.role`) that a condition around has shown not to be null
    drawn    right of `~`
    early    read before any row: `file()` may be called
    still    in a template, a constraint or a criterion: no judge runs there
    prompt   in a template: some model reads what it gives
    whole    in an audit, outside a measure: names of the row are columns here, not values
    table    in an audit: the columns of the unnamed emit
    """

    element: Element | None = None
    known: frozenset[str] = frozenset()
    drawn: bool = False
    early: bool = False
    still: bool = False
    prompt: bool = False
    whole: bool = False
    table: Record | None = None

    def inside(self, kind: Type, along: str | None) -> Env:
        return replace(self, element=Element(kind, along, self.element))

    def knowing(self, paths: frozenset[str]) -> Env:
        return replace(self, known=self.known | paths) if paths else self

    @property
    def asks(self) -> bool:
        """Whether a judge may run here: in the statements of a dataset."""
        return not (self.early or self.still or self.whole)


HERE = Env()
EARLY = Env(early=True)
STILL = Env(still=True)
Rule = Callable[["Checker", Any, Env, "Type | None"], Type]
Declared = Callable[["Checker", Symbol], Type]
RULES: dict[type[tree.Expr], Rule] = {}
DECLARED: dict[Kind, Declared] = {}
R = TypeVar("R", bound=Rule)
D = TypeVar("D", bound=Declared)


def rule(*kinds: type[tree.Expr]) -> Callable[[R], R]:
    def register(function: R) -> R:
        RULES.update(dict.fromkeys(kinds, function))
        return function

    return register


def declares(*kinds: Kind) -> Callable[[D], D]:
    def register(function: D) -> D:
        DECLARED.update(dict.fromkeys(kinds, function))
        return function

    return register


@dataclass(slots=True)
class Checker:
    """`types` is the pass's result; `declared` the type of each name; `pending` what is being found out right now;
    `fields` those of records, for their constraints; `owners` the type that a bare field's name or a member's text is
    of; `persona` what `Persona` means in this program."""

    model: Model
    context: Context
    symbols: dict[tree.Node, Symbol]
    types: dict[tree.Node, Type] = field(default_factory=dict)
    declared: dict[Symbol, Type] = field(default_factory=dict)
    values: dict[Symbol, object] = field(default_factory=dict)
    pending: list[Symbol] = field(default_factory=list)
    fields: dict[tree.Node, Type] = field(default_factory=dict)
    owners: dict[tree.Node, Type] = field(default_factory=dict)
    persona: Record | None = None

    # --- asking ---

    def infer(self, node: tree.Expr, env: Env = HERE, want: Type | None = None) -> Type:
        """The type of an expression; `want` is what the place asks for, which a literal may follow."""
        if self.context.probe is not None:
            self.context.probe.asked(node, want, env.element)
        found = RULES[type(node)](self, node, env, want)
        self.types[node] = found
        return found

    def of(self, symbol: Symbol) -> Type:
        """The type of what a name stands for. Declarations are looked at when first asked for, in any order."""
        known = self.declared.get(symbol)
        if known is not None:
            return known
        declared = DECLARED.get(symbol.kind)
        if declared is None:
            return ANY
        if symbol in self.pending:
            self._report_cycle(symbol)
            return ANY
        self.pending.append(symbol)
        found = declared(self, symbol)
        self.pending.pop()
        self.declared[symbol] = found
        if symbol.node is not None:
            self.types[symbol.node] = found
        return found

    def bind(self, node: tree.Node, kind: Type) -> None:
        """Say what a name of the row stands for, from here on."""
        self.types[node] = kind
        symbol = self.symbols.get(node)
        if symbol is not None:
            self.declared[symbol] = kind

    @property
    def evaluator(self) -> Evaluator:
        return Evaluator(self.symbols, self.values, self.context.catalog)

    def evaluate(self, node: tree.Expr) -> Any:
        return self.evaluator.evaluate(node)

    # --- expecting ---

    def expect(self, node: tree.Expr, wanted: Type, what: str, env: Env = HERE, related: Related | None = None) -> Type:
        """Infer `node` and report if it does not fit: "`what` takes `wanted`, not …"."""
        given = self.infer(node, env, wanted)
        if not fits(given, wanted):
            self.mismatch(node, given, wanted, what, related)
        return given

    def mismatch(self, node: tree.Node, given: Type, wanted: Type, what: str, related: Related | None = None) -> None:
        places = (related,) if related else ()
        if nullable(given) and given != NULL and fits(solid(given), wanted):
            self.report(
                "E0315",
                f"{what} takes `{wanted}`, and this may be null",
                node.span,
                label=f"this is `{given}`",
                related=places,
                help="say what stands in for null: `default(x, …)`; or declare the other side as `T?`",
            )
            return
        self.report("E0301", f"{what} takes `{wanted}`", node.span, label=f"this is `{given}`", related=places)

    def condition(self, node: tree.Expr, what: str, env: Env = HERE) -> Type:
        """A condition must be true or false; null counts as false."""
        given = self.infer(node, env)
        if not is_bool(given):
            self.report(
                "E0303",
                f"{what} must be true or false",
                node.span,
                label=f"this is `{given}`",
                help="compare it with something: `x == …`, `words(x) > 3`, `xs.any`",
            )
        return given

    def narrow(self, found: Type, path: str | None, env: Env) -> Type:
        """Without null, where a condition around has looked at that."""
        if path is None or not env.known or path not in env.known:
            return found
        return present(found)

    # --- reporting ---

    def report(
        self,
        code: str,
        message: str,
        span: Span | None,
        *,
        label: str = "",
        related: tuple[Related, ...] = (),
        notes: tuple[str, ...] = (),
        help: str | None = None,  # noqa: A002 - the field's own name in Diagnostic
    ) -> Type:
        self.context.diagnostics.append(Diagnostic(code, message, span, label, related, notes, help))
        return ANY

    def is_cut(self, node: tree.Node, path: str) -> bool:
        """Whether a statement was cut out of this declaration, because it could not be read."""
        file = self.model.files.get(path)
        spans = file.broken if file is not None else ()
        return any(node.span.start <= span.start and span.end <= node.span.end for span in spans)

    def place(self, symbol: Symbol) -> Span | None:
        name = getattr(symbol.node, "name", None)
        return name.span if isinstance(name, tree.Name) else symbol.node.span if symbol.node else None

    def declared_here(self, symbol: Symbol | None, message: str = "declared here") -> tuple[Related, ...]:
        span = self.place(symbol) if symbol is not None else None
        return (Related(span, message),) if span is not None else ()

    def _report_cycle(self, symbol: Symbol) -> None:
        ring = [*self.pending[self.pending.index(symbol) :], symbol]
        code = "E0322" if symbol.kind is Kind.RECORD else "E0210"
        what = "contains itself" if symbol.kind is Kind.RECORD else "is made from itself"
        self.report(
            code,
            f"the {symbol.kind.value} `{symbol.name}` {what}",
            self.place(symbol),
            notes=(f"the cycle: {' → '.join(item.name for item in ring)}",),
        )


def path_of(node: tree.Expr) -> str | None:
    """`reader.role` for a name or a chain of fields; None for anything else."""
    if isinstance(node, tree.Ref):
        return node.name
    if isinstance(node, tree.Attr):
        base = path_of(node.base)
        return None if base is None else f"{base}.{node.name.text}"
    return None


def shown(node: tree.Expr) -> frozenset[str]:
    """Paths that cannot be null where this condition holds: `x`, `x != null`, `a and b`, comparisons of them."""
    if isinstance(node, tree.Binary):
        if node.op == "and":
            return shown(node.left) | shown(node.right)
        if node.op == "or" or (node.op == "==" and _is_null(node.right)):
            return frozenset()
        return _paths(node.left) | (frozenset() if _is_null(node.right) else _paths(node.right))
    return _paths(node)


def _is_null(node: tree.Expr) -> bool:
    return isinstance(node, tree.Constant) and node.value is None


def _paths(node: tree.Expr) -> frozenset[str]:
    path = path_of(node)
    return frozenset((path,)) if path is not None else frozenset()
