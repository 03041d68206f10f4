"""A value's type in; what may stand behind its dot, or behind the `|` of a template's hole, out."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.functions import METHODS, REGISTRY, methods_of
from compiler.model import Kind
from compiler.passes.types.access import element_property, names_of
from compiler.passes.types.filters import ALIASES, NAMES
from compiler.passes.types.methods import bound
from compiler.passes.types.relations import like, solid
from compiler.queries.completion.asked import Asked
from compiler.queries.completion.describe import function_item
from compiler.queries.completion.model import Item, Rank
from compiler.types import Choice, Pool, Record, SourceOf, Type
from dsl import tree


def member_items(asked: Asked, base: tree.Expr) -> Iterator[Item]:
    symbol = asked.model.symbols.get(base) if isinstance(base, tree.Ref) else None
    kind = asked.model.types.get(base)
    if symbol is not None and symbol.kind is Kind.ENUM and symbol.node is not None:
        choice = asked.model.types.get(symbol.node)
        if isinstance(choice, Choice):
            yield from (Item(value, "member", str(choice), rank=Rank.FITTING) for value in choice.values)
    if symbol is not None and symbol.kind is Kind.TABLE and symbol.node is not None:
        kind = asked.model.types.get(symbol.node)
        kind = kind.row if isinstance(kind, SourceOf) else kind
    if symbol is not None and symbol.kind is Kind.CARRY:
        yield Item("previous", "property", str(kind or ""), "The value before this round.", rank=Rank.NEAR)
    if kind is not None:
        yield from of_type(asked, kind)


def of_type(asked: Asked, kind: Type) -> Iterator[Item]:
    """Fields and properties, then methods; those that draw only right of `~`."""
    for name in names_of(kind):
        found = element_property(kind, name)
        sort = "field" if isinstance(solid(kind), Record) else "property"
        yield Item(
            name, "field" if sort == "field" else "property", str(found or ""), _doc(kind, name), rank=Rank.FITTING
        )
    drawn = asked.around(tree.Draw) is not None
    if isinstance(solid(kind), Pool | SourceOf) and drawn:
        yield function_item(METHODS["list.pick"], Rank.FITTING)
    for method in methods_of(solid(kind)):
        if drawn or method.place != "draw":
            yield function_item(method, Rank.NEAR)


def _doc(kind: Type, name: str) -> str:
    record = solid(kind)
    found = record.field(name) if isinstance(record, Record) else None
    return found.doc or "" if found is not None else ""


def filter_items(asked: Asked, node: tree.Filtered) -> Iterator[Item]:
    """Methods of the value, and functions that take it first."""
    kind = asked.model.types.get(node.value)
    for name in NAMES:
        entry = REGISTRY.get(ALIASES.get(name, name))
        methods = [one for one in methods_of(solid(kind)) if one.name == ALIASES.get(name, name)] if kind else []
        if methods:
            yield Item(name, "method", methods[0].title, methods[0].doc, rank=Rank.FITTING)
        elif entry is not None and (kind is None or bound(entry.signature.params[0].type, like(solid(kind)), {})):
            yield Item(name, "function", entry.title, entry.doc, rank=Rank.NEAR)
