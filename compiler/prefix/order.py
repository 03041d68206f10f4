"""A dataset's prompts in; the order of its axes in which neighbouring rows share most, out: outermost first.

Between neighbours the innermost axis changes, and with it all that stands behind its value in a prompt. So the axis
whose value stands first belongs outermost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from math import prod

from compiler import plan
from compiler.constant import Evaluator
from compiler.prefix.model import Prefix
from dsl import tree

MANY = 100
"""Values of an axis whose length only a run knows."""
MOST_AXES = 5
WORTH = 0.02
"""Of the tokens: an order that saves less is not worth a second thought."""


def order(
    dataset: plan.DatasetPlan, prefixes: Sequence[Prefix], evaluator: Evaluator, *, anyhow: bool = False
) -> tuple[str, ...]:
    """The spec's own order where another would show in the result, or would save nothing; `anyhow`: the best one."""
    axes = dataset.of(plan.Axis)
    names = tuple(step.name for step in axes)
    if not 1 < len(names) <= MOST_AXES or (shows(dataset) and not anyhow):
        return names
    counts = {step.name: count(step, evaluator) for step in axes}
    best = min(permutations(names), key=lambda found: read_anew(found, counts, prefixes))
    saved = read_anew(names, counts, prefixes) - read_anew(best, counts, prefixes)
    every = prod(counts.values()) * sum(_tokens(prefix) for prefix in prefixes)
    return best if saved > WORTH * every else names


def shows(dataset: plan.DatasetPlan) -> bool:
    """Whether the result tells in which order candidates were looked at.

    The first so many are taken (`target`), the first of equal ones is (`dedup`), the first of equally good ones is
    (`select`). All else is of one candidate alone, and tables are sorted by their keys.
    """
    return dataset.target is not None or bool(dataset.of(plan.Dedup) or dataset.of(plan.Select))


def count(step: plan.Axis, evaluator: Evaluator) -> int:
    """How many values an axis has, as far as the spec says."""
    match step.values:
        case tree.Range(low=low, high=tree.Expr() as high):
            ends = evaluator.evaluate(low), evaluator.evaluate(high)
            return max(1, ends[1] - ends[0] + 1) if isinstance(ends[0], int) and isinstance(ends[1], int) else MANY
        case tree.Expr() as values:
            found = evaluator.evaluate(values)
            return max(1, len(found)) if isinstance(found, list | tuple) else MANY
    return MANY


def read_anew(order: Sequence[str], counts: Mapping[str, int], prefixes: Sequence[Prefix]) -> float:
    """Tokens that are not those of the row before, over all rows that are run in this order."""
    anew, rows = 0.0, 1
    for depth, name in enumerate(order):
        changes, rows = rows * (counts[name] - 1), rows * counts[name]
        moved = frozenset(order[depth:])
        anew += changes * sum(_behind(prefix, moved, frozenset(counts)) for prefix in prefixes)
    return anew


def _behind(prefix: Prefix, moved: frozenset[str], axes: frozenset[str]) -> int:
    """Tokens from the first segment on that is another one: an axis has moved, or it is the row's own anyway."""
    for place, segment in enumerate(prefix.segments):
        if segment.varies & moved or segment.varies - axes:
            return sum(later.tokens for later in prefix.segments[place:])
    return 0


def _tokens(prefix: Prefix) -> int:
    return sum(segment.tokens for segment in prefix.segments)
