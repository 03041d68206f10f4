"""Literals, names and data in; their types out."""

from __future__ import annotations

from compiler.functions import REGISTRY, RESULTS
from compiler.model import Kind, Symbol
from compiler.passes.types.access import aligned, element_property, ends_of, known_ends, names_of
from compiler.passes.types.checker import Checker, Element, Env, rule, shown
from compiler.passes.types.relations import bare, is_number, like, said, solid, together
from compiler.types import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    NULL,
    STR,
    Choice,
    List,
    Type,
)
from dsl import tree
from dsl.diagnostics import did_you_mean

_CONSTANTS: dict[type, Type] = {str: STR, bool: BOOL, int: INT, float: FLOAT, type(None): NULL}


@rule(tree.Constant)
def constant(c: Checker, node: tree.Constant, env: Env, want: Type | None) -> Type:
    """A text where a closed choice is wanted is one of its members, or a mistake."""
    target = solid(want) if want is not None else None
    if isinstance(node.value, str) and isinstance(target, Choice):
        check_member(c, node, node.value, target)
        return target
    if isinstance(node.value, str) and target is not None and type(target).__name__ == "CheckedText":
        return target
    return _CONSTANTS[type(node.value)]


def check_member(c: Checker, node: tree.Node, value: str, choice: Choice) -> None:
    c.owners[node] = choice
    if value in choice.values:
        return
    what = f"`{choice.name}`" if choice.name else "this choice"
    c.report(
        "E0305",
        f'{what} has no member "{value}"',
        node.span,
        label=did_you_mean(value, choice.values),
        notes=(f"members: {', '.join(choice.values)}",),
    )


@rule(tree.Quantity)
def quantity(c: Checker, node: tree.Quantity, env: Env, want: Type | None) -> Type:
    return INT if node.unit in ("KB", "MB", "GB") else FLOAT


@rule(tree.Ref)
def ref(c: Checker, node: tree.Ref, env: Env, want: Type | None) -> Type:
    symbol = c.symbols.get(node)
    if env.element is not None:
        found = _of_element(c, node, env.element, symbol)
        if found is not None:
            return found
    if symbol is None:
        return _unresolved(c, node, env)
    if symbol.kind in _CALLED:
        return _uncalled(c, node, symbol, want)
    if symbol.kind is Kind.ENUM:
        choice = c.of(symbol)
        return List(choice, len(choice.values)) if isinstance(choice, Choice) else ANY
    if env.whole and env.element is None and symbol.kind in _PER_ROW:
        return _column_as_value(c, node)
    return c.narrow(c.of(symbol), node.name if env.known else None, env)


def _of_element(c: Checker, node: tree.Ref, element: Element, symbol: Symbol | None) -> Type | None:
    """`it`, a field of the element, then this element's own member of a list made `for` these elements."""
    if element.type == ANY and symbol is None:
        return ANY
    scope: Element | None = element
    while scope is not None:
        if node.name == "it":
            c.symbols[node] = Symbol("it", Kind.ELEMENT, node.span.path, None)
            return scope.type
        found = element_property(scope.type, node.name)
        if found is not None:
            if symbol is not None and symbol.kind in _PER_ROW and symbol in c.declared:
                _warn_hidden(c, node, symbol)
            c.symbols[node] = Symbol(node.name, Kind.FIELD, node.span.path, None)
            c.owners[node] = scope.type
            return found
        if symbol is not None and symbol.kind in _PER_ROW:
            own = aligned(c.of(symbol), scope.along)
            if own is not None:
                c.symbols[node] = Symbol(node.name, Kind.ALIGNED, symbol.file, symbol.node)
                return own
        scope = scope.outer
    return None


def _warn_hidden(c: Checker, node: tree.Ref, symbol: Symbol) -> None:
    """`seeds.rows.all(similarity(text, it.text) < 0.7)` compares each seed with itself, and reads as if it did not."""
    c.report(
        "W0207",
        f"here `{node.name}` is the element's own, not the {symbol.kind.value} of that name",
        node.span,
        related=c.declared_here(symbol),
        help=f"write `it.{node.name}` to say so; to mean the {symbol.kind.value}, give it another name",
    )


def _unresolved(c: Checker, node: tree.Ref, env: Env) -> Type:
    """A name that could have been a field, or a spread's column: now it is known that it is none."""
    column = env.table.field(node.name) if env.table is not None else None
    if env.table is not None and column is not None:
        c.symbols[node] = Symbol(node.name, Kind.COLUMN, node.span.path, None)
        c.owners[node] = env.table
        return _column_as_value(c, node) if env.element is None else column.type
    c.symbols[node] = Symbol(node.name, Kind.UNKNOWN, node.span.path, None)
    fields = names_of(env.element.type) if env.element else ()
    rows = [symbol.name for symbol in c.declared if symbol.kind in _PER_ROW]
    if node.name in REGISTRY or node.name in RESULTS:
        return c.report("E0201", f"`{node.name}` is a function", node.span, help=f"call it: `{node.name}(…)`")
    message = f"there is no name `{node.name}` here"
    notes = (f"fields of the element: {', '.join(fields)}",) if fields else ()
    return c.report("E0201", message, node.span, label=did_you_mean(node.name, [*fields, *rows]), notes=notes)


def _uncalled(c: Checker, node: tree.Ref, symbol: Symbol, want: Type | None) -> Type:
    if symbol.kind is Kind.UNKNOWN:
        return ANY
    if symbol.kind is Kind.MEASURE and RESULTS[symbol.name].bare:
        return RESULTS[symbol.name].signature.result
    if symbol.kind is Kind.CRITERIA and isinstance(symbol.node, tree.Criteria) and not symbol.node.params:
        return c.of(symbol)
    if symbol.kind is Kind.RECORD:
        return c.report(
            "E0208", f"`{node.name}` is a record type, not a value", node.span, help="write a value: `{ field: … }`"
        )
    return c.report(
        "E0208",
        f"`{node.name}` is a {symbol.kind.value}, not a value",
        node.span,
        related=c.declared_here(symbol),
        help=f"call it: `{node.name}(…)`",
    )


def _column_as_value(c: Checker, node: tree.Ref) -> Type:
    return c.report(
        "E0430",
        f"`{node.name}` has a value in every row, and an audit is over all rows",
        node.span,
        help=f"measure it: `mean({node.name})`, `share({node.name} == …)`, `distinct({node.name})`",
    )


@rule(tree.Unary)
def unary(c: Checker, node: tree.Unary, env: Env, want: Type | None) -> Type:
    if node.op == "not":
        return like(BOOL, c.condition(node.operand, "what follows `not`", env))
    given = c.infer(node.operand, env)
    if is_number(given):
        return said(bare(given))
    return c.report("E0302", f"`{node.op}` takes a number", node.operand.span, label=f"this is `{given}`")


@rule(tree.Range)
def range_(c: Checker, node: tree.Range, env: Env, want: Type | None) -> Type:
    found = ends_of(c, node, env)
    low, high = known_ends(c, node)
    if low > high:
        c.report("E0317", f"the range is empty: {low} is above {high}", node.span, help=f"write `{high}..{low}`")
    return found


@rule(tree.Conditional)
def conditional(c: Checker, node: tree.Conditional, env: Env, want: Type | None) -> Type:
    c.condition(node.condition, "the condition after `if`", env)
    then = c.infer(node.then, env.knowing(shown(node.condition)), want)
    otherwise = c.infer(node.otherwise, env, want)
    both = together((then, otherwise))
    if both is not None:
        return both
    return c.report(
        "E0301",
        "both sides of `else` must be of one type",
        node.otherwise.span,
        label=f"this is `{otherwise}`, the other `{then}`",
    )


@rule(tree.ListExpr)
def list_(c: Checker, node: tree.ListExpr, env: Env, want: Type | None) -> Type:
    target = solid(want) if want is not None else None
    if isinstance(target, List) and target.element != ANY:
        for item in node.items:
            c.expect(item, target.element, "an element of this list", env)
        return List(target.element, len(node.items))
    kinds = [c.infer(item, env) for item in node.items]
    both = together(kinds)
    if both is not None:
        return List(both, len(node.items))
    first = next(i for i in range(1, len(kinds)) if together(kinds[: i + 1]) is None)
    c.report(
        "E0301",
        "the elements of a list must be of one type",
        node.items[first].span,
        label=f"this is `{kinds[first]}`, those before it `{kinds[0]}`",
    )
    return List(ANY)


_CALLED = frozenset(
    {Kind.UNKNOWN, Kind.PROMPT, Kind.JUDGE, Kind.CRITERIA, Kind.FUNCTION, Kind.MEASURE, Kind.DISTRIBUTION, Kind.RECORD}
)
_PER_ROW = frozenset(
    {Kind.AXIS, Kind.DRAW, Kind.LET, Kind.GEN, Kind.RUN, Kind.CARRY, Kind.ELEMENT, Kind.LOOP, Kind.COLUMN, Kind.KEY}
)
