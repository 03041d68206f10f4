"""Draws from a source: even, exact in their shares, and moved as little as possible when the source changes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.sampling import Draws, Pool, derive, seed_of, shared_pool, vector
from runtime.sampling import rendezvous as scalar
from runtime.sampling.hashing import element_seeds
from runtime.sampling.rendezvous import Rendezvous, score, weighted_order
from runtime.sampling.vector import Ring, VectorRendezvous, told_apart

SMALL, MIDDLE, LARGE = 8, 200, 3_000
words = st.integers(0, 2**64 - 1)
hashes = st.lists(words, min_size=1, max_size=40, unique=True)
rates = st.floats(min_value=0.01, max_value=100.0)


def bits_of(count: int) -> Iterable[int]:
    return (derive(99, row) for row in range(count))


def names(count: int) -> list[str]:
    return [f"persona {n}" for n in range(count)]


def chi_square(counts: Counter[str], expected: dict[str, float]) -> float:
    return sum((counts[name] - wanted) ** 2 / wanted for name, wanted in expected.items())


def unlikely(degrees: int) -> float:
    """A chi-square that chance exceeds about once in 30,000 (four standard deviations above the mean)."""
    return degrees + 4 * math.sqrt(2 * degrees)


@pytest.mark.parametrize("size", [SMALL, MIDDLE])
def test_every_element_of_a_small_pool_is_equally_likely(size: int) -> None:
    pool, rows = Pool(names(size)), 100 * size
    counts = Counter(pool.one(bits) for bits in bits_of(rows))
    assert chi_square(counts, dict.fromkeys(names(size), rows / size)) < unlikely(size - 1)


def test_shares_of_a_large_pool_differ_by_a_few_percent() -> None:
    """Over many rows each, so that what is left is the ring's own unevenness and not chance."""
    size, each = 1_100, 60
    pool = Pool(names(size))
    counts = Counter(pool.one(bits) for bits in bits_of(size * each))
    variance = sum((counts[name] / each - 1) ** 2 for name in names(size)) / size
    assert math.sqrt(max(0.0, variance - 1 / each)) < 0.06


@pytest.mark.parametrize(("size", "rows"), [(SMALL, 20_000), (MIDDLE, 20_000), (LARGE, 30_000)])
def test_an_element_that_joins_moves_its_share_of_rows_and_no_others(size: int, rows: int) -> None:
    before, after = Pool(names(size)), Pool(["newcomer", *names(size)])
    moved = [(before.one(bits), after.one(bits)) for bits in bits_of(rows) if before.one(bits) != after.one(bits)]
    share = rows / (size + 1)
    assert abs(len(moved) - share) < 5 * math.sqrt(share)
    assert {new for _, new in moved} == {"newcomer"}


@pytest.mark.parametrize("size", [SMALL, MIDDLE, 1_500])
def test_an_element_that_joins_takes_rows_from_all_others_evenly(size: int) -> None:
    rows = 12_000 if size < 1_000 else 60_000
    before, after = Pool(names(size)), Pool([*names(size), "newcomer"])
    losers = Counter(before.one(bits) for bits in bits_of(rows) if after.one(bits) == "newcomer")
    total = sum(losers.values())
    if size == SMALL:
        assert chi_square(losers, dict.fromkeys(names(size), total / size)) < unlikely(size - 1)
    else:
        assert max(losers.values()) <= 5 or max(losers.values()) < total / 8


@given(st.permutations(names(12)), words)
def test_the_order_of_a_source_does_not_matter(order: list[str], bits: int) -> None:
    assert Pool(order).one(bits) == Pool(names(12)).one(bits)
    assert Pool(order).pick(bits, 2, 5) == Pool(names(12)).pick(bits, 2, 5)


def test_shares_of_weights_are_exact() -> None:
    weights = {"en": 0.7, "de": 0.2, "hi": 0.1}
    counts = Counter(Draws(0, "d", (row,)).weighted("language", weights) for row in range(30_000))
    expected = {name: weight * 30_000 for name, weight in weights.items()}
    assert chi_square(counts, expected) < unlikely(2)


def test_a_weight_that_grows_only_takes_and_one_of_zero_is_never_drawn() -> None:
    before, after = shared_pool(("a", "b", "c"), (1.0, 1.0, 0.0)), shared_pool(("a", "b", "c"), (1.0, 1.5, 0.0))
    moves = Counter((before.one(bits), after.one(bits)) for bits in bits_of(10_000))
    assert ("b", "a") not in moves
    assert not any("c" in move for move in moves)
    assert abs(moves["a", "b"] - 1_000) < 130


@pytest.mark.parametrize("weights", [[-1.0, 1.0], [math.nan, 1.0], [math.inf, 1.0]])
def test_a_weight_that_is_no_share_is_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weights must be finite"):
        Pool(["a", "b"], weights=weights)


def test_nothing_can_be_drawn_from_nothing() -> None:
    assert len(Pool([])) == 0
    assert Pool([]).pick(1, 2) == []
    with pytest.raises(ValueError, match="nothing to draw from"):
        Pool(["a"], weights=[0.0]).one(1)


@pytest.mark.parametrize("size", [5, 100, 1_200])
def test_a_pick_is_of_distinct_elements_and_begins_with_the_single_draw(size: int) -> None:
    pool = Pool(names(size))
    for bits in bits_of(50 if size < 1_000 else 5):
        longest = pool.pick(bits, size)
        assert sorted(longest) == sorted(names(size))
        assert longest[0] == pool.one(bits)
        assert pool.pick(bits, 3) == longest[:3]


def test_the_size_of_a_pick_is_drawn_evenly_from_its_range() -> None:
    sizes = Counter(len(Pool(names(8)).pick(bits, 2, 3)) for bits in bits_of(4_000))
    assert set(sizes) == {2, 3}
    assert abs(sizes[2] - 2_000) < 160


def test_a_pick_shows_heavier_criteria_more_often_and_all_orders_alike() -> None:
    pool = Pool(["heavy", "light", "other"], weights=[2.0, 1.0, 1.0])
    pairs = Counter(tuple(pool.pick(bits, 2)) for bits in bits_of(24_000))
    expected = {
        ("heavy", "light"): 1 / 2 * 1 / 2, ("heavy", "other"): 1 / 2 * 1 / 2,
        ("light", "heavy"): 1 / 4 * 2 / 3, ("light", "other"): 1 / 4 * 1 / 3,
        ("other", "heavy"): 1 / 4 * 2 / 3, ("other", "light"): 1 / 4 * 1 / 3,
    }  # fmt: skip
    assert all(abs(pairs[pair] / 24_000 - share) < 0.014 for pair, share in expected.items())


@given(words, st.sets(st.integers(0, 7), min_size=2))
def test_what_does_not_hold_is_passed_over_and_changes_nothing_else(bits: int, held: set[int]) -> None:
    everything, weights = names(8), [1.0, 2.0, 1.0, 3.0, 1.0, 1.0, 2.0, 1.0]
    picked = Pool(everything, weights=weights).pick(bits, 8)
    of_held = Pool([everything[n] for n in sorted(held)], weights=[weights[n] for n in sorted(held)])
    assert of_held.pick(bits, len(held)) == [name for name in picked if int(name.split()[1]) in held]


def test_a_criterion_that_joins_leaves_most_subsets_alone() -> None:
    before, after = Pool(names(8)), Pool([*names(8), "newcomer"])
    changed = [bits for bits in bits_of(5_000) if before.pick(bits, 2) != after.pick(bits, 2)]
    assert all("newcomer" in after.pick(bits, 2) for bits in changed)
    assert abs(len(changed) - 5_000 * 2 / 9) < 150


def test_equal_elements_are_drawn_as_often_as_they_stand_there() -> None:
    counts = Counter(Draws(0, "d", (row,)).choose("tone", ["dry", "warm", "dry"]) for row in range(6_000))
    assert abs(counts["dry"] - 4_000) < 150


def test_elements_are_told_apart_by_id_not_by_content() -> None:
    rows = [{"id": "a", "text": "old"}, {"id": "b", "text": "same"}]
    edited = [{"id": "a", "text": "new"}, {"id": "b", "text": "same"}]
    before, after = (Pool(version, [row["id"] for row in version]) for version in (rows, edited))
    assert all(before.one(bits)["id"] == after.one(bits)["id"] for bits in bits_of(200))


# --- the fast paths say what the plain ones say ---


@given(hashes, words)
def test_lanes_of_one_large_integer_score_as_single_elements_do(elements: list[int], bits: int) -> None:
    assert Rendezvous(elements).scores(bits) == tuple(score(element, bits) for element in elements)


@settings(deadline=None)
@given(hashes, words, st.integers(1, 45))
def test_arrays_order_as_python_does(elements: list[int], bits: int, count: int) -> None:
    assert VectorRendezvous(elements).order(bits, count) == Rendezvous(elements).order(bits, count)
    assert VectorRendezvous(elements).first(bits) == Rendezvous(elements).first(bits)


@settings(deadline=None)
@given(st.dictionaries(words, rates, min_size=2, max_size=40), words, st.integers(1, 45))
def test_weighted_arrays_order_as_python_does(elements: dict[int, float], bits: int, count: int) -> None:
    keys, weights = list(elements), list(elements.values())
    assert VectorRendezvous(keys, weights).order(bits, count) == Rendezvous(keys, weights).order(bits, count)
    assert VectorRendezvous(keys, weights).first(bits) == Rendezvous(keys, weights).first(bits)


def test_costs_too_close_for_the_machine_s_logarithm_are_compared_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Sequence[float] = [1.5 + 2.0**-51, 1.5 + 2.0**-52, 1.25]
    assert weighted_order(found, [-1.0, -1.0, -1.0], 3) == [2, 1, 0]
    monkeypatch.setattr(scalar, "CLOSE", 0.0)
    assert weighted_order(found, [-1.0, -1.0, -1.0], 3) == [2, 1, 0]


def test_a_ring_does_not_care_how_its_elements_are_listed() -> None:
    elements = [derive(1, n) for n in range(2_000)]
    ring, backwards = Ring(elements), Ring(elements[::-1])
    assert all(elements[ring.first(bits)] == elements[::-1][backwards.first(bits)] for bits in bits_of(200))


@given(st.lists(st.integers(0, 5), max_size=60))
def test_equal_ids_of_many_are_told_apart_as_those_of_few(ids: list[int]) -> None:
    seen: Counter[int] = Counter()
    expected = []
    for identity in ids:
        expected.append(derive(seed_of("element", identity), seen[identity]))
        seen[identity] += 1
    assert told_apart(element_seeds(ids)).tolist() == expected


def test_a_ring_on_which_points_collide_does_not_care_how_its_elements_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vector, "_points", lambda hashes: np.repeat(hashes % np.uint64(7), vector.POINTS))
    given_hashes = [derive(1, number) for number in range(50)]
    one, other = Ring(given_hashes), Ring(given_hashes[::-1])
    assert one.points.tolist() == other.points.tolist()
    assert one.hashes[one.owners].tolist() == other.hashes[other.owners].tolist()


def test_a_pool_reads_its_elements_when_they_are_drawn() -> None:
    class Read(list[int]):
        read = 0

        def __getitem__(self, place: Any) -> Any:
            Read.read += 1
            return super().__getitem__(place)

    elements = Read(range(5_000))
    lazy, whole = Pool(elements, ids=iter(range(5_000))), Pool(range(5_000))
    assert [lazy.one(bits) for bits in bits_of(20)] == [whole.one(bits) for bits in bits_of(20)]
    assert [lazy.pick(bits, 3) for bits in bits_of(20)] == [whole.pick(bits, 3) for bits in bits_of(20)]
    assert Read.read == 80
