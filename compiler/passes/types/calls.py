"""A call in; the type of what it gives out: prompts give messages, judges verdicts, pools and functions their own."""

from __future__ import annotations

from compiler.catalog import beside
from compiler.functions import DRAWS, REGISTRY, RESULTS, Function, fill, find_method, methods_of, regex_problem
from compiler.functions.prelude import fixture_problem
from compiler.model import Kind
from compiler.passes.types.access import element_property, no_property
from compiler.passes.types.arguments import Slot, match
from compiler.passes.types.checker import Checker, Env, rule
from compiler.passes.types.data import not_drawn
from compiler.passes.types.declared import declared_call
from compiler.passes.types.methods import Bindings, call_method, check_arguments, draw_count
from compiler.passes.types.relations import bare, fits, is_number, like, solid
from compiler.passes.types.special import SPECIAL
from compiler.types import (
    ANY,
    FLOAT,
    INT,
    STR,
    Distribution,
    List,
    Pool,
    RangeOf,
    SourceOf,
    Type,
)
from dsl import tree
from dsl.diagnostics import SynthError, did_you_mean


@rule(tree.Call)
def call(c: Checker, node: tree.Call, env: Env, want: Type | None) -> Type:
    if isinstance(node.callee, tree.Attr):
        return _method(c, node, node.callee, env)
    symbol = c.symbols.get(node.callee) if isinstance(node.callee, tree.Ref) else None
    if symbol is None:
        c.infer(node.callee, env)
        return _not_callable(c, node, "this")
    if symbol.kind is Kind.FUNCTION:
        return _function(c, node, REGISTRY[symbol.name], env)
    if symbol.kind is Kind.MEASURE:
        return _measure(c, node, RESULTS[symbol.name], env)
    if symbol.kind is Kind.DISTRIBUTION:
        return _distribution(c, node, DRAWS[symbol.name], env)
    if symbol.kind in (Kind.PROMPT, Kind.JUDGE, Kind.CRITERIA):
        return declared_call(c, node, symbol, env)
    for arg in node.args:
        c.infer(arg.value, env)
    return ANY if symbol.kind is Kind.UNKNOWN else _not_callable(c, node, f"the {symbol.kind.value} `{symbol.name}`")


def _not_callable(c: Checker, node: tree.Call, what: str) -> Type:
    return c.report(
        "E0313",
        f"{what} cannot be called",
        node.callee.span,
        help="what can be called: prompts, judges, criteria, functions and methods",
    )


def _function(c: Checker, node: tree.Call, function: Function, env: Env) -> Type:
    if function.place == "constant" and not env.early:
        return c.report(
            "E0326",
            f"`{function.name}` is read before any row",
            node.span,
            help=f"give it a name at the top of the file: `const x = {function.name}(…)`",
        )
    if function.place == "constant":
        _check_file(c, node, function)
    if function.place == "row" and not env.asks:
        return c.report(
            "E0435",
            f"`{function.name}` asks a judge, which cannot run here",
            node.span,
            help="it stands in a statement of a dataset: `let scored = …`",
        )
    if function.name in SPECIAL:
        return SPECIAL[function.name](c, node, function, env)
    bindings: Bindings = {}
    check_arguments(c, node, function, node.args, env, env, bindings)
    if _has_problem_in_pattern(c, node, function):
        return fill(function.signature.result, bindings)
    operands = [kind for arg in node.args if (kind := c.types.get(arg.value)) is not None]
    result = fill(function.signature.result, bindings)
    return result if function.name == "default" else like(result, *operands)


def _has_problem_in_pattern(c: Checker, node: tree.Call, function: Function) -> bool:
    """A pattern that is no regular expression is told now, at its place, and not at row 40,000."""
    if function.name not in ("matches", "find") or len(node.args) < 2:
        return False
    pattern = node.args[-1].value
    value = c.evaluate(pattern)
    problem = regex_problem(value) if isinstance(value, str) else None
    if problem:
        c.report("E0327", "this is not a regular expression", pattern.span, label=problem[0])
    return problem is not None


def _check_file(c: Checker, node: tree.Call, function: Function) -> None:
    """`file("x")`: the name must be known now, and the file be there."""
    path = c.evaluate(node.args[0].value) if node.args else None
    if not isinstance(path, str):
        return
    folder = "fixtures/" if function.name == "fixture" else ""
    full = beside(node.span.path, folder + path)
    try:
        text = c.context.catalog.read_text(full)
    except SynthError as error:
        c.context.diagnostics.extend(error.diagnostics)
        return
    if text is None:
        c.report(
            "E0620",
            f"there is no file `{full}`",
            node.args[0].span,
            help="paths are relative to the folder of the spec"
            + (", fixtures to its folder `fixtures`" if folder else ""),
        )
    elif folder and (problem := fixture_problem(path, text)):
        c.report(
            "E0621",
            f"`{full}` is not JSON",
            node.args[0].span,
            notes=(problem,),
            help="a fixture ending in `.json` is one JSON value, one in `.jsonl` a value on each line",
        )


def _measure(c: Checker, node: tree.Call, function: Function, env: Env) -> Type:
    """Over the whole result: its arguments are evaluated in every kept row."""
    if not env.whole or env.element is not None:
        return c.report(
            "E0430",
            f"`{function.name}` is over the whole result",
            node.span,
            help="only an `audit` sees the whole result",
        )
    if function.bare:
        return c.report("E0313", f"`{function.name}` is a number", node.span, help=f"write `{function.name}`")
    row = env.inside(ANY_ROW, None)
    check_arguments(c, node, function, node.args, env, row, {})
    result = fill(function.signature.result, {})
    kinds = [bare(kind) for arg in node.args if (kind := c.types.get(arg.value)) is not None]
    return kinds[0] if result == ANY and kinds else result


class _Row(Type):
    """Stands as the element in a measure: it has no fields of its own, names of the row are what they are."""


ANY_ROW = _Row()


def _distribution(c: Checker, node: tree.Call, function: Function, env: Env) -> Type:
    if not env.drawn:
        return not_drawn(c, node, function.name)
    slots = [Slot(p.name, p.required) for p in function.signature.params]
    for slot, arg in match(c, node.args, slots, f"`{function.name}`", node, signature=function.title):
        given = solid(c.infer(arg.value, env))
        if slot.name == "range":
            _check_range(c, arg.value, given, function)
        elif not is_number(given):
            c.report(
                "E0301", f"`{slot.name}` of `{function.name}` takes a number", arg.span, label=f"this is `{given}`"
            )
        value = c.evaluate(arg.value)
        if slot.name == "deviation" and isinstance(value, int | float) and value < 0:
            c.report("E0319", "a deviation is not below zero", arg.span)
    return Distribution(INT if function.name == "int" else FLOAT)


def _check_range(c: Checker, node: tree.Expr, given: Type, function: Function) -> None:
    if given == ANY:
        return
    whole = function.name == "int"
    if not isinstance(given, RangeOf) or given.endless:
        what = f"`{function.name}` takes a range with two ends"
        c.report("E0317", what, node.span, label=f"this is `{given}`", help=f"write `{function.name}(0..9)`")
    elif whole and not fits(given.of, INT):
        c.report("E0317", "`int` takes whole numbers", node.span, help="`uniform(0.5..1.1)` draws a fraction")


# --- methods ---


def _method(c: Checker, node: tree.Call, callee: tree.Attr, env: Env) -> Type:
    base = c.infer(callee.base, env)
    kind = solid(base)
    if kind == ANY:
        for arg in node.args:
            c.infer(arg.value, env.inside(ANY, None))
        return ANY
    if isinstance(kind, Pool | SourceOf) and callee.name.text == "pick":
        return _pick(c, node, callee, kind, env)
    if callee.name.text == "pick" and isinstance(kind, List) and env.drawn:
        return Distribution(List(kind.element, _picked(draw_count(c, node.args, node, env), kind.length)))
    method = find_method(kind, callee.name.text)
    if method is not None:
        c.types[callee] = kind
        return call_method(c, node, base, method, node.args, env)
    for arg in node.args:
        c.infer(arg.value, env.inside(ANY, None))
    return _no_method(c, callee, base)


def _no_method(c: Checker, callee: tree.Attr, base: Type) -> Type:
    kind = solid(base)
    if element_property(base, callee.name.text) is not None:
        name = callee.name.text
        return c.report("E0313", f"`.{name}` is a value, not a method", callee.name.span, help=f"write `.{name}`")
    methods = [method.name for method in methods_of(kind)]
    if isinstance(kind, SourceOf):
        methods = ["pick"]
        return c.report(
            "E0309",
            f"a source has no method `{callee.name.text}`",
            callee.name.span,
            help=f"its rows have: `.rows.{callee.name.text}(…)`",
        )
    if not methods:
        return no_property(c, callee, base)
    return c.report(
        "E0309",
        f"a value of type `{kind}` has no method `{callee.name.text}`",
        callee.name.span,
        label=did_you_mean(callee.name.text, methods),
        notes=(f"methods: {', '.join(methods)}",),
    )


def _picked(counts: tuple[int, int] | None, length: int | None) -> int | None:
    """How many of so many elements are drawn, where that is always the same."""
    if counts is None or length is None:
        return None
    least, most = (min(count, length) for count in counts)
    return least if least == most else None


def _pick(c: Checker, node: tree.Call, callee: tree.Attr, kind: Pool | SourceOf, env: Env) -> Type:
    counts = draw_count(c, node.args, node, env)
    if not env.drawn:
        return not_drawn(c, node, "pick")
    if isinstance(kind, SourceOf):
        return Distribution(List(kind.row))
    pool = _pool(c, callee.base)
    if counts and pool is not None and counts[1] > len(pool.criteria):
        c.report(
            "E0423",
            f"`{pool.name.text}` has {len(pool.criteria)} criteria, and {counts[1]} are drawn",
            node.args[0].span,
            related=c.declared_here(c.symbols.get(pool)),
        )
    return Distribution(List(STR))


def _pool(c: Checker, node: tree.Expr) -> tree.Criteria | None:
    callee = node.callee if isinstance(node, tree.Call) else node
    symbol = c.symbols.get(callee)
    return symbol.node if symbol is not None and isinstance(symbol.node, tree.Criteria) else None
