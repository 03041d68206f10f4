"""A model with a root path in; a model with one more part filled in out: the passes, in their order.

    load → names → types → desugar → fingerprint → plan → lower

Each pass is one module with `run(model, context) -> model`. None imports another, and none raises for a user's mistake:
it reports to the context and goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from compiler.context import Context
from compiler.model import Model

NAMES = ("load", "names", "types", "desugar", "fingerprint", "plan", "lower")


class Pass(NamedTuple):
    name: str
    run: Callable[[Model, Context], Model]


def _pass(name: str) -> Pass | None:
    path = f"compiler.passes.{name}"
    if find_spec(path) is None:
        return None
    run = getattr(import_module(path), "run", None)
    return Pass(name, run) if run else None


PASSES: tuple[Pass, ...] = tuple(found for name in NAMES if (found := _pass(name)))
