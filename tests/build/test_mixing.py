"""Shares that are met, rows that are taken once, and a sample that moves as little as it can."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.build.mixing import sample, shared_out

PARTS = st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 100)), min_size=1, max_size=5)


def shares_of(weights: list[int]) -> list[Fraction]:
    return [Fraction(weight, sum(weights)) for weight in weights]


@given(PARTS)
def test_every_share_is_met_to_less_than_a_row_and_no_part_gives_more_than_it_has(parts: list[tuple[int, int]]) -> None:
    available, weights = [have for have, _ in parts], [weight for _, weight in parts]
    shares = shares_of(weights)
    counts = shared_out(available, shares)
    total = sum(counts)
    assert all(count <= have for count, have in zip(counts, available, strict=True))
    assert all(abs(count - total * share) < 1 for count, share in zip(counts, shares, strict=True))


@given(PARTS)
def test_no_larger_total_meets_the_shares(parts: list[tuple[int, int]]) -> None:
    available, shares = [have for have, _ in parts], shares_of([weight for _, weight in parts])
    more = sum(shared_out(available, shares)) + 1
    assert any(more * share > have for have, share in zip(available, shares, strict=True))


@given(st.integers(0, 3_000), st.integers(0, 3_000))
def test_halves_are_halves(first: int, second: int) -> None:
    assert shared_out([first, second], [Fraction(1, 2), Fraction(1, 2)]) == [min(first, second)] * 2


def test_what_whole_rows_leave_over_goes_to_the_largest_remainder() -> None:
    thirds = [Fraction(1, 3)] * 3
    assert shared_out([3, 3, 3], thirds) == [3, 3, 3]
    assert shared_out([10, 100], [Fraction("0.333"), Fraction("0.667")]) == [10, 20]
    assert shared_out([7, 0], [Fraction(1), Fraction(0)]) == [7, 0]
    assert shared_out([7, 0], [Fraction(1, 2), Fraction(1, 2)]) == [0, 0]


def taken(keys: list[str], count: int) -> set[str]:
    chosen = sample(iter(keys), len(keys), count, 0, "train", "real")
    return {key for key, inside in zip(keys, chosen, strict=True) if inside}


@settings(max_examples=50)
@given(st.sets(st.text(max_size=5), min_size=2, max_size=60), st.data())
def test_a_row_that_comes_moves_at_most_one_other(names: set[str], data: st.DataObject) -> None:
    keys = sorted(names)
    count = data.draw(st.integers(0, len(keys) - 1))
    without = keys[:-1]
    before, after = taken(without, count), taken(keys, count)
    assert len(before) == len(after) == count
    assert len(before - after) <= 1
    assert before <= taken(without, min(count + 1, len(without)))


@given(st.permutations([f"row{n}" for n in range(30)]))
def test_the_order_of_the_rows_decides_nothing(keys: list[str]) -> None:
    assert taken(keys, 10) == taken(sorted(keys), 10)
