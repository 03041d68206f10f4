"""`gen`, `run`, `let` and the lists that `for` and `times` make of them, checked; each name gets its type."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.model import Kind, Symbol
from compiler.passes.types.arguments import Slot, match
from compiler.passes.types.checker import Checker, Env, shown
from compiler.passes.types.dataset import Rows, handles
from compiler.passes.types.declared import declared_call
from compiler.passes.types.relations import bare, fits, optional, present, prints, rooted, solid
from compiler.passes.types.settings import GEN, RUN, settings
from compiler.passes.types.templates import template
from compiler.passes.types.written import denote
from compiler.prelude import TOOLS
from compiler.types import ANY, INT, STR, Generated, List, Optional, RangeOf, Record, Role, SourceOf, ToolResult, Type
from dsl import tree
from dsl.diagnostics import did_you_mean


@handles(tree.Let)
def let(rows: Rows, node: tree.Let) -> None:
    rows.acted = rows.acted or node
    if node.type is None:
        rows.c.bind(node, rooted(rows.c.infer(node.value), node.name.text))
        return
    wanted = denote(rows.c, node.type)
    rows.c.expect(node.value, wanted, f"`{node.name.text}`")
    rows.c.bind(node, rooted(wanted, node.name.text))


# --- for ---


def elements(c: Checker, fors: Sequence[tree.ForClause]) -> list[List]:
    """Give the names after `for` their types; for each clause, the list whose elements it goes through."""
    return [_clause(c, clause) for clause in fors]


_LISTS: dict[type[Type], str] = {
    SourceOf: "a source's rows are `.rows`",
    RangeOf: "so many answers to one question are samples: `times 3`",
}
"""What goes for a list elsewhere, and how it is written here."""


def _clause(c: Checker, clause: tree.ForClause) -> List:
    given = solid(c.infer(clause.iterable))
    if not isinstance(given, List):
        if given != ANY:
            hint = _LISTS.get(type(given))
            c.report("E0323", "`for` goes through a list", clause.iterable.span, label=f"this is `{given}`", help=hint)
        _bind_targets(c, clause, [ANY] * len(clause.targets))
        return List(ANY)
    _bind_targets(c, clause, _taken_apart(c, clause, given))
    return given


def _taken_apart(c: Checker, clause: tree.ForClause, given: List) -> list[Type]:
    """`for a, b in zip(xs, ys)`: one type for each name."""
    count = len(clause.targets)
    if count == 1:
        return [present(given.element)]
    call = clause.iterable
    if isinstance(call, tree.Call) and isinstance(call.callee, tree.Ref) and call.callee.name == "zip":
        lists = [solid(c.types.get(arg.value, ANY)) for arg in call.args]
        if len(lists) == count:
            return [kind.element if isinstance(kind, List) else ANY for kind in lists]
        c.report("E0323", f"`zip` gives {len(lists)} at a time, not {count}", call.span, help="as many names as lists")
        return [ANY] * count
    inner = solid(given.element)
    if isinstance(inner, List) or inner == ANY:
        return [inner.at(place) if isinstance(inner, List) else ANY for place in range(count)]
    c.report("E0323", f"an element of this list is a `{inner}`, not {count} values", clause.iterable.span, help=_PAIRS)
    return [ANY] * count


_PAIRS = "two lists side by side: `for a, b in zip(xs, ys)`"


def _bind_targets(c: Checker, clause: tree.ForClause, kinds: Sequence[Type]) -> None:
    for target, kind in zip(clause.targets, kinds, strict=True):
        symbol = c.symbols.get(target)
        c.types[target] = kind
        if symbol is not None:
            c.declared[symbol] = kind


def _named(node: tree.Gen | tree.Run, result: Type, through: Sequence[List]) -> Type:
    """A list level for each `for`, the first outermost, as long as what it goes through; `when` is asked of each."""
    kind = optional(result) if node.condition is not None else result
    for over in reversed(through):
        kind = List(kind, over.length, over.along)
    return rooted(kind, node.name.text)


# --- gen ---


@handles(tree.Gen)
def gen(rows: Rows, node: tree.Gen) -> None:
    c = rows.c
    rows.acted = rows.acted or node
    through = elements(c, node.fors)
    env = _when(c, node.condition)
    kind = denote(c, node.type, env)
    _check_generable(c, node.type, kind)
    _prompt(c, node, env)
    _role(c, node.role)
    settings(c, node.settings, GEN, "a gen", env)
    result: Type = Generated(kind) if kind != ANY else ANY
    if node.times is not None:
        result = List(result, _times(c, node.times, env), node.name.text)
    c.bind(node, _named(node, result, through))


def _when(c: Checker, condition: tree.Expr | None) -> Env:
    if condition is None:
        return Env()
    c.condition(condition, "what follows `when`")
    return Env().knowing(shown(condition))


def _times(c: Checker, node: tree.Expr, env: Env) -> int | None:
    c.expect(node, INT, "`times`", env)
    value = c.evaluate(node)
    if isinstance(value, int) and value < 1:
        c.report("E0319", "`times` must be at least 1", node.span, label=f"this is {value}")
    return value if isinstance(value, int) else None


def _check_generable(c: Checker, node: tree.TypeExpr, kind: Type) -> None:
    """What a model can be asked to write: everything but a persona, whose columns only a file knows."""
    inner = solid(kind)
    while isinstance(inner, List | Optional):
        inner = solid(inner.element if isinstance(inner, List) else inner.base)
    if isinstance(inner, Record) and inner.name == "Persona":
        c.report(
            "E0329",
            "a persona is not something a model writes as it is",
            node.span,
            help="generate a text or a record, emit it with an `id`, and declare `personas x = that_dataset`",
        )


def _prompt(c: Checker, node: tree.Gen, env: Env) -> None:
    if node.template is not None:
        template(c, node.template, env)
    if node.prompt is None:
        return
    callee = node.prompt.callee if isinstance(node.prompt, tree.Call) else node.prompt
    symbol = c.symbols.get(callee)
    if isinstance(node.prompt, tree.Call) and symbol is not None and symbol.kind is Kind.PROMPT:
        c.types[node.prompt] = declared_call(c, node.prompt, symbol, env)
    elif symbol is None or symbol.kind is not Kind.UNKNOWN:
        _not_a_prompt(c, node.prompt, symbol)


def _not_a_prompt(c: Checker, node: tree.Expr, symbol: Symbol | None) -> None:
    if symbol is not None and symbol.kind is Kind.PROMPT:
        c.report("E0208", f"the prompt `{symbol.name}` is not called", node.span, help=f"write `{symbol.name}(…)`")
        return
    what = f"`{symbol.name}` is a {symbol.kind.value}, not a prompt" if symbol else "this is not a prompt"
    c.report(
        "E0208",
        what,
        node.span,
        related=c.declared_here(symbol),
        help="a gen asks a prompt: `gen x: T = ask(…) with writer`; what needs no model is a `let`",
    )


def _role(c: Checker, name: tree.Name) -> None:
    symbol = c.symbols.get(name)
    if symbol is None or symbol.kind not in (Kind.DRAW, Kind.ELEMENT):
        return
    kind = solid(c.of(symbol))
    if not isinstance(kind, Role) and kind != ANY:
        drawn = symbol.kind is Kind.DRAW
        example = f"`draw {name.text} ~ [writer, small]`" if drawn else "`draw roles ~ [writer, small, large].pick(2)`"
        c.report(
            "E0407",
            f"`{name.text}` {'draws' if drawn else 'is'} a `{kind}`, not a model role",
            name.span,
            related=c.declared_here(symbol, "drawn here") if drawn else (),
            help=f"draw it from roles: {example}",
        )


# --- run ---


@handles(tree.Run)
def run(rows: Rows, node: tree.Run) -> None:
    c = rows.c
    rows.acted = rows.acted or node
    through = elements(c, node.fors)
    env = _when(c, node.condition)
    settings(c, node.settings, RUN, "a run", env)
    result = _tool(c, node.tool, env)
    c.bind(node, _named(node, result, through))


def _tool(c: Checker, node: tree.Expr, env: Env) -> Type:
    callee = node.callee if isinstance(node, tree.Call) else node
    name = callee.name if isinstance(callee, tree.Ref) else ""
    tool = TOOLS.get(name)
    if tool is None or not isinstance(node, tree.Call):
        return c.report(
            "E0424",
            f"there is no tool `{name}`" if tool is None else f"the tool `{name}` is not called",
            node.span,
            label=did_you_mean(name, TOOLS) if tool is None else "",
            notes=(f"tools: {', '.join(TOOLS)}",),
        )
    slots = [Slot(f"argument {place + 1}", place < tool.least) for place in range(tool.most)]
    for _, arg in match(c, node.args, slots, f"`{name}`", node, signature=tool.signature):
        given = c.infer(arg.value, env)
        if not fits(solid(given), STR) and not (prints(given) or isinstance(solid(given), List | Record)):
            c.report("E0301", f"`{name}` takes texts", arg.value.span, label=f"this is `{bare(given)}`")
    return ToolResult(name, tool.properties)
