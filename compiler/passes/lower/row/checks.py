"""A statement that drops or marks a candidate in; its line out."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import plan
from compiler.passes.lower import expressions
from compiler.passes.lower.layout import Bracket, Doc, Leaf, call, literal, statement, text, value
from compiler.passes.lower.row.printer import RowPrinter, prints


@prints(plan.Require)
def require(row: RowPrinter, step: plan.Require, indent: str) -> Iterator[str]:
    named: dict[str, Doc] = {"retry": value(step.times), "rerun": _names(step.reruns)} if step.times else {}
    items = (text(step.id), expressions.source(step.condition, row.site()))
    yield statement("", call("row.require", *items, **named), indent=indent)


def _names(names: tuple[str, ...]) -> Doc:
    """A tuple of strings; a trailing comma where there is one."""
    items = [literal(name) for name in names]
    return Leaf(f"({items[0]},)") if len(items) == 1 else Bracket("(", tuple(map(Leaf, items)), ")")


@prints(plan.Filter)
def filter_(row: RowPrinter, step: plan.Filter, indent: str) -> Iterator[str]:
    condition = expressions.source(step.condition, row.site())
    yield statement("", call("row.filter", text(step.id), condition), indent=indent)


@prints(plan.Flag)
def flag(row: RowPrinter, step: plan.Flag, indent: str) -> Iterator[str]:
    condition = expressions.source(step.condition, row.site())
    yield statement("", call("row.flag", text(step.id), condition), indent=indent)
