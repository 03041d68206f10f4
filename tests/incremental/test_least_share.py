"""How many rows an edit of what is drawn from moves: never more than any fair draw has to."""

from __future__ import annotations

from math import sqrt

from hypothesis import given
from hypothesis import strategies as st

from runtime.sampling import Draws, Pool

ROWS = 4_000
names = st.lists(st.text("abcdef", min_size=1, max_size=4), min_size=2, max_size=30, unique=True)


def within(found: float, wanted: float, tries: int) -> bool:
    """As near as five standard deviations of so many tries."""
    return abs(found - wanted) <= 5 * sqrt(wanted * (1 - wanted) / tries)


@given(held=names, bits=st.integers(0, 2**64 - 1), low=st.integers(1, 3), more=st.integers(0, 2))
def test_who_does_not_draw_the_new_element_draws_as_before(held: list[str], bits: int, low: int, more: int) -> None:
    """And who does gives up one for it, the one that was drawn last: no fair draw moves less."""
    before = Pool(held).pick(bits, low, low + more)
    after = Pool([*held, "new"]).pick(bits, low, low + more)
    if len(held) < low + more:
        return
    others = [element for element in after if element != "new"]
    assert others == before[: len(others)] and len(before) - len(others) == ("new" in after)


@given(held=names, bits=st.integers(0, 2**64 - 1), weights=st.data())
def test_a_heavier_element_only_takes_and_nothing_moves_between_the_others(
    held: list[str], bits: int, weights: st.DataObject
) -> None:
    old = weights.draw(st.lists(st.floats(0.1, 10), min_size=len(held), max_size=len(held)))
    heavier = [old[0] * 1.5, *old[1:]]
    before, after = Pool(held, weights=old).one(bits), Pool(held, weights=heavier).one(bits)
    assert after in (before, held[0])


def test_a_new_criterion_moves_its_own_share_of_rows() -> None:
    """2..3 of 8: a fair draw shows each of nine in 2.5 of 9 rows, so so many rows must hold the ninth."""
    pools = [Pool([f"c{n}" for n in range(size)]) for size in (8, 9)]
    rows = [Draws(0, "qa", (n,)).bits("asks") for n in range(ROWS)]
    moved = sum(pools[0].pick(bits, 2, 3) != pools[1].pick(bits, 2, 3) for bits in rows)
    assert within(moved / ROWS, 2.5 / 9, ROWS)


def test_another_weight_moves_the_difference_of_the_shares() -> None:
    """From 1 of 4 to 2 of 5: 15 rows of 100, which is as far as the two distributions are apart."""
    held = ["a", "b", "c", "d"]
    old, new = Pool(held, weights=[1, 1, 1, 1]), Pool(held, weights=[2, 1, 1, 1])
    rows = [Draws(0, "qa", (n,)).bits("tone") for n in range(ROWS)]
    moved = [bits for bits in rows if old.one(bits) != new.one(bits)]
    assert within(len(moved) / ROWS, 2 / 5 - 1 / 4, ROWS)
    assert {new.one(bits) for bits in moved} == {"a"}
