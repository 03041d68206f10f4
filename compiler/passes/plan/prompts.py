"""A gen or judge in; its prompt (a declared one, or the one that stands inline) and that prompt's arguments, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler import plan
from compiler.model import Kind, Model, Symbol
from compiler.types import ANY, Type
from dsl import tree

_LOCAL = frozenset({Kind.AXIS, Kind.DRAW, Kind.LET, Kind.GEN, Kind.RUN, Kind.CARRY, Kind.LOOP, Kind.ELEMENT})
Arguments = tuple[tuple[str, tree.Expr], ...]


def prompt_name(node: tree.Gen, model: Model) -> str:
    """The declared prompt's name; an inline one is named after its gen."""
    declared = declared_prompt(node, model)
    return declared.name.text if declared is not None else f"{node.name.text}_prompt"


def declared_prompt(node: tree.Gen, model: Model) -> tree.Prompt | None:
    callee = node.prompt.callee if isinstance(node.prompt, tree.Call) else node.prompt
    symbol = model.symbols.get(callee) if callee is not None else None
    return symbol.node if symbol is not None and isinstance(symbol.node, tree.Prompt) else None


def arguments_of(node: tree.Gen, model: Model) -> Arguments:
    """The value of each parameter: as given, by default, or for an inline prompt the row's own names."""
    declared = declared_prompt(node, model)
    if declared is None:
        return tuple((ref.name, ref) for ref in inline_names(node, model))
    args = node.prompt.args if isinstance(node.prompt, tree.Call) else ()
    named = {arg.name.text: arg.value for arg in args if arg.name is not None}
    placed = [arg.value for arg in args if arg.name is None]
    given = {param.name.text: value for param, value in zip(declared.params, placed, strict=False)} | named
    pairs = ((param.name.text, given.get(param.name.text, param.default)) for param in declared.params)
    return tuple((name, value) for name, value in pairs if value is not None)


def inline_names(node: tree.Gen, model: Model) -> tuple[tree.Ref, ...]:
    """The first mention of each name of the row in an inline template; its loops' own names are not the row's."""
    assert node.template is not None
    own = {model.symbols.get(part.target) for part in tree.walk(node.template) if isinstance(part, tree.TemplateFor)}
    found: dict[Symbol, tree.Ref] = {}
    for ref in tree.walk(node.template):
        symbol = model.symbols.get(ref) if isinstance(ref, tree.Ref) else None
        if symbol is None or symbol.kind not in _LOCAL or symbol in own or symbol.node is None:
            continue
        if isinstance(ref, tree.Ref) and not isinstance(symbol.node, tree.TemplateFor):
            found.setdefault(symbol, ref)
    return tuple(found.values())


def ends(template: tree.Template) -> str:
    """How the turn is left open for the model: `assistant`, `user` or `raw`."""
    markers = [part for part in template.parts if isinstance(part, tree.TemplateMarker)]
    if any(marker.kind == "raw" for marker in markers):
        return "raw"
    last = markers[-1] if markers else None
    return last.role or "assistant" if last is not None and last.kind == "open" else "assistant"


def prompt_plans(body: Iterable[tree.Statement], model: Model) -> tuple[plan.PromptPlan, ...]:
    """Every prompt a dataset uses, in order of first use."""
    found: dict[tree.Node, plan.PromptPlan] = {}
    for statement in body:
        if isinstance(statement, tree.Gen) and statement.template is not None:
            found[statement] = _inline(statement, model)
        for node in _called(statement, model):
            found.setdefault(node, _declared(node, model))
    return tuple(found.values())


def _called(statement: tree.Statement, model: Model) -> Iterator[tree.Prompt]:
    for part in tree.walk(statement):
        symbol = model.symbols.get(part) if isinstance(part, tree.Ref) else None
        if symbol is not None and isinstance(symbol.node, tree.Prompt):
            yield symbol.node


def _inline(node: tree.Gen, model: Model) -> plan.PromptPlan:
    assert node.template is not None
    params = tuple((ref.name, model.types.get(ref, ANY)) for ref in inline_names(node, model))
    digest = model.fingerprints[node].data
    name = prompt_name(node, model)
    return plan.PromptPlan(name=name, node=node, params=params, ends=ends(node.template), digest=digest)


def _declared(node: tree.Prompt, model: Model) -> plan.PromptPlan:
    params = parameters(node.params, model)
    digest = model.fingerprints[node].data
    return plan.PromptPlan(name=node.name.text, node=node, params=params, ends=ends(node.template), digest=digest)


def parameters(params: tuple[tree.Parameter, ...], model: Model) -> tuple[tuple[str, Type], ...]:
    return tuple((param.name.text, model.types.get(param, ANY)) for param in params)
