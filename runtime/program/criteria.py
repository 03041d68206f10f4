"""A criteria pool with its arguments given in; a distribution over subsets of the criteria that hold, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pick:
    """k distinct elements, low <= k <= high, of weighted `items`; `ids` identify them across versions."""

    ids: tuple[str, ...]
    items: tuple[object, ...]
    weights: tuple[float, ...]
    low: int
    high: int


class Criteria:
    """`criteria` are (text, weight, holds); those that do not hold for this row cannot be drawn."""

    def __init__(self, criteria: Sequence[tuple[str, float, object]]) -> None:
        self.held = tuple((text, weight) for text, weight, holds in criteria if holds and weight > 0)

    def pick(self, low: int, high: int) -> Pick:
        texts = tuple(text for text, _ in self.held)
        return Pick(texts, texts, tuple(weight for _, weight in self.held), low, high)
