"""Elements with their ids and weights in; the elements that a row's 64 bits draw, out.

What a row draws depends on the row's bits and on each element's own id and weight, not on places in the list: an
element more or fewer, or a weight moved, moves the rows it must and no others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from runtime.sampling.hashing import derive, element_seeds, seed_of
from runtime.sampling.numbers import integer
from runtime.sampling.rendezvous import Placement, Rendezvous

Element = TypeVar("Element")

SCALAR = 24
"""Up to so many elements are scored without numpy; more than RENDEZVOUS, unless weighted, become a ring."""
RENDEZVOUS = 1024


class Pool(Generic[Element]):
    """`elements` to draw from, told apart across versions by `ids` (the elements themselves where not given).

    Equal ids are told apart by their order. An element whose weight is zero is never drawn. ValueError for a weight
    that is negative, infinite or not a number. Building costs about 2 µs for an element; of a ring of millions it takes
    some 200 bytes for each, of which 108 stay. `elements` may read each when it is asked for, and `ids` be read once.
    """

    def __init__(
        self,
        elements: Sequence[Element],
        ids: Iterable[Any] | None = None,
        weights: Sequence[float] | None = None,
    ) -> None:
        self.elements = elements
        if weights is None and len(elements) > RENDEZVOUS:
            from runtime.sampling.vector import Ring, told_apart

            self.placement: Placement = Ring(told_apart(element_seeds(elements if ids is None else ids)))
            return
        hashes = _element_hashes(elements if ids is None else ids)
        if weights is not None:
            if not all(0 <= weight < float("inf") for weight in weights):
                raise ValueError(f"weights must be finite and not negative: {list(weights)}")
            held = [place for place, weight in enumerate(weights) if weight > 0]
            elements, hashes = [elements[place] for place in held], [hashes[place] for place in held]
            weights = [weights[place] for place in held]
        self.elements = elements
        self.placement = _placement(hashes, weights)

    def __len__(self) -> int:
        return len(self.elements)

    def one(self, bits: int) -> Element:
        """ValueError where there is nothing to draw."""
        if not self.elements:
            raise ValueError("nothing to draw from")
        return self.elements[self.placement.first(bits)]

    def pick(self, bits: int, low: int, high: int | None = None) -> list[Element]:
        """k distinct elements in drawn order, low <= k <= high (k = low without `high`); all where there are fewer.

        A larger k draws the same elements first, and the first of them is what `one` draws.
        """
        count = low if high is None or high == low else integer(bits, low, high)
        elements = self.elements
        return [elements[place] for place in self.placement.order(bits, count)]


def _element_hashes(ids: Iterable[Any]) -> list[int]:
    seen: Counter[int] = Counter()
    hashes = []
    for identity in ids:
        plain = element_hash(identity) if isinstance(identity, str) else seed_of("element", identity)
        hashes.append(derive(plain, seen[plain]))
        seen[plain] += 1
    return hashes


@lru_cache(maxsize=65_536)
def element_hash(identity: str) -> int:
    return seed_of("element", identity)


def _placement(hashes: Sequence[int], weights: Sequence[float] | None) -> Placement:
    if weights is not None and len(set(weights)) < 2:
        weights = None
    if len(hashes) <= SCALAR:
        return Rendezvous(hashes, weights)
    from runtime.sampling.vector import VectorRendezvous

    return VectorRendezvous(hashes, weights)


def pool_of(elements: Sequence[Element]) -> Pool[Element]:
    """The pool of a list whose elements are their own ids: of plain texts one that is built once."""
    if set(map(type, elements)) == {str}:
        return shared_pool(tuple(elements))  # type: ignore[return-value]
    return Pool(elements)


@lru_cache(maxsize=4096)
def shared_pool(texts: tuple[str, ...], weights: tuple[float, ...] | None = None) -> Pool[str]:
    """The pool of these texts, built once: criteria that hold for a row are a pool of their own for each row."""
    return Pool(texts, weights=weights)
