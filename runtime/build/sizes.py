"""A dataset's plan in; how many calls a row makes for each gen, as far as the spec says it, out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compiler import plan
from compiler.types import Generated, List, Optional, Type


@dataclass(frozen=True, slots=True)
class Size:
    """`each` are the calls of one pass: samples and elements; `rounds` how often a loop comes to it at most."""

    each: int = 1
    rounds: int = 1


def sizes(dataset: plan.DatasetPlan) -> dict[str, Size]:
    """By gen. A list whose length only a row knows counts as one element, and so does a loop of unknown length."""
    found: dict[str, Size] = {}
    lengths: dict[str, int] = {}
    for step, rounds in _gens(dataset.steps, 1):
        each = 1
        for place, level in enumerate(_levels(step.type)):
            if level.along == step.name:
                lengths[step.name] = level.length or 1
            if place < len(step.fors) + (step.times is not None):
                each *= level.length or lengths.get(level.along or "", 1)
        found[step.name] = Size(each, rounds)
    return found


def _gens(steps: Sequence[plan.Step], rounds: int) -> Iterator[tuple[plan.Gen, int]]:
    for step in steps:
        if isinstance(step, plan.Gen):
            yield step, rounds
        elif isinstance(step, plan.Loop):
            yield from _gens(step.steps, rounds * max(step.rounds or 1, 1))


def _levels(kind: Type) -> Iterator[List]:
    """The lists that `for` and `times` make, the outermost first, and then what one call gives."""
    while isinstance(kind, Optional | Generated):
        kind = kind.base
    if isinstance(kind, List):
        yield kind
        yield from _levels(kind.element)
