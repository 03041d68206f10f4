"""A parameter's type and an argument's type in; whether they agree, and what the type variables stand for, out.

And a call's arguments in; each with the parameter that it is for, out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from compiler.functions.signature import AnyOf, Each, Parameter, Var
from compiler.types import ANY, Generated, List, Optional, Type
from dsl import tree

Assignable = Callable[[Type, Type], bool]
Bindings = dict[str, Type]


def bind(pattern: Type, given: Type, bindings: Bindings, assignable: Assignable) -> bool:
    """Match `given` against `pattern`, filling `bindings`; `assignable(given, wanted)` is the checker's own rule.

    Null goes in and comes out of every function, so `T?` is accepted where `T` is wanted; what a model wrote is
    accepted as what it is. An `each` pattern is matched by the type of its expression.
    """
    if isinstance(pattern, Var):
        known = bindings.setdefault(pattern.name, given)
        return known == given or assignable(given, known)
    if given == ANY:
        return True
    if isinstance(pattern, Each):
        return bind(pattern.result, given, bindings, assignable)
    if isinstance(pattern, AnyOf):
        return any(bind(member, given, bindings, assignable) for member in pattern.members)
    if isinstance(given, Optional | Generated):
        return bind(pattern, given.base, bindings, assignable)
    if isinstance(pattern, Optional):
        return bind(pattern.base, given, bindings, assignable)
    if isinstance(pattern, List) and isinstance(given, List):
        return bind(pattern.element, given.element, bindings, assignable)
    return assignable(given, pattern)


def fill(pattern: Type, bindings: Bindings) -> Type:
    """`pattern` with its variables replaced; one that nothing was bound to is `any`."""
    if isinstance(pattern, Var):
        return bindings.get(pattern.name, ANY)
    if isinstance(pattern, List):
        return List(fill(pattern.element, bindings))
    if isinstance(pattern, Optional):
        inner = fill(pattern.base, bindings)
        return inner if isinstance(inner, Optional) else Optional(inner)
    if isinstance(pattern, Each):
        return Each(fill(pattern.result, bindings))
    if isinstance(pattern, AnyOf):
        return AnyOf(tuple(fill(member, bindings) for member in pattern.members))
    return pattern


def paired(params: Sequence[Parameter], args: Sequence[tree.Arg]) -> Iterator[tuple[tree.Arg, Parameter]]:
    """Arguments by name, or by place; what is left over goes to the last parameter, which takes many."""
    by_name = {param.name: param for param in params}
    for place, arg in enumerate(args):
        if arg.name is not None:
            yield arg, by_name[arg.name.text]
        else:
            yield arg, params[min(place, len(params) - 1)]
