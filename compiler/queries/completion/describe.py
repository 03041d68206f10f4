"""A symbol or a built-in function in; the item that offers it, with its type, its signature and its doc, out."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.functions import Function
from compiler.model import Kind, Model, Symbol
from compiler.passes.types.declared import params_of
from compiler.queries.completion.model import Item, Rank, Sort
from compiler.types import SourceOf, Type
from dsl import tree

_SORTS: dict[Kind, Sort] = {
    Kind.PARAM: "param",
    Kind.CONST: "const",
    Kind.ENUM: "enum",
    Kind.RECORD: "record",
    Kind.INPUT: "input",
    Kind.PERSONAS: "personas",
    Kind.CRITERIA: "criteria",
    Kind.MODEL: "model",
    Kind.PROMPT: "prompt",
    Kind.JUDGE: "judge",
    Kind.DATASET: "dataset",
    Kind.MIX: "mix",
    Kind.ARGUMENT: "argument",
    Kind.FIELD: "field",
    Kind.COLUMN: "column",
    Kind.TABLE: "table",
    Kind.FUNCTION: "function",
    Kind.MEASURE: "function",
    Kind.DISTRIBUTION: "function",
}
_CALLED = frozenset({Kind.PROMPT, Kind.JUDGE, Kind.CRITERIA})


def symbol_item(model: Model, symbol: Symbol, path: str, rank: Rank | None = None) -> Item:
    """A declared name, called with a place for each argument where it takes some."""
    params = params_of(symbol.node)
    insert = call_snippet(symbol.name, [param.name.text for param in params if param.default is None])
    called = symbol.kind in _CALLED and (params or symbol.kind is not Kind.CRITERIA)
    return Item(
        symbol.name,
        _SORTS.get(symbol.kind, "value"),
        signature_of(model, symbol) if called else _detail(model, symbol),
        doc_of(symbol.node),
        insert if called else "",
        bool(called),
        rank if rank is not None else rank_of(symbol, path),
    )


def rank_of(symbol: Symbol, path: str) -> Rank:
    if symbol.kind not in _SORTS or symbol.kind in (Kind.ARGUMENT, Kind.FIELD, Kind.COLUMN):
        return Rank.NEAR
    return Rank.FILE if symbol.file == path else Rank.IMPORTED


def call_snippet(name: str, params: Sequence[str]) -> str:
    places = ", ".join(f"${{{at}:{param}}}" for at, param in enumerate(params, 1))
    return f"{name}({places})" if places else f"{name}($0)"


def _detail(model: Model, symbol: Symbol) -> str:
    kind = type_of(model, symbol)
    if isinstance(kind, SourceOf):
        kind = kind.row
    word = symbol.kind.value
    if kind is None or symbol.kind in (Kind.RECORD, Kind.ENUM, Kind.MODEL):
        return word
    return str(kind) if symbol.kind not in _SORTS else f"{word} {kind}"


def type_of(model: Model, symbol: Symbol) -> Type | None:
    """What the passes found out about it; an element's type is kept at the name that it was given."""
    node = symbol.node
    if isinstance(node, tree.ForClause):
        node = next((target for target in node.targets if target.text == symbol.name), node)
    return model.types.get(node) if node is not None else None


def signature_of(model: Model, symbol: Symbol) -> str:
    """`(page: Page, question: str) -> bool`, as it was written."""
    source = model.sources.get(symbol.file)
    if source is None:
        return symbol.kind.value
    shown = ", ".join(source.slice(param.span) for param in params_of(symbol.node))
    result = f" -> {source.slice(symbol.node.result.span)}" if isinstance(symbol.node, tree.Judge) else ""
    return f"({shown}){result}"


def doc_of(node: tree.Node | None) -> str:
    doc = getattr(node, "doc", None)
    return doc.text if isinstance(doc, tree.Doc) else ""


def function_item(function: Function, rank: Rank = Rank.BUILT_IN) -> Item:
    params = [param.name for param in function.signature.params if param.default is None]
    bare = function.bare and not params
    sort: Sort = "method" if function.receiver is not None else "function"
    insert = "" if bare else call_snippet(function.name, params)
    doc = f"{function.doc}\n\n    {function.example}" if function.example else function.doc
    return Item(function.name, sort, function.title, doc, insert, bool(insert), rank)
