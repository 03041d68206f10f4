"""A place where a value stands in; the names, functions and words that could be one, those that fit first, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from compiler.functions import DRAWS, REGISTRY, RESULTS
from compiler.model import Kind, Symbol
from compiler.passes.types.access import element_property, names_of
from compiler.passes.types.calls import ANY_ROW
from compiler.passes.types.relations import fits, is_bool, solid
from compiler.prelude import APART, DEDUP, OVERLAP, READERS, TOOLS, Number
from compiler.queries.completion.arguments import named_arguments
from compiler.queries.completion.asked import Asked
from compiler.queries.completion.describe import function_item, symbol_item, type_of
from compiler.queries.completion.elsewhere import imported_items
from compiler.queries.completion.model import Item, Rank
from compiler.queries.completion.words import inner_items
from compiler.queries.words import COMPARING
from compiler.queries.words import READERS as READER_WORDS
from compiler.types import ANY, BOOL, CONVERSATION, Choice, List, Pool, SourceOf, Type
from dsl import tree

_VALUES = frozenset(
    {
        *(Kind.PARAM, Kind.CONST, Kind.ENUM, Kind.INPUT, Kind.PERSONAS, Kind.CRITERIA, Kind.PROMPT, Kind.JUDGE),
        *(Kind.DATASET, Kind.MIX, Kind.ARGUMENT, Kind.AXIS, Kind.DRAW, Kind.LET, Kind.GEN, Kind.RUN, Kind.CARRY),
        *(Kind.ELEMENT, Kind.LOOP, Kind.FIELD, Kind.ALIGNED, Kind.COLUMN, Kind.TABLE, Kind.KEY, Kind.MEASURE),
    }
)
_DRAWN = (SourceOf, Pool, List)
_ROLES = frozenset({Kind.MODEL})
_SOURCES = frozenset({Kind.INPUT, Kind.PERSONAS, Kind.DATASET, Kind.MIX})


def value_items(asked: Asked) -> Iterator[Item]:
    """Dispatches on the statement: some have words of their own."""
    special = _special(asked)
    yield from special if special is not None else _anything(asked)


def _special(asked: Asked) -> Iterable[Item] | None:
    node, parent = asked.node, asked.parent
    if isinstance(parent, tree.Call) and parent.callee is node and len(asked.nodes) > 2:
        node, parent = parent, asked.nodes[-3]
    if isinstance(parent, tree.Input | tree.Personas) and parent.source is node:
        return [*_readers(), *_of_kinds(asked, _SOURCES)]
    if isinstance(parent, tree.Run) and parent.tool is node:
        return _tools()
    if isinstance(parent, tree.Gen) and parent.prompt is node:
        return [*_of_kinds(asked, {Kind.PROMPT}), *imported_items(asked, {Kind.PROMPT})]
    if isinstance(parent, tree.Dedup | tree.Decontaminate | tree.Select) and parent.method is node:
        table = DEDUP if isinstance(parent, tree.Dedup) else APART if isinstance(parent, tree.Select) else OVERLAP
        return _methods(table)
    if isinstance(parent, tree.Each) and parent.kind == "from":
        return _of_kinds(asked, _SOURCES)
    if isinstance(parent, tree.Setting) and parent.name.text == "key" and asked.around(tree.Dataset) is None:
        return _columns(asked)
    if isinstance(parent, tree.Setting) and parent.name.text == "gold" and asked.around(tree.Judge) is not None:
        return _readers()
    return None


def _anything(asked: Asked) -> Iterator[Item]:
    drawn = asked.around(tree.Draw) is not None
    if drawn and _is_drawn(asked):
        yield from _of_kinds(asked, _ROLES)
    yield from _element_fields(asked)
    yield from _members(asked.wanted)
    yield from named_arguments(asked)
    wanted = asked.wanted
    for symbol in asked.scope.values():
        if symbol.kind in _VALUES and not (asked.around(tree.Template) and symbol.kind in (Kind.PROMPT, Kind.JUDGE)):
            yield _ranked(asked, symbol_item(asked.model, symbol, asked.path), _given(asked, symbol), wanted)
    if drawn:
        rank = Rank.FITTING if isinstance(asked.parent, tree.Draw | tree.Conditional) else Rank.BUILT_IN
        yield from (function_item(function, rank) for function in DRAWS.values())
    yield from _functions(asked, wanted)
    yield from imported_items(asked, {Kind.CONST, Kind.ENUM, Kind.JUDGE, Kind.CRITERIA})
    yield from inner_items(asked.placeholder.follows, but=() if drawn else ("weighted",))


def _is_drawn(asked: Asked) -> bool:
    """Whether the value is what a draw may give: an element of its list, or a branch."""
    draw = next((at for at, node in enumerate(asked.nodes) if isinstance(node, tree.Draw)), 0)
    around = asked.nodes[draw + 1 : -1]
    return bool(around) and all(isinstance(node, tree.ListExpr | tree.Conditional) for node in around)


def _given(asked: Asked, symbol: Symbol) -> Type | None:
    """A prompt's name is called for its messages; an enum's is the list of its members."""
    kind = CONVERSATION if symbol.kind is Kind.PROMPT else type_of(asked.model, symbol)
    return List(kind) if symbol.kind is Kind.ENUM and kind is not None else kind


def _ranked(asked: Asked, item: Item, given: Type | None, wanted: Type | None) -> Item:
    if asked.is_condition and given is not None and is_bool(given) and given != ANY:
        return replace(item, rank=Rank.FITTING)
    if isinstance(asked.parent, tree.Draw):
        return replace(item, rank=Rank.FITTING if isinstance(solid(given or ANY), _DRAWN) else Rank.IMPORTED)
    if wanted is None or given is None or given == ANY:
        return item
    if fits(given, wanted):
        return replace(item, rank=Rank.FITTING if solid(given) == solid(wanted) else min(item.rank, Rank.NEAR))
    return replace(item, rank=max(item.rank, Rank.IMPORTED))


def _functions(asked: Asked, wanted: Type | None) -> Iterator[Item]:
    audit = asked.around(tree.Audit) is not None
    for function in REGISTRY.values():
        here = function.place in ("anywhere", "row") or asked.around(tree.Const) is not None
        if here and not (audit and function.name in RESULTS):
            yield function_item(function)
    if audit:
        rank = Rank.BUILT_IN if isinstance(asked.parent, tree.Arg) else Rank.NEAR
        yield from (function_item(function, rank) for function in RESULTS.values())


def _element_fields(asked: Asked) -> Iterator[Item]:
    """Inside a list's method: what the element has, and `it`."""
    element = asked.element
    if element is None:
        return
    for name in names_of(element.type):
        yield Item(name, "field", str(element_property(element.type, name) or ""), rank=Rank.FITTING)
    called = asked.source.text[asked.placeholder.span.end :].lstrip(" \t").startswith("(")
    if element.type not in (ANY, ANY_ROW) and not called:
        yield Item("it", "value", str(element.type), "The element.", rank=Rank.FITTING)


def _members(wanted: Type | None) -> Iterator[Item]:
    kind = solid(wanted) if wanted is not None else None
    if isinstance(kind, Choice):
        for value in kind.values:
            label = f"{kind.name}.{value}" if kind.name and value.isidentifier() else f'"{value}"'
            yield Item(label, "member", str(kind), rank=Rank.FITTING)
    elif kind == BOOL:
        yield from (Item(word, "keyword", rank=Rank.FITTING) for word in ("true", "false"))


def text_items(asked: Asked) -> Iterator[Item]:
    """Inside a quoted text: the members of the closed choice that is wanted there."""
    kind = solid(asked.wanted) if asked.wanted is not None else None
    if isinstance(kind, Choice):
        for value in kind.values:
            yield Item(value, "member", str(kind), rank=Rank.FITTING)


def _of_kinds(asked: Asked, kinds: Iterable[Kind]) -> list[Item]:
    wanted = frozenset(kinds)
    return [
        symbol_item(asked.model, symbol, asked.path, Rank.FITTING)
        for symbol in asked.scope.values()
        if symbol.kind in wanted
    ]


def _readers() -> list[Item]:
    return [
        Item(name, "reader", READER_WORDS[name].form, READER_WORDS[name].doc, f'{name}("$0")', True) for name in READERS
    ]


def _tools() -> list[Item]:
    return [
        Item(name, "tool", tool.signature, insert=f"{name}($0)", snippet=True, rank=Rank.FITTING)
        for name, tool in TOOLS.items()
    ]


def _methods(table: Mapping[str, Number | None]) -> list[Item]:
    return [
        Item(
            name,
            "function",
            COMPARING[name].form,
            COMPARING[name].doc,
            name if number is None else f"{name}($0)",
            number is not None,
            Rank.FITTING,
        )
        for name, number in table.items()
    ]


def _columns(asked: Asked) -> list[Item]:
    """The columns of the file that an input reads."""
    node = asked.around(tree.Input) or asked.around(tree.Personas)
    columns = asked.columns(node) if node is not None else {}
    return [Item(name, "column", kind, rank=Rank.FITTING) for name, kind in columns.items()]
