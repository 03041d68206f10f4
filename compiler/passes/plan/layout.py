"""A dataset's gens in; a warning for each prompt whose row-specific text stands before what all rows share, out.

An engine keeps the beginning of a prompt that it has seen before. Only clear cases are told: a hole of the row, then a
whole source or a constant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.context import Context
from compiler.model import Kind, Model
from compiler.passes.plan.names import ROW
from compiler.passes.plan.prompts import arguments_of, declared_prompt, statements
from dsl import tree
from dsl.diagnostics import Related


def warn(dataset: tree.Dataset, model: Model, context: Context) -> None:
    told: set[tree.Node] = set()
    for gen in (statement for statement in statements(dataset.body) if isinstance(statement, tree.Gen)):
        prompt = declared_prompt(gen, model)
        template = prompt.template if prompt is not None else gen.template
        owner = prompt or gen
        if template is not None and owner not in told:
            told.add(owner)
            _warn_about(template, _shared_names(gen, model), model, context)


def _shared_names(gen: tree.Gen, model: Model) -> Mapping[str, bool]:
    """Parameter → whether its value is the same for every row (a source or a constant) or the row's own."""
    return {
        name: is_shared for name, node in arguments_of(gen, model) if (is_shared := _is_shared(node, model)) is not None
    }


def _is_shared(node: tree.Expr, model: Model) -> bool | None:
    kinds = {symbol.kind for part in tree.walk(node) if (symbol := model.symbols.get(part)) is not None}
    if kinds & {*ROW, Kind.ELEMENT}:
        return False
    return True if kinds & {Kind.INPUT, Kind.PERSONAS, Kind.CONST} else None


def _warn_about(template: tree.Template, shared: Mapping[str, bool], model: Model, context: Context) -> None:
    first: tree.Ref | None = None
    for value in _printed(template.parts):
        told = [(ref, told) for ref in _refs(value) if (told := _told(ref, shared, model)) is not None]
        own = next((ref for ref, is_shared in told if not is_shared), None)
        if first is None:
            first = own
        elif own is None and told:
            _report(first, told[0][0], context)
            return


def _told(ref: tree.Ref, shared: Mapping[str, bool], model: Model) -> bool | None:
    """Whether what the name stands for is the same for every row; None where nobody says."""
    symbol = model.symbols.get(ref)
    if symbol is None:
        return None
    return True if symbol.kind is Kind.CONST else shared.get(ref.name)


def _report(first: tree.Ref, ref: tree.Ref, context: Context) -> None:
    context.report(
        "W0590",
        f"`{ref.name}` is the same for every row and stands after `{first.name}`, which is not",
        ref.span,
        label="an engine could have kept this from the row before",
        related=(Related(first.span, "the row's own text begins here"),),
        help=f"move `{ref.name}` above `{first.name}`: what stands first is read once",
    )


def _printed(parts: tuple[tree.TemplatePart, ...]) -> Iterator[tree.Expr]:
    """Values whose text stands in the prompt, in its order; a condition is not text."""
    for part in parts:
        match part:
            case tree.TemplateHole(value=value):
                yield value
            case tree.TemplateFor(iterable=iterable):
                yield iterable
            case tree.TemplateIf(branches=branches):
                for branch in branches:
                    yield from _printed(branch.body)


def _refs(node: tree.Expr) -> Iterator[tree.Ref]:
    return (part for part in tree.walk(node) if isinstance(part, tree.Ref))
