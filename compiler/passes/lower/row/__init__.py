"""A dataset's steps in; the row function, which is the control flow of one candidate, out.

Each kind of step is printed by a function registered with `@prints(plan.Let)`; importing this package registers them.
"""

from __future__ import annotations

from compiler.passes.lower.row import (  # noqa: F401 - each registers its printers
    calls,
    checks,
    emits,
    loops,
    values,
    whole,
)
from compiler.passes.lower.row.printer import PRINTERS, RowPrinter, prints

__all__ = ["PRINTERS", "RowPrinter", "prints"]
