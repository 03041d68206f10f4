"""A criteria pool with its arguments given in; a distribution over subsets of the criteria that hold, out."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.program.distribution import Distribution
from runtime.sampling import shared_pool


class Criteria:
    """`criteria` are (text, weight, holds); those that do not hold for this row cannot be drawn."""

    def __init__(self, criteria: Sequence[tuple[str, float, object]]) -> None:
        held = [(text, weight) for text, weight, holds in criteria if holds and weight > 0]
        self.texts = tuple(text for text, _ in held)
        self.weights = tuple(weight for _, weight in held)

    def pick(self, low: int, high: int) -> Distribution:
        pool = shared_pool(self.texts, self.weights)
        return lambda draws, name: draws.pick(name, pool, low, high)
