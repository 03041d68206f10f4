"""An axis, a draw or a `let` in; its line out."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import plan
from compiler.passes.lower import calls, expressions
from compiler.passes.lower.layout import call, statement, text
from compiler.passes.lower.nulls import with_nulls
from compiler.passes.lower.row.printer import RowPrinter, prints


@prints(plan.Axis)
def axis(row: RowPrinter, step: plan.Axis, indent: str) -> Iterator[str]:
    yield statement(f"{row.declare(step.name)} = ", call("row.axis", text(step.name)), indent=indent)


@prints(plan.Draw)
def draw(row: RowPrinter, step: plan.Draw, indent: str) -> Iterator[str]:
    given = calls.distribution(step.distribution, row.site())
    yield statement(f"{row.declare(step.name)} = ", call("row.draw", text(step.name), given), indent=indent)


@prints(plan.Let)
def let(row: RowPrinter, step: plan.Let, indent: str) -> Iterator[str]:
    site = row.site()
    given, kind = expressions.source(step.value, site), with_nulls(step.value, site)
    known = None if kind == site.type_of(step.value) else kind
    yield statement(f"{row.declare(step.name, known)} = ", call("row.let", text(step.name), given), indent=indent)
