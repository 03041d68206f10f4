"""The ordered window: release order, the bound on work ahead, faults and early closing."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.scheduler.pace import Pace
from runtime.scheduler.window import ordered


async def _collect(delays: list[float], bound: int) -> tuple[list[int], int]:
    flying = peak = 0

    async def work(index: int) -> int:
        nonlocal flying, peak
        flying += 1
        peak = max(peak, flying)
        await asyncio.sleep(delays[index])
        flying -= 1
        return index * 10

    released = [(i, r) async for i, r in ordered(iter(range(len(delays))), work, lambda: bound)]
    assert [r for _, r in released] == [i * 10 for i, _ in released]
    return [i for i, _ in released], peak


@given(st.lists(st.floats(0, 0.003), max_size=20), st.integers(1, 8))
def test_results_come_out_in_order_whatever_finishes_first(delays: list[float], bound: int) -> None:
    order, peak = asyncio.run(_collect(delays, bound))
    assert order == list(range(len(delays)))
    assert peak <= bound


def test_a_fault_behind_a_slow_head_stops_at_once_and_cancels_the_rest() -> None:
    cancelled: list[int] = []

    async def work(index: int) -> int:
        if index == 3:
            raise ConnectionError("503")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(index)
            raise
        return index

    async def main() -> None:
        async for _ in ordered(iter(range(100)), work, lambda: 5):
            pass

    with pytest.raises(ConnectionError):
        asyncio.run(asyncio.wait_for(main(), 5))
    assert sorted(cancelled) == [0, 1, 2, 4]


def test_closing_early_cancels_what_is_in_flight() -> None:
    async def work(index: int) -> int:
        await asyncio.sleep(0 if index == 0 else 60)
        return index

    async def main() -> int:
        stream = ordered(iter(range(10)), work, lambda: 4)
        first = await anext(stream)
        await stream.aclose()
        return first[1]

    assert asyncio.run(asyncio.wait_for(main(), 5)) == 0


def test_no_more_is_started_than_is_still_wanted_over_the_share_kept() -> None:
    pace = Pace(window=100, target=10)
    assert pace.ahead() == 10
    for _ in range(9):
        pace.saw(0, None, kept=True)
    assert pace.ahead() == 1
    assert not pace.done
    poor = Pace(window=1000, target=10)
    for kept in random.Random(1).choices([True, False], weights=[1, 9], k=50):
        poor.saw(0, None, kept)
    assert poor.ahead() == min(1000, -(-(10 - poor.kept) * 51 // (poor.kept + 1)))


def test_without_a_target_the_window_is_the_bound() -> None:
    assert Pace(window=64).ahead() == 64
