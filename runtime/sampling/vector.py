"""Element hashes and a row's 64 bits in; which elements the row draws, out: for pools too large to score in Python.

`VectorRendezvous` answers bit for bit as `Rendezvous` does. `Ring` is for pools where scoring all elements for each row
costs too much: multi-probe consistent hashing (Appleton and O'Reilly 2015).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from runtime.sampling.hashing import FIRST, GOLDEN, SECOND, derive
from runtime.sampling.rendezvous import ONE, weighted_order

Words = npt.NDArray[np.uint64]

POINTS = 8
"""Points that each element has on the ring, and below, places that each row looks from: shares differ by about 4%."""
PROBES = 32
_SPARE = 8
_BLOCK = 1 << 16
_xor, _times, _shift, _word = np.bitwise_xor, np.multiply, np.right_shift, np.uint64
_FIRST, _SECOND, _TWELVE, _ONE = np.uint64(FIRST), np.uint64(SECOND), np.uint64(12), np.uint64(ONE)


class VectorRendezvous:
    """`Rendezvous` over arrays: some 5 µs for 200 elements and 10 µs for 1,000, where Python takes 60 and 300."""

    def __init__(self, hashes: Sequence[int], weights: Sequence[float] | None = None) -> None:
        self.hashes: Words = np.array(hashes, dtype=np.uint64)
        self.rates = -np.array(weights, dtype=np.float64) if weights else None
        self._work, self._half = np.empty_like(self.hashes), np.empty_like(self.hashes)
        # Whole arrays of the constants: numpy takes half as long to start on them as on scalars.
        self._constants = [np.full_like(self.hashes, constant) for constant in (FIRST, 32, SECOND)]

    def first(self, bits: int) -> int:
        return int(self._scores(bits).argmin()) if self.rates is None else self.order(bits, 1)[0]

    def order(self, bits: int, count: int) -> list[int]:
        found = self._scores(bits)
        if self.rates is None:
            lowest = _lowest(found, count)
            return [int(index) for index in lowest[np.argsort(found[lowest], kind="stable")]]
        # More than are wanted, so that a logarithm's last bit cannot decide who is looked at; then as Rendezvous does.
        numbers = numbers_of(found)
        near = _lowest(costs_of(found, self.rates), count + _SPARE)
        near.sort()
        chosen = weighted_order(numbers[near].tolist(), self.rates[near].tolist(), count)
        return [int(near[place]) for place in chosen]

    def _scores(self, bits: int) -> Words:
        work, half, (first, shift, second) = self._work, self._half, self._constants
        _xor(self.hashes, _word(bits), work)
        _times(work, first, work)
        _shift(work, shift, half)
        _xor(work, half, work)
        _times(work, second, work)
        return work


def numbers_of(scores: Words) -> npt.NDArray[np.float64]:
    """1 + u of each, u in [0, 1) from the score's highest 52 bits."""
    return ((scores >> _TWELVE) | _ONE).view(np.float64)


def costs_of(scores: Words, rates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """By the machine's logarithm, whose last bit must decide nothing."""
    costs: npt.NDArray[np.float64] = np.log1p(1.0 - numbers_of(scores)) / rates
    return costs


def _lowest(values: npt.NDArray[np.generic], count: int) -> npt.NDArray[np.intp]:
    """The indexes of the `count` lowest values, in no order."""
    return np.argpartition(values, count)[:count] if count < len(values) else np.arange(len(values))


class Ring:
    """Elements own points on a circle of 2**64; of a row's probes, the one nearest below a point decides.

    O(PROBES log n) for a row, whatever n; 104 bytes for an element. An element that joins takes rows from all others.
    """

    def __init__(self, hashes: Sequence[int] | Words) -> None:
        self.hashes: Words = np.array(hashes, dtype=np.uint64)
        points = _points(self.hashes)
        place = points.argsort()
        self.points = points[place]
        del points
        place //= POINTS
        self.owners = place.astype(np.uint32)
        del place
        self._settle()
        self.steps = np.arange(1, PROBES + 1, dtype=np.uint64) * np.uint64(GOLDEN)

    def _settle(self) -> None:
        """Of equal points the lower element hash comes first: the order in which elements are listed is nothing."""
        equal = np.flatnonzero(self.points[1:] == self.points[:-1])
        for run in np.split(equal, np.flatnonzero(np.diff(equal) > 1) + 1) if len(equal) else ():
            places = slice(int(run[0]), int(run[-1]) + 2)
            owners = self.owners[places]
            self.owners[places] = owners[np.argsort(self.hashes[owners], kind="stable")]

    def first(self, bits: int) -> int:
        probes = mixed(np.uint64(bits) + self.steps)
        found = self.points.searchsorted(probes)
        found[found == len(self.points)] = 0
        return int(self.owners[found[(self.points[found] - probes).argmin()]])

    def order(self, bits: int, count: int) -> list[int]:
        count = min(count, len(self.hashes))
        chosen: dict[int, None] = {}
        for index in self._drawn(bits, count):
            chosen[index] = None
            if len(chosen) == count:
                break
        return list(chosen)

    def _drawn(self, bits: int, count: int) -> Iterator[int]:
        """Draw after draw, with repeats; where most of the pool is wanted, all elements in rendezvous order follow."""
        yield self.first(bits)
        for attempt in range(4 * count):
            yield self.first(derive(bits, attempt))
        yield from VectorRendezvous(self.hashes.tolist()).order(bits, len(self.hashes))


def _points(hashes: Words) -> Words:
    """All points of all elements, in their order; a block of elements after the other, for products take room."""
    points = np.empty((len(hashes), POINTS), np.uint64)
    steps = np.arange(1, POINTS + 1, dtype=np.uint64) * np.uint64(GOLDEN)
    for start in range(0, len(hashes), _BLOCK):
        points[start : start + _BLOCK] = mixed(hashes[start : start + _BLOCK, None] + steps)
    return points.reshape(-1)


def told_apart(seeds: Iterable[int]) -> Words:
    """The hash of each element: what `derive` makes of its seed and of how many before it have the same."""
    given = np.fromiter(seeds, np.uint64)
    order = given.argsort(kind="stable")
    ordered = given[order]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    before = np.empty(len(given), np.uint64)
    before[order] = np.arange(len(given)) - np.repeat(begins, np.diff(np.append(begins, len(given))))
    return mixed(given + (before + np.uint64(1)) * np.uint64(GOLDEN))


def mixed(words: Words) -> Words:
    """`hashing.mix` of each word."""
    words = (words ^ (words >> np.uint64(30))) * _FIRST
    words = (words ^ (words >> np.uint64(27))) * _SECOND
    return words ^ (words >> np.uint64(31))
