"""A seed, a dataset's name and many rows' keys in; any draw of all these rows out, to the bit as `Draws` gives them.

One hash for each row is computed as ever (ADR 0008); all that follows from its 64 bits is done for all rows at once.

>>> ManyDraws(0, "tickets", [("break", 1), ("break", 2)]).integers("n", 0, 9).shape
(2,)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from runtime.sampling.hashing import many_row_bits, name_bits
from runtime.sampling.many_numbers import integers, normals, units
from runtime.sampling.many_places import firsts, orders
from runtime.sampling.pool import Pool, pool_of, shared_pool
from runtime.sampling.vector import Words, mixed

Element = TypeVar("Element")
Floats = npt.NDArray[np.float64]


class ManyDraws:
    """Draws of many rows, each in the order of `keys`."""

    __slots__ = ("rows",)

    def __init__(self, seed: int, dataset: str, keys: Iterable[tuple[Any, ...]]) -> None:
        self.rows: Words = np.frombuffer(many_row_bits(seed, dataset, keys), ">u8").astype(np.uint64)

    def __len__(self) -> int:
        return len(self.rows)

    def bits(self, name: str) -> Words:
        return mixed(self.rows ^ np.uint64(name_bits(name)))

    def integers(self, name: str, low: int, high: int) -> npt.NDArray[Any]:
        """Of 64 bits; Python's own integers where those do not hold the range."""
        return integers(self.bits(name), low, high)

    def uniform(self, name: str, low: float, high: float) -> Floats:
        return low + (high - low) * units(self.bits(name))

    def normal(self, name: str, mu: float, sigma: float) -> Floats:
        return normals(self.bits(name), mu, sigma)

    def weighted(self, name: str, weights: Mapping[str, float]) -> list[str]:
        return self.one(name, shared_pool(tuple(weights), tuple(weights.values())))

    def choose(self, name: str, elements: Sequence[Element]) -> list[Element]:
        return self.one(name, pool_of(elements))

    def one(self, name: str, pool: Pool[Element]) -> list[Element]:
        """ValueError where there is nothing to draw."""
        elements = pool.elements
        if not elements:
            raise ValueError("nothing to draw from")
        return [elements[place] for place in firsts(pool.placement, self.bits(name)).tolist()]

    def pick(self, name: str, pool: Pool[Element], low: int, high: int | None = None) -> list[list[Element]]:
        bits, elements = self.bits(name), pool.elements
        counts = integers(bits, low, low if high is None else high)
        places = orders(pool.placement, bits, counts)
        return [[elements[place] for place in found] for found in places]
