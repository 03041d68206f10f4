"""A call of a prompt, judge or criteria pool in; its arguments checked against the parameters, its type out."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.model import Kind, Symbol
from compiler.passes.types.arguments import Slot, match
from compiler.passes.types.checker import Checker, Env
from compiler.passes.types.written import denote
from compiler.types import CONVERSATION, Type
from dsl import tree


def params_of(node: tree.Node | None) -> Sequence[tree.Parameter]:
    return node.params if isinstance(node, tree.Prompt | tree.Judge | tree.Criteria) else ()


def declared_call(c: Checker, node: tree.Call, symbol: Symbol, env: Env) -> Type:
    """A prompt (its messages), a judge (its verdict) or a criteria pool; arguments are checked."""
    params = {param.name.text: param for param in params_of(symbol.node)}
    slots = [Slot(name, param.default is None) for name, param in params.items()]
    what, places = f"`{symbol.name}`", c.declared_here(symbol)
    for slot, arg in match(c, node.args, slots, what, node, places):
        param = params[slot.name]
        place = c.declared_here(c.symbols.get(param))
        wanted = parameter_type(c, param)
        c.expect(arg.value, wanted, f"`{slot.name}` of {what}", env, place[0] if place else None)
    if symbol.kind is Kind.JUDGE and not env.asks:
        c.report(
            "E0435",
            f"the judge `{symbol.name}` cannot run here",
            node.span,
            related=places,
            help="a judge runs in a statement of a dataset: `let ok = …`, `filter …`",
        )
    if symbol.kind is Kind.PROMPT and env.still:
        c.report(
            "E0508",
            f"the prompt `{symbol.name}` cannot be called here",
            node.span,
            related=places,
            help="call it in a statement, `let messages = …`, and give the messages as an argument",
        )
    return CONVERSATION if symbol.kind is Kind.PROMPT else c.of(symbol)


def parameter_type(c: Checker, param: tree.Parameter) -> Type:
    known = c.types.get(param)
    if known is None:
        known = denote(c, param.type)
        c.bind(param, known)
    return known
