"""A statement that looks at the whole table in; its line out."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import plan
from compiler.passes.lower import expressions
from compiler.passes.lower.layout import Doc, call, statement, text
from compiler.passes.lower.row.printer import RowPrinter, prints


@prints(plan.Dedup)
def dedup(row: RowPrinter, step: plan.Dedup, indent: str) -> Iterator[str]:
    yield statement("", call("row.dedup", text(step.id), row.site().as_text(step.value).doc), indent=indent)


@prints(plan.Decontaminate)
def decontaminate(row: RowPrinter, step: plan.Decontaminate, indent: str) -> Iterator[str]:
    yield statement("", call("row.decontaminate", text(step.id), row.site().as_text(step.value).doc), indent=indent)


@prints(plan.Select)
def select(row: RowPrinter, step: plan.Select, indent: str) -> Iterator[str]:
    site = row.site()
    items: list[Doc] = [text(step.id), expressions.source(step.by, site)]
    if step.apart is not None:
        items.append(site.as_text(step.apart).doc)
    yield statement("", call("row.select", *items), indent=indent)
