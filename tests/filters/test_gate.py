"""The ordered gate: candidate order at a statement, whatever the order of answers."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.filters import OrderedGate


async def passing(delays: list[int], dropped: set[int]) -> list[int]:
    """Candidates that reach the gate after so many turns of the loop, or leave without; the order they pass in."""
    gate, passed = OrderedGate(), list[int]()

    async def candidate(number: int, delay: int) -> None:
        for _ in range(delay):
            await asyncio.sleep(0)
        if number not in dropped:
            await gate.enter(number)
            assert gate.is_open(number)
            await gate.enter(number)
            passed.append(number)
        gate.leave(number)
        gate.leave(number)

    tasks = [asyncio.ensure_future(candidate(number, delay)) for number, delay in enumerate(delays)]
    random.Random(len(delays)).shuffle(tasks)
    await asyncio.wait_for(asyncio.gather(*tasks), 10)
    assert gate.turn == len(delays)
    return passed


@given(st.lists(st.integers(0, 6), max_size=25), st.sets(st.integers(0, 24)))
def test_candidates_pass_in_candidate_order_whoever_comes_first_or_never(delays: list[int], dropped: set[int]) -> None:
    wanted = [number for number in range(len(delays)) if number not in dropped]
    assert asyncio.run(passing(delays, dropped)) == wanted


def test_a_candidate_in_its_turn_keeps_the_rest_out_until_it_leaves() -> None:
    async def scenario() -> None:
        gate = OrderedGate(first=5)
        await gate.enter(5)
        second = asyncio.ensure_future(gate.enter(6))
        await asyncio.sleep(0.01)
        assert not second.done()
        assert not gate.is_open(6)
        gate.leave(5)
        await asyncio.wait_for(second, 1)

    asyncio.run(scenario())


def test_a_cancelled_candidate_that_leaves_holds_up_nobody() -> None:
    async def scenario() -> None:
        gate = OrderedGate()
        waiting = [asyncio.ensure_future(gate.enter(number)) for number in (1, 2)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.gather(waiting[0], return_exceptions=True)
        gate.leave(1)
        gate.leave(0)
        await asyncio.wait_for(waiting[1], 1)

    asyncio.run(scenario())


def test_coming_back_after_leaving_is_a_mistake_of_ours() -> None:
    async def scenario() -> None:
        gate = OrderedGate()
        gate.leave(0)
        gate.leave(2)
        for number in (0, 2):
            with pytest.raises(RuntimeError, match="left this gate before"):
                await gate.enter(number)

    asyncio.run(scenario())
