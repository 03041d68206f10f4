"""A call that is being typed in; the arguments that can still be given by name, out."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.model import Kind
from compiler.passes.types.declared import params_of
from compiler.queries.completion.asked import Asked
from compiler.queries.completion.model import Item, Rank
from compiler.queries.subject import function_of
from dsl import tree


def named_arguments(asked: Asked) -> Iterator[Item]:
    """None for the first of a call's places: there the value itself is what one types."""
    arg = asked.parent
    call = asked.nodes[-3] if len(asked.nodes) > 2 else None
    if not isinstance(arg, tree.Arg) or arg.name is not None or not isinstance(call, tree.Call):
        return
    given = {one.name.text for one in call.args if one.name is not None}
    place = call.args.index(arg)
    for at, (name, detail, optional) in enumerate(parameters(asked, call)):
        if at >= place and name not in given:
            rank = Rank.NEAR if optional else Rank.IMPORTED
            yield Item(f"{name} =", "argument", detail, insert=f"{name} = ", rank=rank)


def parameters(asked: Asked, call: tree.Call) -> list[tuple[str, str, bool]]:
    """Name, what it takes, whether it may be left out."""
    symbol = asked.model.symbols.get(call.callee)
    if symbol is not None and symbol.kind in (Kind.PROMPT, Kind.JUDGE, Kind.CRITERIA):
        source = asked.model.sources.get(symbol.file)
        return [
            (param.name.text, source.slice(param.type.span) if source else "", param.default is not None)
            for param in params_of(symbol.node)
        ]
    function = function_of(asked.model, call)
    if function is None:
        return []
    return [(p.name, str(p.type), p.default is not None) for p in function.signature.params if not p.many]
