"""A checked model in; the conditions that engines can decode under, by the gen whose text they are about, out.

The `require` stays a check: an engine's promise is never the only one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compiler.constant import Evaluator
from compiler.context import Context
from compiler.lifting import conjuncts, generated_text
from compiler.model import Model
from compiler.types import STR, Generated
from dsl import tree


def run(model: Model, context: Context) -> Model:
    evaluator = Evaluator(model.symbols, model.values, context.catalog)
    lifted: dict[tree.Node, tuple[tree.Node, ...]] = {}
    for body in _bodies(model):
        for condition in _required(body):
            symbol = generated_text(condition, evaluator)
            gen = symbol.node if symbol is not None else None
            if isinstance(gen, tree.Gen) and gen in body and _is_one_text(gen, model):
                lifted[gen] = (*lifted.get(gen, ()), condition)
    return replace(model, lifted=lifted)


def _bodies(model: Model) -> Iterator[tuple[tree.Statement, ...]]:
    """Every list of statements that run together: datasets, and loops on their own."""
    for file in model.files.values():
        for declaration in file.declarations:
            if isinstance(declaration, tree.Dataset):
                yield declaration.body
                yield from _loops(declaration.body)


def _loops(body: tuple[tree.Statement, ...]) -> Iterator[tuple[tree.Statement, ...]]:
    for statement in body:
        if isinstance(statement, tree.Loop):
            yield statement.body
            yield from _loops(statement.body)


def _required(body: tuple[tree.Statement, ...]) -> Iterator[tree.Expr]:
    for statement in body:
        if isinstance(statement, tree.Require):
            yield from conjuncts(statement.condition)


def _is_one_text(gen: tree.Gen, model: Model) -> bool:
    """One plain text for each row: not a list of samples, not sometimes null, not read by a parser of its own."""
    kind = model.types.get(gen)
    plain = kind.base if isinstance(kind, Generated) else kind
    return plain == STR and not gen.fors and gen.times is None and gen.condition is None
