"""Candidates go through a statement in candidate order, many at a time, whatever the order of answers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.filters import OrderedBatches


async def passing(delays: list[int], dropped: set[int], threaded: bool) -> tuple[list[int], list[int]]:
    """Candidates that come after so many turns of the loop, or leave without; the order they pass in, the batches."""
    passed, batches = list[int](), list[int]()

    def work(items: Sequence[int]) -> list[int]:
        passed.extend(items)
        batches.append(len(items))
        return [item * 10 for item in items]

    gate = OrderedBatches(work, threaded=threaded)

    async def candidate(number: int, delay: int) -> None:
        for _ in range(delay):
            await asyncio.sleep(0)
        if number not in dropped:
            assert await gate.enter(number, number) == number * 10
        gate.leave(number)
        gate.leave(number)

    numbered = list(enumerate(delays))
    random.Random(len(delays)).shuffle(numbered)
    tasks = [asyncio.ensure_future(candidate(number, delay)) for number, delay in numbered]
    await asyncio.wait_for(asyncio.gather(*tasks), 10)
    await asyncio.sleep(0)
    return passed, batches


@given(st.lists(st.integers(0, 6), max_size=25), st.sets(st.integers(0, 24)), st.booleans())
@settings(deadline=None)
def test_candidates_pass_in_candidate_order_whoever_comes_first_or_never(
    delays: list[int], dropped: set[int], threaded: bool
) -> None:
    passed, _ = asyncio.run(passing(delays, dropped, threaded))
    assert passed == [number for number in range(len(delays)) if number not in dropped]


def test_who_comes_in_one_turn_of_the_loop_goes_together() -> None:
    assert asyncio.run(passing([0] * 40, {7}, False)) == ([n for n in range(40) if n != 7], [39])


def test_a_cancelled_candidate_holds_up_nobody() -> None:
    async def scenario() -> None:
        gate = OrderedBatches[int, int](list)
        waiting = [asyncio.ensure_future(gate.enter(number, number)) for number in (1, 2)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.gather(waiting[0], return_exceptions=True)
        gate.leave(0)
        assert await asyncio.wait_for(waiting[1], 1) == 2

    asyncio.run(scenario())


def test_a_fault_of_the_work_reaches_those_who_wait() -> None:
    async def scenario() -> None:
        def work(items: Sequence[int]) -> list[int]:
            raise MemoryError("full")

        gate = OrderedBatches(work)
        with pytest.raises(MemoryError):
            await asyncio.wait_for(gate.enter(0, 0), 1)

    asyncio.run(scenario())


def test_coming_back_after_leaving_is_a_mistake_of_ours() -> None:
    async def scenario() -> None:
        gate = OrderedBatches[int, int](list)
        gate.leave(0)
        gate.leave(2)
        for number in (0, 2):
            with pytest.raises(RuntimeError, match="left this statement before"):
                await gate.enter(number, number)

    asyncio.run(scenario())
