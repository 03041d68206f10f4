"""A seed, a dataset's name and a row's key in; any of the row's draws out, in constant time, without any other row.

>>> Draws(0, "tickets", ("break", 1)).integers("n", 0, 9) in range(10)
True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from runtime.sampling import numbers
from runtime.sampling.hashing import draw_bits, row_bits
from runtime.sampling.pool import Pool, pool_of, shared_pool

Element = TypeVar("Element")


class Draws:
    """One row's draws. Each is decided by hash(seed, dataset, its name, row key) alone: adding a draw, a row or a
    machine changes no other.
    """

    __slots__ = ("row",)

    def __init__(self, seed: int, dataset: str, key: tuple[Any, ...]) -> None:
        self.row = row_bits(seed, dataset, key)

    def bits(self, name: str) -> int:
        return draw_bits(self.row, name)

    def integers(self, name: str, low: int, high: int) -> int:
        """`low` to `high`, both included."""
        return numbers.integer(draw_bits(self.row, name), low, high)

    def uniform(self, name: str, low: float, high: float) -> float:
        return numbers.uniform(draw_bits(self.row, name), low, high)

    def normal(self, name: str, mu: float, sigma: float) -> float:
        return numbers.normal(draw_bits(self.row, name), mu, sigma)

    def weighted(self, name: str, weights: Mapping[str, float]) -> str:
        """A key, as likely as its share of the weights' sum."""
        return shared_pool(tuple(weights), tuple(weights.values())).one(draw_bits(self.row, name))

    def choose(self, name: str, elements: Sequence[Element]) -> Element:
        """One of a plain list, all equally likely; the elements are their own ids."""
        return pool_of(elements).one(draw_bits(self.row, name))

    def one(self, name: str, pool: Pool[Element]) -> Element:
        """One element of a source."""
        return pool.one(draw_bits(self.row, name))

    def pick(self, name: str, pool: Pool[Element], low: int, high: int | None = None) -> list[Element]:
        """`low` to `high` distinct elements of a source, in drawn order."""
        return pool.pick(draw_bits(self.row, name), low, high)
