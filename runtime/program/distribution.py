"""What stands right of `~` in; a function from (a row's draws, the draw's name) to the drawn value, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from runtime.sampling import Draws, Pool
from runtime.sampling.pool import pool_of

Distribution = Callable[[Draws, str], Any]


class Drawable(Protocol):
    """A source of rows: its pool tells its elements apart by their keys."""

    @property
    def pool(self) -> Pool[Any]: ...


def one(source: Drawable) -> Distribution:
    return lambda draws, name: draws.one(name, source.pool)


def pick(source: Drawable | Sequence[Any], low: int, high: int) -> Distribution:
    """The elements of a plain list are their own ids."""
    pool = pool_of(source) if isinstance(source, Sequence) else source.pool
    return lambda draws, name: draws.pick(name, pool, low, high)


def weighted(weights: Mapping[str, float]) -> Distribution:
    return lambda draws, name: draws.weighted(name, weights)


def choose(elements: Sequence[Any]) -> Distribution:
    return lambda draws, name: draws.choose(name, elements)


def integers(low: int, high: int) -> Distribution:
    return lambda draws, name: draws.integers(name, low, high)


def uniform(low: float, high: float) -> Distribution:
    return lambda draws, name: draws.uniform(name, low, high)


def normal(mu: float, sigma: float) -> Distribution:
    return lambda draws, name: draws.normal(name, mu, sigma)
