"""A gen or judge in; its prompt (a declared one, or the one that stands inline) and that prompt's arguments, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler import plan
from compiler.model import Kind, Model
from compiler.types import ANY, Type
from compiler.walk import statements
from dsl import tree

_LOCAL = frozenset(
    {Kind.AXIS, Kind.DRAW, Kind.LET, Kind.GEN, Kind.RUN, Kind.CARRY, Kind.LOOP, Kind.ELEMENT, Kind.ALIGNED}
)
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
        return inline_names(node, model)
    args = node.prompt.args if isinstance(node.prompt, tree.Call) else ()
    named = {arg.name.text: arg.value for arg in args if arg.name is not None}
    placed = [arg.value for arg in args if arg.name is None]
    given = {param.name.text: value for param, value in zip(declared.params, placed, strict=False)} | named
    pairs = ((param.name.text, given.get(param.name.text, param.default)) for param in declared.params)
    return tuple((name, value) for name, value in pairs if value is not None)


def inline_names(node: tree.Gen, model: Model) -> Arguments:
    """What an inline template takes from the row, by the name it has in there; its loops' own names are not the row's.

    `facts.previous` is a value of its own, called `facts_previous`.
    """
    assert node.template is not None
    own = {model.symbols.get(part.target) for part in tree.walk(node.template) if isinstance(part, tree.TemplateFor)}
    found: dict[str, tree.Expr] = {}
    for part in tree.walk(node.template):
        if is_previous(part, model):
            assert isinstance(part, tree.Attr) and isinstance(part.base, tree.Ref)
            found.setdefault(previous_name(part.base.name), part)
    for ref in _names_but_previous(node.template, model):
        symbol = model.symbols.get(ref)
        if symbol is None or symbol.kind not in _LOCAL or symbol in own or symbol.node is None:
            continue
        if not isinstance(symbol.node, tree.TemplateFor):
            found.setdefault(ref.name, ref)
    return tuple(found.items())


def _names_but_previous(template: tree.Template, model: Model) -> Iterator[tree.Ref]:
    parts = list(tree.walk(template))
    before = {part.base for part in parts if isinstance(part, tree.Attr) and is_previous(part, model)}
    return (part for part in parts if isinstance(part, tree.Ref) and part not in before)


def is_previous(node: tree.Node, model: Model) -> bool:
    """Whether this is `x.previous` of a carried `x`."""
    if not isinstance(node, tree.Attr) or node.name.text != "previous":
        return False
    symbol = model.symbols.get(node.base)
    return symbol is not None and symbol.kind is Kind.CARRY


def previous_name(name: str) -> str:
    return f"{name}_previous"


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
    for statement in statements(body):
        if isinstance(statement, tree.Gen) and statement.template is not None:
            found[statement] = _inline(statement, model)
        for node in _called(statement, model):
            found.setdefault(node, _declared(node, model))
    return tuple(found.values())


def _row_type(node: tree.Expr, model: Model) -> Type:
    """The type of a name as the row has it: of the whole list where an element's own member is meant."""
    symbol = model.symbols.get(node)
    aligned = symbol is not None and symbol.kind is Kind.ALIGNED and symbol.node is not None
    return model.types.get(symbol.node if aligned and symbol is not None and symbol.node else node, ANY)


def _called(statement: tree.Statement, model: Model) -> Iterator[tree.Prompt]:
    for part in tree.walk(statement):
        symbol = model.symbols.get(part) if isinstance(part, tree.Ref) else None
        if symbol is not None and isinstance(symbol.node, tree.Prompt):
            yield symbol.node


def _inline(node: tree.Gen, model: Model) -> plan.PromptPlan:
    assert node.template is not None
    params = tuple((name, _row_type(given, model)) for name, given in inline_names(node, model))
    digest = model.fingerprints[node].data
    name = prompt_name(node, model)
    return plan.PromptPlan(name=name, node=node, params=params, ends=ends(node.template), digest=digest)


def _declared(node: tree.Prompt, model: Model) -> plan.PromptPlan:
    params = parameters(node.params, model)
    digest = model.fingerprints[node].data
    return plan.PromptPlan(name=node.name.text, node=node, params=params, ends=ends(node.template), digest=digest)


def parameters(params: tuple[tree.Parameter, ...], model: Model) -> tuple[tuple[str, Type], ...]:
    return tuple((param.name.text, model.types.get(param, ANY)) for param in params)
