"""Resolved files in; the type of every expression, statement and declaration, and the values of params, out.

Declarations are typed when first asked for, in any order; then what stands in each is checked, once, in file order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from compiler.constant import UNKNOWN
from compiler.context import Context
from compiler.model import Kind, Model
from compiler.passes.types import (  # noqa: F401 - each registers its rules
    axes,
    calls,
    conditions,
    data,
    emits,
    filters,
    gens,
    loops,
    mixes,
    operators,
    sources,
    values,
)
from compiler.passes.types.checker import Checker
from compiler.passes.types.declarations import check_criteria, check_model, check_prompt
from compiler.passes.types.judges import check_judge
from compiler.passes.types.params import check_params
from compiler.passes.types.tests import check_test
from dsl import tree

_BODIES: dict[type[tree.Declaration], Callable[[Checker, Any], None]] = {
    tree.Criteria: check_criteria,
    tree.Model: check_model,
    tree.Prompt: check_prompt,
    tree.Judge: check_judge,
    tree.Test: check_test,
}


def run(model: Model, context: Context) -> Model:
    checker = Checker(model, context, dict(model.symbols))
    check_params(checker)
    for file in model.files.values():
        for declaration in file.declarations:
            symbol = checker.symbols.get(declaration)
            if symbol is not None:
                checker.of(symbol)
            check = _BODIES.get(type(declaration))
            if check is not None:
                check(checker, declaration)
    known = {symbol: value for symbol, value in checker.values.items() if value is not UNKNOWN}
    params = {symbol.name: value for symbol, value in known.items() if symbol.kind is Kind.PARAM}
    found = replace(model, symbols=checker.symbols, types=checker.types, owners=checker.owners)
    return replace(found, params=params, values=known)
