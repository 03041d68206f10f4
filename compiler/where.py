"""A condition over a table's columns, as typed after `--where`, in; a Python function of a row, and its source, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from compiler.catalog import MemoryCatalog
from compiler.constant import Evaluator
from compiler.context import Context
from compiler.functions import library
from compiler.functions import null as ops
from compiler.model import Model, Symbol
from compiler.passes.lower.expressions import source
from compiler.passes.lower.layout import Lambda, flat
from compiler.passes.lower.scopes import Site
from compiler.passes.names.resolver import Resolver
from compiler.passes.names.scope import Scope
from compiler.passes.types.checker import Checker, Element, Env
from compiler.plan import DatasetPlan
from compiler.types import Record, RecordField, Type
from dsl import tree
from dsl.diagnostics import SynthError
from dsl.parser import parse_expression

PATH = "--where"


@dataclass(frozen=True, slots=True)
class Where:
    """`source` is the lambda that `holds` runs; a null condition does not hold."""

    text: str
    source: str
    holds: Callable[[Mapping[str, Any]], bool]


class _NoModule:
    """A condition on the command line has no module around it: no parameters, prompts or judges."""

    model = Model(PATH)
    evaluator = Evaluator({}, {}, MemoryCatalog())
    dataset: DatasetPlan

    def constant(self, symbol: Symbol) -> str:
        raise LookupError(symbol.name)


def where(text: str, columns: Mapping[str, Type], path: str = PATH) -> Where:
    """Checks `text` against the columns. A mistake in it raises SynthError, placed in `Source(path, text)`.

    >>> from compiler.types import INT
    >>> where("n in 2..3", {"n": INT}).source
    'lambda it: 2 <= it["n"] <= 3'
    """
    node = parse_expression(text, path)
    row = Record("row", tuple(RecordField(name, kind) for name, kind in columns.items()))
    model = _checked(node, row, path)
    site = Site(model, cast(Any, _NoModule()), elements=(row,))
    written = flat(Lambda("it", source(node, site)))
    function = eval(written, {"__builtins__": {}, "fn": library, "ops": ops})  # our own printing of a checked tree
    return Where(text, written, lambda values: bool(function(values)))


def _checked(node: tree.Expr, row: Record, path: str) -> Model:
    context = Context(MemoryCatalog())
    symbols: dict[tree.Node, Symbol] = {}
    Resolver(path, {}, context, symbols, set()).expr(node, Scope(lenient=True))
    checker = Checker(Model(path), context, symbols)
    checker.condition(node, "a condition", Env(element=Element(row, None, None)))
    if context.diagnostics:
        raise SynthError(*context.diagnostics)
    return Model(path, symbols=checker.symbols, types=checker.types)
