"""A dataset in; every statement checked, in order, and the type of its rows (the unnamed emit's columns) out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from compiler.model import Kind, Symbol
from compiler.passes.types.checker import Checker, declares
from compiler.passes.types.flow import Flow
from compiler.types import ANY, Record, SourceOf, Type
from dsl import tree

Handler = Callable[["Rows", Any], None]
HANDLERS: dict[type[tree.Statement], Handler] = {}
AT_END: list[Callable[[Rows], None]] = []
"""Checks that need every name of the row to have its type."""


def handles(*kinds: type[tree.Statement]) -> Callable[[Handler], Handler]:
    def register(function: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(kinds, function))
        return function

    return register


def at_end(function: Callable[[Rows], None]) -> Callable[[Rows], None]:
    AT_END.append(function)
    return function


@dataclass(slots=True)
class Rows:
    """One dataset while it is checked: what stood so far, which the checks of order look at."""

    c: Checker
    node: tree.Dataset
    symbol: Symbol
    flow: Flow
    settings: dict[str, tree.Set] = field(default_factory=dict)
    axes: list[tree.Each] = field(default_factory=list)
    tables: dict[str | None, Record] = field(default_factory=dict)
    acted: tree.Statement | None = None
    changed: set[str] = field(default_factory=set)

    def statement(self, node: tree.Statement) -> None:
        handler = HANDLERS.get(type(node))
        if handler is not None:
            handler(self, node)
        self.flow.passed(node)

    @property
    def broken(self) -> bool:
        """Whether a statement of this dataset was cut out: what it would have said must not be missed."""
        spans = self.c.model.files[self.symbol.file].broken
        return any(self.node.span.start <= span.start <= self.node.span.end for span in spans)


@declares(Kind.DATASET)
def dataset(c: Checker, symbol: Symbol) -> Type:
    node = cast(tree.Dataset, symbol.node)
    rows = Rows(c, node, symbol, Flow(c))
    for statement in node.body:
        if not isinstance(statement, tree.Audit):
            rows.statement(statement)
    for check in AT_END:
        check(rows)
    for statement in node.body:
        if isinstance(statement, tree.Audit):
            rows.statement(statement)
    if not rows.broken:
        _check_whole(rows)
    return SourceOf(row_type(rows))


def row_type(rows: Rows) -> Type:
    """What another dataset, a mix or personas see: the unnamed emit, else the first."""
    return rows.tables.get(None) or next(iter(rows.tables.values()), ANY)


def _check_whole(rows: Rows) -> None:
    """What a dataset cannot be without: an axis, a table, and an end."""
    report, name = rows.c.report, rows.node.name
    if not rows.axes:
        report("E0401", f"the dataset `{name.text}` has no axis", name.span, help=_AXIS)
    if not rows.tables:
        report("E0402", f"the dataset `{name.text}` emits nothing", name.span, help="add `emit { column = value }`")
    endless = [axis for axis in rows.axes if is_endless(axis)]
    if endless and "target" not in rows.settings:
        help_ = "add `target = 100`, or an end: `1..100`"
        report("E0433", "this axis has no end, and the dataset no target", endless[0].over.span, help=help_)
    for axis in endless:
        if axis is not rows.axes[0]:
            report(
                "W0402",
                f"the axes before `{axis.name.text}` never move on",
                axis.over.span,
                notes=("the last axis changes fastest, and this one has no end",),
                help="put it first, or give it an end",
            )


def is_endless(axis: tree.Each) -> bool:
    """Whether the axis counts on for ever."""
    return isinstance(axis.over, tree.Range) and axis.over.high is None


_AXIS = "say what its candidates are: `each page from pages`, `each take in 1..3`"


@declares(Kind.TABLE)
def table(c: Checker, symbol: Symbol) -> Type:
    """A named emit, in an audit: its columns are known once it has been checked."""
    return c.types.get(symbol.node, ANY) if symbol.node is not None else ANY


@declares(Kind.COLUMN)
def column(c: Checker, symbol: Symbol) -> Type:
    """A column of the unnamed emit, in an audit."""
    return c.types.get(symbol.node.value, ANY) if isinstance(symbol.node, tree.Setting) else ANY


@declares(Kind.KEY)
def key(c: Checker, symbol: Symbol) -> Type:
    return ANY
