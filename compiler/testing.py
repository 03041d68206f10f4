"""A checked `test` in; what it gives, mocks and expects, as plain values and printed expressions, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from compiler import plan
from compiler.catalog import Catalog
from compiler.constant import UNKNOWN, Evaluator
from compiler.filling import filled
from compiler.model import Kind, Model
from compiler.passes.lower import expressions
from compiler.passes.lower.layout import flat
from compiler.passes.lower.module import Module
from compiler.passes.lower.scopes import Site
from compiler.types import ANY, Type
from dsl import tree
from dsl.diagnostics import Diagnostic
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Expectation:
    """`name` is set for `dropped by name`; `code` for `that`: a Python lambda over the row's values, `it`."""

    kind: Literal["kept", "dropped", "that"]
    text: str
    span: Span
    name: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Test:
    """`params` are given as expressions: a test of other parameters is a test of another compilation.

    `constants` are the values that the expectations' code names beside `it`; `places` say where a value that is given
    or mocked stands.
    """

    title: str
    dataset: str
    span: Span
    given: Mapping[str, object]
    params: Mapping[str, tree.Expr]
    mocks: Mapping[str, object]
    expectations: tuple[Expectation, ...]
    constants: Mapping[str, object] = field(default_factory=dict)
    mistakes: tuple[Diagnostic, ...] = ()
    places: Mapping[str, Span] = field(default_factory=dict)


def tests_of(model: Model, dataset: plan.DatasetPlan, catalog: Catalog) -> tuple[Test, ...]:
    """The tests of one dataset, in file order."""
    evaluator = Evaluator(model.symbols, model.values, catalog)
    return tuple(_test(item, model, dataset, evaluator) for item in dataset.tests)


def _test(item: plan.TestPlan, model: Model, dataset: plan.DatasetPlan, evaluator: Evaluator) -> Test:
    module = Module(model, dataset, evaluator)
    given: dict[str, object] = {}
    params: dict[str, tree.Expr] = {}
    mocks: dict[str, object] = {}
    mistakes: list[Diagnostic] = []
    for node in item.node.body:
        if isinstance(node, tree.Given) and _is_param(node, model):
            params[node.name.text] = node.value
        elif isinstance(node, tree.Given | tree.Mock):
            value = evaluator.evaluate(node.value)
            if value is UNKNOWN:
                mistakes.append(_not_constant(node))
            value = filled(value, _type_of(node, model), evaluator)
            (given if isinstance(node, tree.Given) else mocks)[node.name.text] = value
    expected = tuple(
        _expectation(node, model, module)
        for node in item.node.body
        if isinstance(node, tree.ExpectRow | tree.ExpectThat)
    )
    constants = {name: model.values[symbol] for symbol, name in module.values.items() if symbol in model.values}
    return Test(
        title=item.title,
        dataset=dataset.name,
        span=item.node.title_span,
        given=given,
        params=params,
        mocks=mocks,
        expectations=expected,
        constants=constants,
        mistakes=tuple(mistakes),
        places={node.name.text: node.value.span for node in item.node.body if isinstance(node, tree.Given | tree.Mock)},
    )


def _type_of(node: tree.Given | tree.Mock, model: Model) -> Type:
    """Of a gen it is what one call gives; a run's result and a verdict are told by their mocks as they are."""
    symbol = model.symbols.get(node.name)
    declared = symbol.node if symbol is not None else None
    if declared is None or (isinstance(node, tree.Mock) and not isinstance(declared, tree.Gen)):
        return ANY
    return model.types.get(declared.type if isinstance(declared, tree.Gen) else declared, ANY)


def _is_param(node: tree.Given, model: Model) -> bool:
    symbol = model.symbols.get(node.name)
    return symbol is not None and symbol.kind is Kind.PARAM


def _not_constant(node: tree.Given | tree.Mock) -> Diagnostic:
    return Diagnostic(
        "E0436",
        f"the value of `{node.name.text}` in a test cannot be known before anything runs",
        node.value.span,
        help="give a plain value, or one read with `fixture(…)`",
    )


def _expectation(node: tree.ExpectRow | tree.ExpectThat, model: Model, module: Module) -> Expectation:
    text = module.wording(node)
    if isinstance(node, tree.ExpectThat):
        site = Site(model, module).each_row()
        return Expectation("that", text, node.span, code=f"lambda it: {flat(expressions.source(node.condition, site))}")
    if isinstance(node.dropped_by, tree.Ref):
        return Expectation("dropped", text, node.span, name=node.dropped_by.name)
    return Expectation("kept", text, node.span)
