"""One timer for all deadlines: each is kept, whatever order they come in, and what is done in time hears nothing."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.engines.deadlines import Deadlines
from tests.scheduler.virtual import run as virtual

MOMENTS = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20), st.integers(0, 30)), max_size=12)
"""(begins, has so long, would take so long), in seconds."""


async def ends(jobs: list[tuple[int, int, int]]) -> list[tuple[str, float]]:
    """How and when each ended, in seconds since the beginning."""
    loop = asyncio.get_running_loop()
    deadlines, began = Deadlines(loop), loop.time()

    async def one(begins: int, patience: int, takes: int) -> tuple[str, float]:
        await asyncio.sleep(begins)
        future: asyncio.Future[Any] = loop.create_future()
        deadlines.add(future, loop.time() + patience)
        timer = loop.call_later(takes + 0.5, _finish, future)
        try:
            how = await future
        except TimeoutError:
            how = "late"
        deadlines.remove(future)
        timer.cancel()
        return how, loop.time() - began

    found = await asyncio.gather(*(one(*job) for job in jobs))
    deadlines.close()
    return list(found)


def _finish(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_result("done")


@settings(deadline=None)
@given(MOMENTS)
def test_each_deadline_is_kept_to_the_moment(jobs: list[tuple[int, int, int]]) -> None:
    expected = [
        ("done", begins + takes + 0.5) if takes < patience else ("late", float(begins + patience))
        for begins, patience, takes in jobs
    ]
    found = virtual(ends(jobs))
    assert [how for how, _ in found] == [how for how, _ in expected]
    assert all(abs(one[1] - other[1]) < 0.01 for one, other in zip(found, expected, strict=True))


def test_nothing_that_waits_leaves_no_timer() -> None:
    async def scenario() -> int:
        loop = asyncio.get_running_loop()
        deadlines, future = Deadlines(loop), loop.create_future()
        deadlines.add(future, loop.time() + 600)
        deadlines.remove(future)
        deadlines.close()
        return len([timer for timer in loop._scheduled if not timer.cancelled()])  # type: ignore[attr-defined]

    assert asyncio.run(scenario()) == 0
