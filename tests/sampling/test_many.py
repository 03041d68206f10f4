"""Draws of many rows at once are, to the bit, those of each row alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from runtime.sampling import Draws, Pool, derive
from runtime.sampling.ahead import Ahead
from runtime.sampling.many import ManyDraws
from runtime.sampling.numbers import normal

parts = some.one_of(
    some.integers(-(2**70), 2**70), some.text(max_size=6), some.booleans(), some.floats(allow_nan=False)
)
keys = some.lists(some.lists(parts, max_size=3).map(tuple), max_size=40)
weights = some.floats(min_value=0.01, max_value=100.0) | some.sampled_from([1.0, 2.0])
sizes = some.sampled_from([1, 2, 8, 24, 25, 200, 1_025])


def drawn(keys: list[Any], one: Callable[[Draws, str], object]) -> list[object]:
    return [one(Draws(7, "rows", key), "draw") for key in keys]


@given(keys, some.integers(-(2**64), 2**64), some.sampled_from([0, 1, 9, 2**31, 2**32 - 1, 2**32, 2**63]))
def test_integers_are_those_of_each_row(keys: list[Any], low: int, span: int) -> None:
    many = ManyDraws(7, "rows", keys).integers("draw", low, low + span)
    assert many.tolist() == drawn(keys, lambda draws, name: draws.integers(name, low, low + span))


@given(keys, some.floats(-1e9, 1e9), some.floats(-1e9, 1e9))
def test_numbers_are_those_of_each_row(keys: list[Any], one: float, other: float) -> None:
    many = ManyDraws(7, "rows", keys)
    assert many.uniform("draw", one, other).tolist() == drawn(keys, lambda draws, name: draws.uniform(name, one, other))
    assert many.normal("draw", one, other).tolist() == drawn(keys, lambda draws, name: draws.normal(name, one, other))


def test_normal_numbers_far_out_are_those_of_each_row() -> None:
    from runtime.sampling.many_numbers import normals

    ends = [0, 1, 2**11, 2**20, 2**40, 2**63, 2**64 - 1, 2**64 - 2**20]
    bits = [*ends, *(derive(5, row) for row in range(20_000))]
    assert normals(np.array(bits, np.uint64), 3.0, 2.0).tolist() == [normal(word, 3.0, 2.0) for word in bits]


@settings(max_examples=40)
@given(keys, sizes, some.integers(0, 6), some.integers(0, 4), some.booleans(), some.data())
def test_elements_of_a_pool_are_those_of_each_row(
    keys: list[Any], size: int, low: int, more: int, weighted: bool, data: some.DataObject
) -> None:
    few = min(size, 200)
    given = data.draw(some.lists(weights, min_size=few, max_size=few)) if weighted else None
    pool = Pool([f"element {n}" for n in range(few if weighted else size)], weights=given)
    many = ManyDraws(7, "rows", keys)
    assert many.one("draw", pool) == drawn(keys, lambda draws, name: draws.one(name, pool))
    assert many.pick("draw", pool, low, low + more) == drawn(
        keys, lambda draws, name: draws.pick(name, pool, low, low + more)
    )


@given(keys, some.dictionaries(some.text(max_size=3), weights, min_size=1, max_size=6))
def test_weighted_and_chosen_values_are_those_of_each_row(keys: list[Any], shares: dict[str, float]) -> None:
    many = ManyDraws(7, "rows", keys)
    assert many.weighted("draw", shares) == drawn(keys, lambda draws, name: draws.weighted(name, shares))
    assert many.choose("draw", list(shares)) == drawn(keys, lambda draws, name: draws.choose(name, list(shares)))


def test_costs_too_close_to_tell_are_settled_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    from runtime.sampling import many_places

    monkeypatch.setattr(many_places, "CLOSE", 0.5)
    pool, rows = Pool(range(60), weights=[1.0 + n % 7 for n in range(60)]), [(n,) for n in range(300)]
    picked = ManyDraws(0, "rows", rows).pick("draw", pool, 5)
    assert picked == [Draws(0, "rows", row).pick("draw", pool, 5) for row in rows]


def test_nothing_can_be_drawn_from_nothing() -> None:
    empty: Pool[str] = Pool([])
    with pytest.raises(ValueError, match="nothing to draw"):
        ManyDraws(0, "rows", [(1,)]).one("draw", empty)
    assert ManyDraws(0, "rows", [(1,)]).pick("draw", empty, 2) == [[]]


POOLS = [Pool([f"element {n}" for n in range(size)]) for size in (3, 40, 1_100)]
ways: list[Callable[[Draws, str], object]] = [
    lambda draws, name: draws.integers(name, -3, 2**40),
    lambda draws, name: draws.uniform(name, 0.5, 1.1),
    lambda draws, name: draws.normal(name, 0.0, 2.0),
    lambda draws, name: draws.weighted(name, {"a": 1.0, "b": 2.5}),
    lambda draws, name: draws.choose(name, ["x", "y", "z"]),
    lambda draws, name: draws.choose(name, [1, 2.5, None]),
    lambda draws, name: draws.pick(name, POOLS[0], 1, 2),
    lambda draws, name: draws.one(name, POOLS[1]),
    lambda draws, name: draws.pick(name, POOLS[2], 2),
    lambda draws, name: draws.bits(name),
]


@settings(max_examples=50)
@given(keys, some.lists(some.tuples(some.sampled_from("ab"), some.sampled_from(ways)), max_size=12))
def test_draws_made_ahead_are_those_of_each_row(keys: list[Any], asked: list[Any]) -> None:
    """In two batches, each row asking for all of it; a name may draw from more pools than are drawn for together."""
    ahead = Ahead(7, "rows")
    for batch in (keys[: len(keys) // 2], keys[len(keys) // 2 :]):
        ahead.begin(batch)
        for ahead.place, key in enumerate(batch):
            one, other = ahead.draws(), Draws(7, "rows", key)
            assert [way(one, name) for name, way in asked] == [way(other, name) for name, way in asked]
