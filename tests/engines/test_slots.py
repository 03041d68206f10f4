"""Slots: a prompt goes where its beginning is known already, nobody waits for ever, and no slot is lost."""

from __future__ import annotations

import asyncio
from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from runtime.engines.slots import PATIENCE, SlotPool, shared


@given(st.text("ab", max_size=40), st.text("ab", max_size=40))
def test_what_two_prompts_share_is_their_common_beginning(a: str, b: str) -> None:
    assert shared(a, b) == len([*takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False))])


def test_a_prompt_returns_to_the_slot_that_knows_its_beginning() -> None:
    async def run() -> list[int]:
        pool = SlotPool(3)
        seen = []
        for prompt in ("aaa 1", "bbb 1", "ccc 1", "bbb 2", "aaa 2", "ccc 2", "bbb 3"):
            async with pool.slot(prompt) as slot:
                seen.append(slot)
        return seen

    a, b, c, *again = asyncio.run(run())
    assert len({a, b, c}) == 3
    assert again == [b, a, c, b]


def _order(prompts: list[str], first: str) -> list[str]:
    """In which order `prompts`, all waiting, get the one slot after `first` leaves it."""

    async def run() -> list[str]:
        pool, served = SlotPool(1), list[str]()

        async def use(prompt: str) -> None:
            async with pool.slot(prompt):
                await asyncio.sleep(0)
                served.append(prompt)

        await asyncio.gather(*(use(prompt) for prompt in (first, *prompts)))
        return served[1:]

    return asyncio.run(run())


def test_of_those_waiting_the_nearest_prompt_goes_next() -> None:
    assert _order(["bbb 1", "aaa 1", "bbb 2", "aaa 2"], first="aaa 0") == ["aaa 1", "aaa 2", "bbb 1", "bbb 2"]


def test_nobody_is_passed_over_for_ever() -> None:
    served = _order(["bbb", *(f"aaa {i}" for i in range(PATIENCE * 3))], first="aaa")
    assert served.index("bbb") == PATIENCE


@given(st.lists(st.tuples(st.text("ab", max_size=4), st.booleans()), max_size=30), st.integers(1, 4))
def test_cancelling_those_who_wait_loses_no_slot(users: list[tuple[str, bool]], count: int) -> None:
    async def run() -> None:
        pool = SlotPool(count)

        async def use(prompt: str) -> None:
            async with pool.slot(prompt):
                await asyncio.sleep(0)

        tasks = [(asyncio.ensure_future(use(prompt)), cancel) for prompt, cancel in users]
        await asyncio.sleep(0)
        for task, cancel in tasks:
            if cancel:
                task.cancel()
        await asyncio.gather(*(task for task, _ in tasks), return_exceptions=True)
        held = [pool.slot("") for _ in range(count)]
        slots = [await asyncio.wait_for(slot.__aenter__(), timeout=10) for slot in held]
        assert sorted(slots) == list(range(count))
        for slot in held:
            await slot.__aexit__(None, None, None)

    asyncio.run(run())
