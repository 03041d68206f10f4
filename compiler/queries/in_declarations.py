"""A declaration in; the names that it declares and uses itself, out."""

from __future__ import annotations

from compiler.catalog import beside
from compiler.queries.finder import HANDLERS, Finder, named, on, reader, unquoted
from compiler.queries.subject import Subject, field_of, member
from compiler.types import Choice
from dsl import tree

for _kind in (
    *(tree.Param, tree.Const, tree.Record, tree.Criteria, tree.Model, tree.Prompt, tree.Dataset),
    *(tree.Parameter, tree.Each, tree.Draw, tree.Let, tree.Loop, tree.Carry, tree.Next, tree.Given, tree.Mock),
):
    HANDLERS[_kind] = named


@on(tree.Import)
def _import(f: Finder, node: tree.Import) -> None:
    f.add(node.path_span, Subject("file", beside(node.span.path, node.path)), node)
    for name in node.names:
        f.symbol(name, name.span, node)


@on(tree.Enum)
def _enum(f: Finder, node: tree.Enum) -> None:
    named(f, node)
    choice = f.model.types.get(node)
    for name in node.members:
        found = member(choice, name.text) if isinstance(choice, Choice) else None
        f.add(name.span, found or Subject("member", name.text, name.span), node)


@on(tree.Field)
def _field(f: Finder, node: tree.Field) -> None:
    kind = f.model.types.get(node.type)
    doc = node.doc.text if node.doc is not None else None
    f.add(node.name.span, Subject("field", node.name.text, node.name.span, node=node, type=kind, doc=doc), node)


@on(tree.Input, tree.Personas)
def _source(f: Finder, node: tree.Input | tree.Personas) -> None:
    named(f, node)
    reader(f, node.source)
    row = f.model.types.get(node)
    for setting in node.settings:
        if setting.name.text == "key" and isinstance(setting.value, tree.Ref) and row is not None:
            f.add(setting.value.span, field_of(row, setting.value.name), setting.value)


@on(tree.Judge)
def _judge(f: Finder, node: tree.Judge) -> None:
    named(f, node)
    f.symbol(node.role, node.role.span, node)
    if isinstance(node.result, tree.TypeName):
        f.add(node.result.span, Subject("type", node.result.name), node)
    for setting in node.settings:
        if setting.name.text == "gold":
            reader(f, setting.value)


@on(tree.Mix)
def _mix(f: Finder, node: tree.Mix) -> None:
    named(f, node)
    for entry in node.shares.entries:
        f.symbol(entry, unquoted(entry), entry)


@on(tree.Test)
def _test(f: Finder, node: tree.Test) -> None:
    if node.dataset is not None:
        f.symbol(node.dataset, node.dataset.span, node)
