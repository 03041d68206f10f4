"""What the candidates so far say of those to come: an interval that holds the truth, and the candidates it takes."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.build.acceptance import Acceptance, acceptance


@given(st.integers(1, 10_000).flatmap(lambda tried: st.tuples(st.integers(0, tried), st.just(tried))))
def test_the_share_seen_lies_in_its_interval_which_is_a_share_itself(seen: tuple[int, int]) -> None:
    found = Acceptance(*seen, "a pilot")
    low, high = found.interval
    assert 0 <= low <= found.share + 1e-12 and found.share - 1e-12 <= high <= 1


@pytest.mark.parametrize("share", [0.05, 0.4, 0.9])
def test_of_twenty_intervals_about_nineteen_hold_the_true_share(share: float) -> None:
    random, held = Random(1), 0
    for _ in range(1_000):
        low, high = Acceptance(sum(random.random() < share for _ in range(50)), 50, "a pilot").interval
        held += low <= share <= high
    assert 920 <= held <= 990


def test_a_target_takes_more_candidates_the_fewer_are_kept_and_no_more_than_there_are() -> None:
    few, many = Acceptance(10, 20, "a pilot").candidates(100, None)
    assert 100 < few < 200 < (many or 0)
    assert Acceptance(10, 20, "a pilot").candidates(100, 180) == (few, 180)
    assert Acceptance(0, 20, "a pilot").candidates(100, None) == (621, None), "perhaps none is ever kept"
    assert acceptance(0, 0, "a pilot") is None
