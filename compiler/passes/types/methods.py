"""A function or method of the registry and its arguments in; the type of its result out.

Inside an element expression `it` is the element, and a bare name is a field of it, then this element's own member of a
list made `for` these elements, then a name of the row.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.functions import Each, Function, bind, fill
from compiler.functions import Var as TypeVariable
from compiler.passes.types.arguments import Slot, match
from compiler.passes.types.checker import Checker, Env
from compiler.passes.types.data import not_drawn
from compiler.passes.types.lengths import check_truncate
from compiler.passes.types.relations import bare, fits, is_bool, like, nullable, present, solid, together
from compiler.types import ANY, BOOL, INT, STR, Extended, List, Optional, RangeOf, SourceOf, Type
from dsl import tree

_KEEP_ELEMENTS = frozenset({"where", "top", "rank", "sort", "reverse", "unique"})
_SCORED = frozenset({"top", "rank", "best"})
_ONE = frozenset({"first", "last", "best", "majority", "min", "max"})
Bindings = dict[str, Type]


def call_method(
    c: Checker, node: tree.Expr, receiver: Type, method: Function, args: Sequence[tree.Arg], env: Env
) -> Type:
    """`receiver.method(args)`; a method on null gives null."""
    if method.place == "draw" and not env.drawn:
        return not_drawn(c, node, method.name)
    bindings: Bindings = {}
    kind = solid(receiver)
    if method.receiver is not None and not bound(method.receiver, kind, bindings):
        title = f"`.{method.name}` is not for a value of type `{kind}`"
        c.report("E0309", title, node.span, notes=(method.title,))
        return ANY
    inner = env.inside(present(kind.element), kind.along) if isinstance(kind, List) else env
    score = check_arguments(c, node, method, args, env, inner, bindings)
    return like(_result(method, kind, bindings, score), receiver)


def _result(method: Function, kind: Type, bindings: Bindings, score: Type) -> Type:
    """A method that picks elements gives them as they were, and knows which list they come from."""
    result = fill(method.signature.result, bindings)
    if not isinstance(kind, List):
        return result
    element = Extended(kind.element, "score", bare(score)) if method.name in _SCORED else kind.element
    if method.name in _KEEP_ELEMENTS:
        return List(element, None, kind.along)
    if method.name in _ONE:
        return element
    return _stripped_element(method, kind, result)


def _stripped_element(method: Function, kind: List, result: Type) -> Type:
    if method.name == "flat" and isinstance(inner := solid(kind.element), List):
        return List(inner.element, None, None)
    return result


def check_arguments(
    c: Checker, node: tree.Expr, function: Function, args: Sequence[tree.Arg], env: Env, inner: Env, bindings: Bindings
) -> Type:
    """Check every argument against its parameter; gives the type of `by`, what elements are scored with."""
    if function.name == "truncate":
        check_truncate(c, node, args, env)
    slots = [Slot(p.name, p.required, p.many) for p in function.signature.params]
    what = f"`{function.name}`"
    score: Type = inner.element.type if inner.element else ANY
    for slot, arg in match(c, args, slots, what, node, signature=function.title):
        parameter = function.signature.param(slot.name)
        assert parameter is not None
        over = isinstance(parameter.type, Each)
        given = c.infer(arg.value, inner if over else env, _wanted(parameter.type))
        if over:
            score = given
        if not bound(parameter.type, given, bindings):
            _report_argument(c, arg, function, slot.name, parameter.type, given)
    return score


def _wanted(pattern: Type) -> Type | None:
    return None if isinstance(pattern, Each | TypeVariable) else pattern


def _report_argument(c: Checker, arg: tree.Arg, function: Function, name: str, wanted: Type, given: Type) -> None:
    shown = wanted.result if isinstance(wanted, Each) else wanted
    if shown == BOOL:
        c.report(
            "E0303",
            f"`{name}` of `{function.name}` must be true or false",
            arg.value.span,
            label=f"this is `{given}`",
            notes=(function.title,),
        )
        return
    hint = None
    if isinstance(solid(given), SourceOf):
        hint = "a source's rows are `.rows`"
    elif shown == STR and isinstance(solid(given), List):
        hint = 'this is a list: name an element, or join them: `xs.join(", ")`'
    c.report(
        "E0301",
        f"`{name}` of `{function.name}` takes `{shown}`",
        arg.value.span,
        label=f"this is `{given}`",
        notes=(function.title,),
        help=hint,
    )


def bound(pattern: Type, given: Type, bindings: Bindings) -> bool:
    """Match as the registry does; numbers of two kinds under one variable are the wider kind."""
    given = present(bare(given)) if nullable(given) else bare(given)
    if isinstance(pattern, TypeVariable):
        known = bindings.get(pattern.name)
        both = given if known is None else together((known, given))
        if both is not None:
            bindings[pattern.name] = both
        return both is not None
    if isinstance(pattern, Each) and pattern.result == BOOL:
        return is_bool(given)
    if isinstance(pattern, Each):
        return bound(pattern.result, given, bindings)
    if isinstance(pattern, Optional):
        return bound(pattern.base, given, bindings)
    if isinstance(pattern, List):
        return given == ANY or (isinstance(given, List) and bound(pattern.element, given.element, bindings))
    return bool(bind(pattern, given, bindings, fits))


def draw_count(c: Checker, args: Sequence[tree.Arg], node: tree.Expr, env: Env) -> tuple[int, int] | None:
    """The k of `.pick(k)` or `.pick(2..3)`: least and most, where they are known."""
    pairs = match(c, args, [Slot("k", True)], "`pick`", node)
    if not pairs:
        return None
    value = pairs[0][1].value
    given = solid(c.infer(value, env))
    number = given.of if isinstance(given, RangeOf) and not given.endless else given
    if number != ANY and not fits(number, INT):
        c.report("E0301", "`k` of `pick` takes a number or a range", value.span, label=f"this is `{given}`")
        return None
    low, high = (value.low, value.high) if isinstance(value, tree.Range) else (value, value)
    least, most = c.evaluate(low), c.evaluate(high) if high is not None else None
    if not isinstance(least, int) or not isinstance(most, int):
        return None
    if least < 0:
        c.report("E0319", f"`pick` cannot take {least}", value.span, label="must be 0 or more")
    return least, most
