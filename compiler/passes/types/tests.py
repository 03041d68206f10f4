"""A `test` in; what it gives, mocks and expects checked against the dataset it is of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from compiler.constant import UNKNOWN
from compiler.filling import JSON_TEXT, in_json, innermost
from compiler.literal import literal
from compiler.model import Kind, Symbol
from compiler.passes.types.checker import EARLY, STILL, Checker
from compiler.passes.types.flow import row_names
from compiler.passes.types.relations import bare, fits, solid
from compiler.prelude import RESULT_PROPERTIES
from compiler.types import ANY, SAID, JsonOf, List, Optional, Record, RecordField, SourceOf, ToolResult, Type, Verdict
from dsl import tree
from dsl.diagnostics import Related, did_you_mean

_GIVEN = frozenset({Kind.AXIS, Kind.DRAW, Kind.PARAM, Kind.INPUT, Kind.PERSONAS, Kind.DATASET, Kind.MIX})
_MOCKED = frozenset({Kind.GEN, Kind.RUN, Kind.JUDGE})


def check_test(c: Checker, node: tree.Test) -> None:
    dataset = _dataset(c, node)
    _check_once(c, node)
    for statement in node.body:
        if isinstance(statement, tree.Given):
            _given(c, statement)
        elif isinstance(statement, tree.Mock):
            _mock(c, statement)
        elif isinstance(statement, tree.ExpectThat):
            c.condition(statement.condition, "what follows `expect that`", STILL)
        elif isinstance(statement, tree.ExpectRow) and statement.dropped_by is not None and dataset is not None:
            _dropped_by(c, statement.dropped_by, dataset)


def _check_once(c: Checker, node: tree.Test) -> None:
    """Of two values for one name only one could count."""
    first: dict[tuple[type[tree.Statement], str], tree.Name] = {}
    for statement in node.body:
        if isinstance(statement, tree.Given | tree.Mock):
            name = statement.name
            known = first.setdefault((type(statement), name.text), name)
            if known is not name:
                message = f"the test says twice what `{name.text}` is"
                related = (Related(known.span, "first here"),)
                c.report("E0202", message, name.span, related=related, help="take one of them out")


def _dataset(c: Checker, node: tree.Test) -> tree.Dataset | None:
    if node.dataset is not None:
        symbol = c.symbols.get(node.dataset)
        found = symbol.node if symbol is not None else None
    else:
        scope = c.model.scopes[node.span.path].names.values()
        found = next((symbol.node for symbol in scope if symbol.kind is Kind.DATASET), None)
    return found if isinstance(found, tree.Dataset) else None


def _not(c: Checker, name: tree.Name, symbol: Symbol, verb: str, help_: str) -> None:
    c.report(
        "E0426",
        f"`{name.text}` is a {symbol.kind.value}: a test does not {verb} it",
        name.span,
        related=c.declared_here(symbol),
        help=help_,
    )


def _given(c: Checker, node: tree.Given) -> None:
    symbol = c.symbols.get(node.name)
    if symbol is None or symbol.kind is Kind.UNKNOWN:
        c.infer(node.value, EARLY)
        return
    if symbol.kind not in _GIVEN:
        help_ = "`mock` answers for gens, runs and judges" if symbol.kind in _MOCKED else "give axes, draws and params"
        c.infer(node.value, EARLY)
        _not(c, node.name, symbol, "give a value to", help_)
        return
    wanted = c.of(symbol)
    if isinstance(wanted, SourceOf):
        wanted = List(wanted.row)
    c.expect(_as_text(c, _read(c, node.value), wanted), wanted, f"`{node.name.text}`", EARLY)


def _mock(c: Checker, node: tree.Mock) -> None:
    """A value of one call's type answers every call; a list of such values answers them in order."""
    symbol = c.symbols.get(node.name)
    if symbol is None or symbol.kind is Kind.UNKNOWN:
        c.infer(node.value, EARLY)
        return
    if symbol.kind not in _MOCKED:
        c.infer(node.value, EARLY)
        _not(
            c,
            node.name,
            symbol,
            "mock",
            "`given` sets axes, draws and params; `mock` answers for gens, runs and judges",
        )
        return
    one = per_call(c, symbol)
    _expect_answer(c, _as_text(c, _read(c, node.value), one), one, f"one answer of `{node.name.text}`")


def per_call(c: Checker, symbol: Symbol) -> Type:
    """What one call of a gen, run or judge gives."""
    if symbol.kind is Kind.GEN:
        return c.types.get(cast(tree.Gen, symbol.node).type, ANY)
    kind = solid(c.of(symbol))
    if isinstance(kind, Verdict):
        return SAID[kind.kind]
    while isinstance(kind, List):
        kind = solid(kind.element)
    return _partial(kind) if isinstance(kind, ToolResult) else kind


def _partial(kind: ToolResult) -> Record:
    """A mocked result says what matters to the test; the rest is null."""
    properties = (*RESULT_PROPERTIES, *kind.properties)
    return Record(str(kind), tuple(RecordField(name, Optional(of)) for name, of in properties))


def _expect_answer(c: Checker, value: tree.Expr, one: Type, what: str) -> None:
    if isinstance(innermost(one), JsonOf):  # which values it has, and whether a list's are alike, its schema says
        return
    listed = isinstance(value, tree.ListExpr) and not (isinstance(solid(one), List) and not _nested(value))
    wanted = List(one) if listed else one
    given = bare(c.infer(value, EARLY, wanted))
    if not fits(given, one) and not fits(given, List(one)):
        c.mismatch(value, given, one, what)


def _nested(node: tree.ListExpr) -> bool:
    return bool(node.items) and all(isinstance(item, tree.ListExpr) for item in node.items)


def _read(c: Checker, value: tree.Expr) -> tree.Expr:
    """The value as it would be written in the test: what a fixture holds is checked where the fixture is named."""
    if not any(_is_fixture(node) for node in tree.walk(value)):
        return value
    if isinstance(value, tree.ListExpr):
        return replace(value, items=tuple(_read(c, item) for item in value.items))
    if isinstance(value, tree.ObjectExpr):
        return replace(value, entries=tuple(replace(entry, value=_read(c, entry.value)) for entry in value.entries))
    c.infer(value, EARLY)
    held = c.evaluate(value)
    return value if held is UNKNOWN else literal(held, value.span)


def _as_text(c: Checker, value: tree.Expr, wanted: Type) -> tree.Expr:
    """Where `json` is wanted, an object stands for its JSON text, as it does in a file."""
    kind = solid(wanted)
    if isinstance(value, tree.ListExpr):
        element = kind.element if isinstance(kind, List) else kind
        items = tuple(_as_text(c, item, element) for item in value.items)
        return value if items == value.items else replace(value, items=items)
    if not isinstance(value, tree.ObjectExpr):
        return value
    if kind == JSON_TEXT:
        held = c.evaluate(value)
        return value if held is UNKNOWN else literal(in_json(held, kind), value.span)
    fields = {item.name: item.type for item in kind.fields} if isinstance(kind, Record) else {}
    made = tuple(_as_text(c, entry.value, fields.get(entry.key, ANY)) for entry in value.entries)
    if made == tuple(entry.value for entry in value.entries):
        return value
    return replace(value, entries=tuple(replace(e, value=new) for e, new in zip(value.entries, made, strict=True)))


def _is_fixture(node: tree.Node) -> bool:
    return isinstance(node, tree.Call) and isinstance(node.callee, tree.Ref) and node.callee.name == "fixture"


def _dropped_by(c: Checker, node: tree.Expr, dataset: tree.Dataset) -> None:
    if not isinstance(node, tree.Ref):
        c.report("E0428", "`dropped by` takes a name", node.span, help="any name in the condition that fails")
        return
    symbol = c.symbols.get(node)
    if symbol is not None and symbol.kind is Kind.UNKNOWN:
        return
    names = list(dict.fromkeys(_droppers(c, dataset.body)))
    if node.name not in names:
        c.report(
            "E0428",
            f"no statement drops a row by `{node.name}`",
            node.span,
            label=did_you_mean(node.name, names),
            notes=(f"rows are dropped by: {', '.join(names)}",) if names else ("this dataset drops no rows",),
        )


def _droppers(c: Checker, body: tuple[tree.Statement, ...]) -> Iterator[str]:
    """Names in conditions that drop, and gens, whose answers may fail their type."""
    for statement in body:
        if isinstance(statement, tree.Gen):
            yield statement.name.text
        elif isinstance(statement, tree.Require | tree.Filter):
            yield from row_names(c, statement.condition)
        elif isinstance(statement, tree.Dedup | tree.Decontaminate):
            yield from row_names(c, statement.value)
        elif isinstance(statement, tree.Loop):
            yield from _droppers(c, statement.body)
