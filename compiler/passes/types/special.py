"""Functions whose result has a shape that no signature can say (`zip`, `consistency`, `mean_support`), checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compiler.functions import Function
from compiler.model import Kind
from compiler.passes.types.access import element_property
from compiler.passes.types.arguments import Slot, match
from compiler.passes.types.checker import Checker, Env
from compiler.passes.types.declared import parameter_type, params_of
from compiler.passes.types.methods import check_arguments
from compiler.passes.types.relations import fits, present, solid
from compiler.types import ANY, FLOAT, Extended, List, Type, Verdict
from dsl import tree


def _zip(c: Checker, node: tree.Call, function: Function, env: Env) -> Type:
    """Pairs, as a `for a, b in zip(xs, ys)` takes them apart."""
    elements: list[Type] = []
    for arg in node.args:
        given = solid(c.infer(arg.value, env))
        if isinstance(given, List):
            elements.append(given.element)
        elif given != ANY:
            c.report("E0323", "`zip` takes lists", arg.value.span, label=f"this is `{given}`")
    return List(List(elements[0] if len(set(elements)) == 1 else ANY, places=tuple(elements)))


def _consistency(c: Checker, node: tree.Call, function: Function, env: Env) -> Type:
    """The claims in their shape, each with its `.support`."""
    slots = [Slot(p.name, p.required) for p in function.signature.params]
    lists: dict[str, Type] = {}
    judge: tree.Expr | None = None
    for slot, arg in match(c, node.args, slots, "`consistency`", node, signature=function.title):
        if slot.name == "by":
            judge = arg.value
            continue
        given = solid(c.infer(arg.value, env))
        if not isinstance(given, List) and given != ANY:
            c.report(
                "E0323", f"`{slot.name}` of `consistency` takes a list", arg.value.span, label=f"this is `{given}`"
            )
            given = ANY
        lists[slot.name] = given
    claims, across = lists.get("claims", ANY), lists.get("across", ANY)
    if judge is not None:
        _check_judge(c, judge, across.element if isinstance(across, List) else ANY, _claim(claims))
    return _supported(claims)


def _claim(kind: Type) -> Type:
    """What the lists within lists are of."""
    while isinstance(inner := solid(kind), List):
        kind = inner.element
    return kind


def _supported(kind: Type) -> Type:
    inner = solid(kind)
    if isinstance(inner, List):
        return List(_supported(inner.element), inner.length, inner.along)
    return Extended(kind, "support", FLOAT) if kind != ANY else ANY


def _check_judge(c: Checker, node: tree.Expr, sample: Type, claim: Type) -> None:
    """A yes/no judge of a sample and a claim; whatever else it takes has a default."""
    symbol = c.symbols.get(node) if isinstance(node, tree.Ref) else None
    if symbol is not None and symbol.kind is Kind.JUDGE:
        c.types[node] = verdict = c.of(symbol)
        params = params_of(symbol.node)
        rest = all(param.default is not None for param in params[2:])
        if isinstance(verdict, Verdict) and verdict.kind == "bool" and len(params) >= 2 and rest:
            for param, given in zip(params, (sample, claim), strict=False):
                _check_parameter(c, node, param, present(given))
            return
    elif symbol is not None and symbol.kind is Kind.UNKNOWN:
        return
    c.report(
        "E0208",
        "`by` of `consistency` takes a yes/no judge",
        node.span,
        related=c.declared_here(symbol),
        help="a judge of two parameters: a sample, and a claim that it may support",
    )


def _check_parameter(c: Checker, node: tree.Expr, param: tree.Parameter, given: Type) -> None:
    wanted = parameter_type(c, param)
    if not fits(given, wanted):
        message = f"`{param.name.text}` of the judge takes `{wanted}`, and is asked about `{given}`"
        c.report("E0301", message, node.span, related=c.declared_here(c.symbols.get(param)))


def _mean_support(c: Checker, node: tree.Call, function: Function, env: Env) -> Type:
    check_arguments(c, node, function, node.args, env, env, {})
    for arg in node.args:
        kind = solid(c.types.get(arg.value, ANY))
        while isinstance(kind, List):
            kind = kind.element
        if solid(kind) != ANY and element_property(kind, "support") is None:
            c.report(
                "E0301",
                "`mean_support` takes claims that have a `.support`",
                arg.value.span,
                label=f"this is `{c.types[arg.value]}`",
                help="`consistency(…)` gives claims their support",
            )
    return FLOAT


SPECIAL: Mapping[str, Callable[[Checker, tree.Call, Function, Env], Type]] = {
    "zip": _zip,
    "consistency": _consistency,
    "mean_support": _mean_support,
}
