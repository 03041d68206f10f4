"""`value | filter(args)` in a template in; the type of what comes out of the pipe, out.

A filter is a method of the value, or a function that takes it first, under its own name or the one Jinja2 users know.
"""

from __future__ import annotations

from collections.abc import Mapping

from compiler.functions import METHODS, REGISTRY, Each, Function, Signature, find_method
from compiler.passes.types.checker import Checker, Env, rule
from compiler.passes.types.methods import bound, call_method
from compiler.passes.types.relations import bare, nullable, present, prints, solid, together
from compiler.types import ANY, STR, List, Type
from dsl import tree
from dsl.diagnostics import did_you_mean

ALIASES: Mapping[str, str] = {"trim": "strip", "length": "len", "d": "default"}
"""Names that Jinja2 has for functions of ours."""


def _over_elements(function: Function) -> bool:
    return any(isinstance(param.type, Each) and param.required for param in function.signature.params)


_FROM_METHODS = {m.name for m in METHODS.values() if not _over_elements(m) and m.place == "anywhere"}
_FROM_FUNCTIONS = {
    name for name, f in REGISTRY.items() if f.place == "anywhere" and f.signature.params and name != "zip"
}
NAMES: tuple[str, ...] = tuple(
    sorted({*_FROM_METHODS, *_FROM_FUNCTIONS, *ALIASES, "json"} - {"user", "assistant", "system"})
)


@rule(tree.Filtered)
def filtered(c: Checker, node: tree.Filtered, env: Env, want: Type | None) -> Type:
    given = c.infer(node.value, env)
    name = ALIASES.get(node.filter.text, node.filter.text)
    if node.filter.text not in NAMES:
        return _unknown(c, node, env)
    if name == "json":
        return STR
    if name == "default":
        return _default(c, node, given, env)
    method = find_method(solid(given), name)
    if solid(given) == ANY:
        return ANY
    if method is not None and not _over_elements(method):
        _check_joins(c, node, given, name)
        return call_method(c, node, given, method, node.args, env)
    return _function(c, node, given, name, env)


def _unknown(c: Checker, node: tree.Filtered, env: Env) -> Type:
    for arg in node.args:
        c.infer(arg.value, env)
    return c.report(
        "E0306",
        f"there is no filter `{node.filter.text}`",
        node.filter.span,
        label=did_you_mean(node.filter.text, NAMES),
        notes=(f"filters: {', '.join(NAMES)}",),
    )


def _check_joins(c: Checker, node: tree.Filtered, given: Type, name: str) -> None:
    kind = solid(given)
    if name == "join" and isinstance(kind, List) and not prints(kind.element):
        c.report(
            "E0307",
            f"elements of type `{kind.element}` do not print",
            node.filter.span,
            label=f"the value is `{given}`",
            help="go through them with `{% for x in … %}`, or name a field: `.map(name)`",
        )


def _default(c: Checker, node: tree.Filtered, given: Type, env: Env) -> Type:
    """`x | default("none")`: what stands in for null."""
    if len(node.args) != 1:
        return c.report("E0310", "`default` needs the value that stands in for null", node.filter.span)
    instead = c.infer(node.args[0].value, env)
    if not nullable(given) and solid(given) != ANY:
        return bare(given)
    both = together((present(bare(given)), instead))
    if both is None:
        title = f"`default` stands in for a `{solid(given)}`"
        return c.report("E0301", title, node.args[0].span, label=f"this is `{instead}`")
    return both


def _function(c: Checker, node: tree.Filtered, given: Type, name: str, env: Env) -> Type:
    """A function whose first parameter is the value: `score | round(2)`."""
    function = REGISTRY.get(name)
    if function is None or not bound(function.signature.params[0].type, given, {}):
        return _misfit(c, node, given, name)
    first, *rest = function.signature.params
    signature = Signature(tuple(rest), function.signature.result)
    as_method = Function(function.name, signature, function.doc, function.example, function.code, receiver=first.type)
    return call_method(c, node, given, as_method, node.args, env)


def _misfit(c: Checker, node: tree.Filtered, given: Type, name: str) -> Type:
    takes = [str(m.receiver) for m in METHODS.values() if m.name == name and m.receiver is not None]
    function = REGISTRY.get(name)
    if function is not None:
        takes.append(str(function.signature.params[0].type))
    return c.report(
        "E0307",
        f"`{node.filter.text}` is not for a value of type `{solid(given)}`",
        node.filter.span,
        label=f"it takes {' or '.join(f'`{kind}`' for kind in dict.fromkeys(takes))}",
    )
