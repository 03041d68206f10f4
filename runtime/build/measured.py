"""An audit and a result in; what each measure of it came to, in the spec's own words, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from compiler import plan
from compiler.functions import RESULTS, results
from dsl import tree

Said = tuple[str, object]
"""The code of a function over a result, and what it came to."""


class Told:
    """The functions over a result, which note what they come to, in the order in which they are asked."""

    def __init__(self) -> None:
        self._told: list[Said] = []

    def __getattr__(self, code: str) -> Callable[..., object]:
        function = getattr(results, code)

        def telling(*args: Any, **named: Any) -> object:
            value = function(*args, **named)
            self._told.append((code, value))
            return value

        return telling

    def taken(self) -> list[Said]:
        """What was told since this was asked last."""
        told, self._told = self._told, []
        return told


def telling(gates: Any, told: Told) -> Callable[[Any], Iterator[tuple[str, object]]]:
    """The printed gates as they are, but over measures that tell: one that fails can say by how much."""
    return FunctionType(gates.__code__, {**gates.__globals__, "measure": told})


def measured(step: plan.Audit, told: list[Said]) -> str:
    """`` `distinct(area)` is 0.31, `mean(size)` is 4 ``; "" where `if` hides which call told what."""
    if any(isinstance(node, tree.Conditional) for node in tree.walk(step.condition)):
        return ""
    found = []
    for name, call in sorted(_measures(step.condition), key=lambda one: one[1].span.start):
        said = next((one for one in told if one[0] == RESULTS[name].code), None)
        if said is not None:
            told.remove(said)
            found.append(f"`{_text(step, call, name)}` is {_shown(said[1])}")
    return ", ".join(found)


def _measures(node: tree.Node) -> Iterator[tuple[str, tree.Call]]:
    """The calls over the whole result: what stands inside one is about a row."""
    if isinstance(node, tree.Call) and isinstance(node.callee, tree.Ref) and node.callee.name in RESULTS:
        yield node.callee.name, node
        return
    for child in tree.children(node):
        yield from _measures(child)


def _text(step: plan.Audit, call: tree.Call, name: str) -> str:
    """As it was written, where the statement stands on one line."""
    whole = len(step.title) == step.span.end - step.span.start
    start = call.span.start - step.span.start
    return step.title[start : start + call.span.end - call.span.start] if whole else f"{name}(…)"


def _shown(value: object) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return f"{value:,.6g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
