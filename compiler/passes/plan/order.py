"""A file's datasets and mixes in; them and the imported ones that they read, each after what it reads, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.model import Kind, Model, Symbol
from compiler.passes.plan.parts import symbols_of
from dsl import tree

Made = tree.Dataset | tree.Mix


def in_order(nodes: Iterable[Made], model: Model) -> tuple[Made, ...]:
    """Otherwise as they stand in the file. A cycle, which the checker reports, is cut where it is met."""
    ordered: dict[Made, None] = {}
    pending: set[Made] = set()

    def place(node: Made) -> None:
        if node in ordered or node in pending:
            return
        pending.add(node)
        for needed in read_by(node, model):
            place(needed)
        ordered[node] = None

    for node in nodes:
        place(node)
    return tuple(ordered)


def read_by(node: Made, model: Model) -> Iterator[Made]:
    """The datasets and mixes that this one reads, directly or as personas."""
    for symbol in sources_of(node, model):
        made = made_by(symbol, model)
        if made is not None:
            yield made


def sources_of(node: Made, model: Model) -> tuple[Symbol, ...]:
    """Everything that rows come from, in order of first use."""
    if isinstance(node, tree.Dataset):
        return symbols_of(node.body, model, Kind.INPUT, Kind.PERSONAS, Kind.DATASET, Kind.MIX)
    return tuple(model.symbols[entry] for entry in node.shares.entries)


def made_by(symbol: Symbol, model: Model) -> Made | None:
    """The dataset or mix whose rows a source gives; None for files."""
    node = symbol.node
    if isinstance(node, tree.Input | tree.Personas):
        behind = model.symbols.get(node.source)
        node = behind.node if behind is not None else None
    return node if isinstance(node, tree.Dataset | tree.Mix) else None
