"""A model with a root path in; a model with one more part filled in out: the passes, in their order.

    load → names → types → desugar → fingerprint → plan → lower

Each pass is one module with `run(model, context) -> model`. None imports another, and none raises for a user's mistake:
it reports to the context and goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from compiler.context import Context
from compiler.model import Model
from compiler.passes import desugar, fingerprint, load, names, plan, types


def _lower(model: Model, context: Context) -> Model:
    """Imported when it runs: what only checks, which is what people wait for, never gets here."""
    from compiler.passes import lower

    return lower.run(model, context)


class Pass(NamedTuple):
    name: str
    run: Callable[[Model, Context], Model]


PASSES: tuple[Pass, ...] = (
    Pass("load", load.run),
    Pass("names", names.run),
    Pass("types", types.run),
    Pass("desugar", desugar.run),
    Pass("fingerprint", fingerprint.run),
    Pass("plan", plan.run),
    Pass("lower", _lower),
)
