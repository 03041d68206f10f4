"""Every example of the registry parses, and every one over values holds when it is run on the library."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import pytest

from compiler.functions import DRAWS, METHODS, REGISTRY, RESULTS, Function, library
from dsl import tree
from dsl.parser import parse_expression

RUNNABLE = [
    entry for entry in (*REGISTRY.values(), *METHODS.values()) if entry.code is not None and entry.place == "anywhere"
]
OPERATORS = {"==": operator.eq, ">": operator.gt, "*": operator.mul, "-": operator.sub}


def run(node: tree.Expr, names: Mapping[str, Any]) -> Any:
    """A small interpreter for examples: constants, lists, records, operators, calls and methods."""
    match node:
        case tree.Constant():
            return node.value
        case tree.ListExpr():
            return [run(item, names) for item in node.items]
        case tree.ObjectExpr():
            return {entry.key: run(entry.value, names) for entry in node.entries}
        case tree.Ref():
            return names[node.name]
        case tree.Unary():
            return -run(node.operand, names)
        case tree.Binary():
            return OPERATORS[node.op](run(node.left, names), run(node.right, names))
        case tree.Call(callee=tree.Ref(name=name)):
            return call(name, REGISTRY[name], node, [], names)
        case tree.Call(callee=tree.Attr()) | tree.Attr():
            return member(node, names)
    raise AssertionError(f"no example has had a {type(node).__name__} so far")


def member(node: tree.Call | tree.Attr, names: Mapping[str, Any]) -> Any:
    attr = node if isinstance(node, tree.Attr) else node.callee
    assert isinstance(attr, tree.Attr)
    base = run(attr.base, names)
    if isinstance(base, dict):
        return base[attr.name.text]
    entry = METHODS[f"{'list' if isinstance(base, list) else 'str'}.{attr.name.text}"]
    return call(attr.name.text, entry, node if isinstance(node, tree.Call) else None, [base], names)


def call(name: str, entry: Function, node: tree.Call | None, given: list[Any], names: Mapping[str, Any]) -> Any:
    assert entry.code is not None, name
    params = {param.name: param for param in entry.signature.params}
    named: dict[str, Any] = {}
    positions = iter(entry.signature.params)
    for arg in node.args if node else ():
        param = params[arg.name.text] if arg.name else next(positions, entry.signature.params[-1])
        element = str(param.type).startswith("each")
        value = (lambda it, e=arg.value: run(e, {**names, "it": it})) if element else run(arg.value, names)
        if arg.name:
            named[arg.name.text] = value
        else:
            given.append(value)
    return getattr(library, entry.code)(*given, **named)


@pytest.mark.parametrize("entry", RUNNABLE, ids=lambda entry: entry.title)
def test_an_example_holds(entry: Function) -> None:
    node = parse_expression(entry.example, "example")
    assert run(node, {}) is True, entry.example


@pytest.mark.parametrize("entry", [*RESULTS.values(), *REGISTRY.values()], ids=lambda entry: entry.title)
def test_every_example_over_results_and_files_parses(entry: Function) -> None:
    assert parse_expression(entry.example, "example")


@pytest.mark.parametrize("entry", [*DRAWS.values(), METHODS["list.pick"]], ids=lambda entry: entry.title)
def test_every_example_of_a_draw_parses_right_of_the_tilde(entry: Function) -> None:
    assert parse_expression(entry.example.split("~", 1)[1].strip(), "example")
