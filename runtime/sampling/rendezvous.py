"""Element hashes (and weights) and a row's 64 bits in; which elements the row draws, out: rendezvous hashing.

Every element gets a score from its own hash and the row's bits, and the lowest wins. An element that joins takes rows
from all others evenly and moves nothing between them. With weights the score is -log(1 - u) / weight, an exponential
variable whose rate is the weight, so shares are exact (Thaler and Ravishankar 1998; Schindelhauer and Schomaker 2005).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from struct import Struct
from typing import Protocol

from runtime.sampling.hashing import FIRST, MASK, SECOND
from runtime.sampling.numbers import neg_log1m

CLOSE = 1e-12
"""Costs nearer to each other than this share are compared again, without the machine's own logarithm."""
ONE, FRACTION = 0x3FF << 52, (1 << 52) - 1
"""The bits of 1.0, and those that make it any number below 2.0."""


class Placement(Protocol):
    """Where rows land among n elements, which are told apart by index."""

    def first(self, bits: int) -> int:
        """The element that the row draws; the head of `order`."""

    def order(self, bits: int, count: int) -> list[int]:
        """`count` distinct elements (all of them, where there are fewer) in drawn order."""


class Rendezvous:
    """A few elements. `weights` are positive; None where all are alike.

    All are scored at once, each in a lane of 128 bits of one large integer: 64 for its number and 64 for a product to
    grow into. For eight elements that is four times as fast as one after the other.
    """

    def __init__(self, hashes: Sequence[int], weights: Sequence[float] | None = None) -> None:
        self.elements = tuple(hashes)
        self.rates = tuple(-weight for weight in weights) if weights else None
        self._hashes = sum(element << 128 * lane for lane, element in enumerate(hashes))
        self._ones = sum(1 << 128 * lane for lane in range(len(hashes)))
        self._lanes = self._ones * MASK
        self._exponents, self._fractions = self._ones * ONE, self._ones * FRACTION
        self._words, self._floats = Struct("<" + "Q8x" * len(hashes)), Struct("<" + "d8x" * len(hashes))

    def first(self, bits: int) -> int:
        if self.rates:
            return self.order(bits, 1)[0]
        found = self.scores(bits)
        return found.index(min(found))

    def order(self, bits: int, count: int) -> list[int]:
        if self.rates:
            return weighted_order(self._numbers(bits), self.rates, count)
        found = self.scores(bits)
        return sorted(range(len(found)), key=found.__getitem__)[:count]

    def scores(self, bits: int) -> tuple[int, ...]:
        """`score` of each element."""
        return self._words.unpack(self._score(bits).to_bytes(self._words.size, "little"))

    def _numbers(self, bits: int) -> tuple[float, ...]:
        """1 + u of each element, u in [0, 1) from the score's highest 52 bits, put together as IEEE 754 lays it out."""
        numbers = self._score(bits) >> 12 & self._fractions | self._exponents
        return self._floats.unpack(numbers.to_bytes(self._floats.size, "little"))

    def _score(self, bits: int) -> int:
        lanes = self._lanes
        work = (self._hashes ^ self._ones * bits) * FIRST & lanes
        return ((work ^ work >> 32) & lanes) * SECOND & lanes


def score(element: int, bits: int) -> int:
    """A number below 2**64, uniform over rows and independent of other elements' numbers."""
    mixed = ((element ^ bits) * FIRST) & MASK
    return ((mixed ^ (mixed >> 32)) * SECOND) & MASK


def weighted_order(found: Sequence[float], rates: Sequence[float], count: int) -> list[int]:
    """The indexes of the `count` lowest costs, lowest first. `found` are 1 + u, `rates` the negative weights."""
    log1p = math.log1p
    costs = [log1p(1.0 - number) / rate for number, rate in zip(found, rates, strict=True)]
    ranked = sorted(costs)[: count + 1]
    before = -1.0
    for cost in ranked:
        if cost - before <= CLOSE * cost:
            return _weighted_order_exactly(found, rates, count)
        before = cost
    return [costs.index(cost) for cost in ranked[:count]]


def _weighted_order_exactly(found: Sequence[float], rates: Sequence[float], count: int) -> list[int]:
    costs = [-neg_log1m(number - 1.0) / rate for number, rate in zip(found, rates, strict=True)]
    return sorted(range(len(costs)), key=costs.__getitem__)[:count]
