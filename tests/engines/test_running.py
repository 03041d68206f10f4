"""Code in a greenlet that callbacks drive: it ends, fails and is cancelled as a task's is."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any

import pytest

from runtime.bridge import Running, await_, together

HERE: contextvars.ContextVar[str] = contextvars.ContextVar("HERE", default="nowhere")


async def _end_of(function: Callable[..., Any], *args: Any, cancelled_after: float | None = None) -> Running[Any]:
    ended: asyncio.Future[Running[Any]] = asyncio.get_running_loop().create_future()
    running: Running[Any] = Running(ended.set_result, function, *args)
    if cancelled_after is not None:
        await asyncio.sleep(cancelled_after)
        running.cancel()
    assert await asyncio.wait_for(ended, 5) is running
    return running


async def _later(value: int) -> int:
    await asyncio.sleep(0.001)
    return value


async def _lost() -> int:
    raise ValueError("lost")


def test_its_value_is_read_when_it_has_ended() -> None:
    running = asyncio.run(_end_of(lambda count: sum(await_(_later(i)) for i in range(count)), 4))
    assert (running.done(), running.result(), running.exception(), running.cancelled()) == (True, 6, None, False)


def test_code_that_never_waits_ends_in_the_next_turn() -> None:
    async def run() -> list[str]:
        said: list[str] = []
        running: Running[None] = Running(lambda _: said.append("ended"), said.append, "ran")
        said.append("here")
        assert not running.done()
        await asyncio.sleep(0)
        return said

    assert asyncio.run(run()) == ["here", "ran", "ended"]


def test_a_fault_comes_out_where_it_was_waited_for_and_else_of_its_result() -> None:
    running = asyncio.run(_end_of(lambda: await_(_lost())))
    assert isinstance(running.exception(), ValueError)
    with pytest.raises(ValueError, match="lost"):
        running.result()


@pytest.mark.parametrize("fault", [None, ValueError("lost")])
def test_cancelled_in_the_moment_in_which_its_wait_ends_it_goes_no_further(fault: Exception | None) -> None:
    """What it would wait for next may depend on others who were cancelled with it."""

    async def run() -> Running[Any]:
        awaited: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ended: asyncio.Future[Running[Any]] = asyncio.get_running_loop().create_future()
        running: Running[Any] = Running(ended.set_result, lambda: (await_(awaited), await_(asyncio.Event().wait())))
        await asyncio.sleep(0)
        awaited.set_result(None) if fault is None else awaited.set_exception(fault)
        running.cancel()
        return await asyncio.wait_for(ended, 5)

    assert asyncio.run(run()).cancelled()


def test_cancelled_it_runs_its_cleanup_which_may_wait() -> None:
    cleaned = []

    def code() -> None:
        try:
            await_(asyncio.sleep(60))
        finally:
            cleaned.append(await_(_later(1)))

    running = asyncio.run(_end_of(code, cancelled_after=0.01))
    assert (running.cancelled(), cleaned) == (True, [1])


def test_cancelled_before_its_turn_it_never_begins() -> None:
    async def run() -> tuple[bool, list[int]]:
        ran: list[int] = []
        ended: asyncio.Future[Running[None]] = asyncio.get_running_loop().create_future()
        running: Running[None] = Running(ended.set_result, ran.append, 1)
        running.cancel()
        return (await ended).cancelled(), ran

    assert asyncio.run(run()) == (True, [])


def test_context_variables_are_its_own_and_reach_what_it_waits_for() -> None:
    async def told() -> str:
        return HERE.get()

    def code(name: str) -> tuple[str, str, list[str]]:
        HERE.set(name)
        await_(_later(1))
        return HERE.get(), await_(told()), together([HERE.get, HERE.get])

    async def both() -> list[Any]:
        return [one.result() for one in await asyncio.gather(_end_of(code, "a"), _end_of(code, "b"))]

    assert asyncio.run(both()) == [("a", "a", ["a", "a"]), ("b", "b", ["b", "b"])]
    assert HERE.get() == "nowhere"
