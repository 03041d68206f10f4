"""Rows in the order in which they are run in; each one's draws, made for many rows at once when the first asks, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from runtime.sampling.draws import Draws
from runtime.sampling.hashing import row_bits
from runtime.sampling.pool import Pool, pool_of, shared_pool

if TYPE_CHECKING:
    from runtime.sampling.many import ManyDraws

Element = TypeVar("Element")
KINDS = 4
"""Pools or ranges of one name for which all rows are drawn: where each row has its own, each is drawn for alone."""


class Ahead:
    """The rows of one batch. `place` is that of the row that runs."""

    def __init__(self, seed: int, dataset: str) -> None:
        self.seed, self.dataset, self.place = seed, dataset, 0
        self.begin(())

    def begin(self, keys: Sequence[tuple[Any, ...]]) -> None:
        """The next rows. Nothing is computed before a row draws."""
        self.keys = keys
        self._many: ManyDraws | None = None
        self._made: dict[tuple[object, ...], tuple[object, Sequence[Any]]] = {}
        self._kinds: Counter[str] = Counter()

    def draws(self) -> Draws:
        """Those of the row at `place`."""
        return _Drawn(self, self.place)

    def find(
        self, kind: tuple[object, ...], name: str, made_of: object, make: Callable[[ManyDraws], Sequence[Any]]
    ) -> Sequence[Any] | None:
        """The values of all rows; None where there are too many kinds. `made_of` lives as long as its id is known."""
        found = self._made.get(kind)
        if found is None:
            self._kinds[name] += 1
            if self._kinds[name] > KINDS:
                return None
            found = self._made[kind] = made_of, make(self._all())
        return found[1]

    def _all(self) -> ManyDraws:
        if self._many is None:
            from runtime.sampling.many import ManyDraws

            self._many = ManyDraws(self.seed, self.dataset, self.keys)
        return self._many


class _Drawn(Draws):
    """As `Draws`, to the bit."""

    __slots__ = ("_ahead", "_place")

    def __init__(self, ahead: Ahead, place: int) -> None:
        self._ahead, self._place = ahead, place

    def bits(self, name: str) -> int:
        return self._alone().bits(name)

    def _alone(self) -> Draws:
        draws = Draws.__new__(Draws)
        draws.row = row_bits(self._ahead.seed, self._ahead.dataset, self._ahead.keys[self._place])
        return draws

    def integers(self, name: str, low: int, high: int) -> int:
        found = self._ahead.find((name, "int", low, high), name, None, lambda m: m.integers(name, low, high).tolist())
        return self._alone().integers(name, low, high) if found is None else int(found[self._place])

    def uniform(self, name: str, low: float, high: float) -> float:
        found = self._ahead.find((name, "uni", low, high), name, None, lambda m: m.uniform(name, low, high).tolist())
        return self._alone().uniform(name, low, high) if found is None else float(found[self._place])

    def normal(self, name: str, mu: float, sigma: float) -> float:
        found = self._ahead.find((name, "nor", mu, sigma), name, None, lambda m: m.normal(name, mu, sigma).tolist())
        return self._alone().normal(name, mu, sigma) if found is None else float(found[self._place])

    def weighted(self, name: str, weights: Mapping[str, float]) -> str:
        return self.one(name, shared_pool(tuple(weights), tuple(weights.values())))

    def choose(self, name: str, elements: Sequence[Element]) -> Element:
        return self.one(name, pool_of(elements))

    def one(self, name: str, pool: Pool[Element]) -> Element:
        found = self._ahead.find((name, id(pool)), name, pool, lambda many: many.one(name, pool))
        element: Element = self._alone().one(name, pool) if found is None else found[self._place]
        return element

    def pick(self, name: str, pool: Pool[Element], low: int, high: int | None = None) -> list[Element]:
        kind = (name, id(pool), low, high)
        found = self._ahead.find(kind, name, pool, lambda many: many.pick(name, pool, low, high))
        return self._alone().pick(name, pool, low, high) if found is None else list(found[self._place])
