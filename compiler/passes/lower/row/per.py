"""A step in; what stands behind it for `target … per` out: where a group is known, where a full one's rows end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from compiler import plan
from compiler.passes.lower import expressions
from compiler.passes.lower.layout import call, statement

if TYPE_CHECKING:
    from compiler.passes.lower.row.printer import RowPrinter


def after(row: RowPrinter, step: plan.Step, indent: str) -> Iterator[str]:
    per = row.dataset.per
    if per is not None and step.id == per.known:
        yield statement("", call("row.group", expressions.source(per.value, row.site())), indent=indent)
    if per is not None and step.id == per.settled:
        yield statement("", call("row.stop_if_full"), indent=indent)
