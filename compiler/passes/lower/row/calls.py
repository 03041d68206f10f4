"""A gen or a run in; its line out: one call, a call for each element, or samples."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler import plan
from compiler.constant import UNKNOWN
from compiler.model import Kind
from compiler.passes.lower import expressions, shapes
from compiler.passes.lower.identifiers import mangle
from compiler.passes.lower.layout import Bracket, Doc, Leaf, Prefixed, call, statement, text, value
from compiler.passes.lower.nulls import or_null
from compiler.passes.lower.row.elements import can_be_null, each, listed
from compiler.passes.lower.row.printer import RowPrinter, prints
from compiler.passes.lower.scopes import Site
from compiler.types import ANY
from dsl import tree

# SGLang's names for our settings.
SETTINGS = {"max_tokens": "max_new_tokens"}


@prints(plan.Gen)
def gen(row: RowPrinter, step: plan.Gen, indent: str) -> Iterator[str]:
    site = row.site()
    printed = each(step.fors, row, site, partial(_asked, row, step), name=text(step.name))
    levels = len(step.fors) + (step.times is not None)
    kind = listed(step.type, levels, can_be_null(step.fors, site))
    yield statement(f"{row.declare(step.name, kind)} = ", printed, indent=indent)


def _asked(row: RowPrinter, step: plan.Gen, site: Site) -> Doc:
    node = row.module.prompt_node(row.dataset, step.prompt)
    inside = site if step.condition is None else site.doubting()
    items = (
        text(step.name),
        Leaf(row.module.functions[node]),
        shapes.named(step, row.module, inside),
        _role(row, step, site),
        _arguments(row, step, node, inside),
    )
    named = _around(step, site)
    if step.times is not None:
        named["times"] = expressions.source(step.times, inside)
    named |= _when(step, site) | _own(step)
    named |= {SETTINGS.get(name, name): doc for name, doc in _settings(step, row, inside).items()}
    return call("row.gen", *items, **named)


def _role(row: RowPrinter, step: plan.Gen, site: Site) -> Doc:
    """A role by its name; one of a list by the element, one drawn by the value drawn."""
    of_lists = {symbol.name: name for symbol, name in site.locals.items()}
    if step.role in of_lists:
        return Leaf(of_lists[step.role])
    for symbol, name in row.names.items():
        if symbol.name == step.role and symbol.kind is Kind.DRAW:
            return Leaf(name)
    return text(step.role)


def _arguments(row: RowPrinter, step: plan.Gen, node: tree.Node, site: Site) -> Doc:
    types = row.module.parameter_types(node)
    items: list[Doc] = []
    for name, given in step.arguments:
        printed = site.argument(given, types.get(name, ANY))
        if printed.nullable:
            row.module.null_params.setdefault(node, set()).add(name)
        items.append(Prefixed(f"{mangle(name)}=", printed.doc))
    return Bracket("dict(", tuple(items), ")")


def _around(step: plan.Gen | plan.Run, site: Site) -> dict[str, Doc]:
    return {"at": Leaf("at")} if step.fors else {}


def _when(step: plan.Gen | plan.Run, site: Site) -> dict[str, Doc]:
    return {} if step.condition is None else {"when": expressions.source(step.condition, site)}


def _own(step: plan.Gen) -> dict[str, Doc]:
    named: dict[str, Doc] = {}
    if step.attempts != 3:
        named["attempts"] = value(step.attempts)
    if step.salt != step.name:
        named["salt"] = text(step.salt)
    return named


def _settings(step: plan.Gen | plan.Run, row: RowPrinter, site: Site) -> dict[str, Doc]:
    named: dict[str, Doc] = {}
    for setting in step.settings:
        known = row.module.evaluator.evaluate(setting.value)
        named[setting.name.text] = expressions.source(setting.value, site) if known is UNKNOWN else value(known)
    return named


# --- tools ---


@prints(plan.Run)
def run(row: RowPrinter, step: plan.Run, indent: str) -> Iterator[str]:
    """What is not a text prints as one where it is run; a tool that is given null gives null."""
    site = row.site()
    printed = each(step.fors, row, site, partial(_run, row, step), name=text(step.name))
    kind = listed(step.type, len(step.fors), can_be_null(step.fors, site))
    if not step.fors and any(site.as_text(node).nullable for node in step.arguments):
        kind = or_null(kind, True)
    yield statement(f"{row.declare(step.name, kind)} = ", printed, indent=indent)


def _run(row: RowPrinter, step: plan.Run, site: Site) -> Doc:
    inside = site if step.condition is None else site.doubting()
    given = Bracket("[", tuple(inside.as_text(node).doc for node in step.arguments), "]")
    named = _around(step, site) | _when(step, site) | _settings(step, row, inside)
    return call("row.tool", text(step.name), text(step.tool), given, **named)
