"""What a build might do at worst and its budget in; a warning where the one exceeds the other, out."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.analysis import Analysis
from dsl import tree
from dsl.diagnostics import Diagnostic
from dsl.source import Span
from runtime.build.dry import Forecast
from runtime.config.model import Budget


def over_budget(found: Iterable[Forecast], budget: Budget, analysis: Analysis) -> list[Diagnostic]:
    """W0904, at the loop where there is one: it is what multiplies calls most."""
    running = [one for one in found if one.how == "run" and one.worst]
    worst = sum(one.worst for one in running)
    if budget.calls is None or worst <= budget.calls:
        return []
    most = max(running, key=lambda one: one.worst)
    return [
        Diagnostic(
            "W0904",
            f"the worst case is {worst:,} calls, and the budget allows {budget.calls:,}",
            _place(analysis, most.dataset),
            notes=tuple(f"`{one.dataset}`: {one.worst:,} calls at worst, {one.high:,} expected" for one in running),
            help="a build stops at its budget and goes on with a larger one; fewer rounds or retries need less",
        )
    ]


def _place(analysis: Analysis, dataset: str) -> Span | None:
    declarations = (found for file in analysis.model.files.values() for found in file.declarations)
    named = (found for found in declarations if isinstance(found, tree.Dataset) and found.name.text == dataset)
    node = next(named, None)
    if node is None:
        return None
    return next((one.over.span for one in node.body if isinstance(one, tree.Loop)), node.name.span)
