"""A criteria pool with its arguments given in; a distribution over subsets of the criteria that hold, out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from runtime.program.distribution import Distribution
from runtime.sampling import Pool, shared_pool


@lru_cache(maxsize=4096)
def _pool(criteria: Sequence[tuple[str, float, bool]]) -> Pool[str]:
    """Built once for all rows for which the same criteria hold; `True` is one that does not."""
    held = [(text, weight) for text, weight, left_out in criteria if weight > 0 and not left_out]
    return shared_pool(tuple(text for text, _ in held), tuple(weight for _, weight in held))


class Criteria:
    """`criteria` are (text, weight, holds); those that do not hold for this row cannot be drawn."""

    def __init__(self, criteria: Sequence[tuple[str, float, object]]) -> None:
        self._pool = _pool(tuple([(text, weight, not holds) for text, weight, holds in criteria]))

    def pick(self, low: int, high: int) -> Distribution:
        pool = self._pool
        return lambda draws, name: draws.pick(name, pool, low, high)
