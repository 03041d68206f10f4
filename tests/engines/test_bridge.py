"""The bridge: synchronous code waits for coroutines, and everything that can end a wait comes through."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from functools import partial

import pytest

from runtime.bridge import await_, run_in_greenlet, together

HERE: contextvars.ContextVar[str] = contextvars.ContextVar("HERE", default="nowhere")


async def _later(value: int) -> int:
    await asyncio.sleep(0.001)
    return value


async def _fault() -> int:
    await asyncio.sleep(0)
    raise ValueError("lost")


def _sum_of(count: int) -> int:
    return sum(await_(_later(i)) for i in range(count))


def test_synchronous_code_waits_without_a_thread() -> None:
    def code() -> tuple[int, int]:
        return _sum_of(5), threading.get_ident()

    assert asyncio.run(run_in_greenlet(code)) == (10, threading.get_ident())


def test_many_wait_at_once() -> None:
    async def run() -> list[int]:
        return await asyncio.gather(*(run_in_greenlet(_sum_of, 20) for _ in range(200)))

    start = asyncio.new_event_loop()
    assert start.run_until_complete(asyncio.wait_for(run(), timeout=5)) == [190] * 200
    start.close()


def test_an_exception_comes_out_where_it_was_waited_for() -> None:
    def code() -> str:
        try:
            await_(_fault())
        except ValueError as error:
            return f"caught {error}"
        return "missed"

    assert asyncio.run(run_in_greenlet(code)) == "caught lost"


def test_an_exception_of_the_code_comes_out_of_the_coroutine() -> None:
    def code() -> None:
        await_(_later(1))
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        asyncio.run(run_in_greenlet(code))


def test_cancelling_the_task_ends_the_code_and_runs_its_cleanup() -> None:
    cleaned = []

    def code() -> None:
        try:
            await_(asyncio.sleep(60))
        finally:
            cleaned.append(True)

    async def run() -> None:
        task = asyncio.ensure_future(run_in_greenlet(code))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert cleaned == [True]


def test_context_variables_are_those_of_the_task() -> None:
    async def run(name: str) -> str:
        HERE.set(name)
        return await run_in_greenlet(lambda: (await_(_later(1)), HERE.get())[1])

    async def both() -> list[str]:
        return list(await asyncio.gather(run("a"), run("b")))

    assert asyncio.run(both()) == ["a", "b"]
    assert HERE.get() == "nowhere"


def test_greenlets_inside_threads_of_their_own_loops_do_not_meet() -> None:
    results: list[int] = []
    threads = [
        threading.Thread(target=lambda: results.append(asyncio.run(run_in_greenlet(_sum_of, 4)))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [6] * 4


def test_code_that_is_run_by_hand_waits_too() -> None:
    assert _sum_of(3) == 3
    with pytest.raises(ValueError, match="lost"):
        await_(_fault())


def test_code_in_a_notebook_waits_too() -> None:
    async def cell() -> int:
        return _sum_of(3)

    assert asyncio.run(cell()) == 3


class _End(Exception):
    """An end that is no fault."""


def _after(turns: int, value: object) -> object:
    async def wait() -> None:
        for _ in range(turns):
            await asyncio.sleep(0)

    await_(wait())
    if isinstance(value, Exception):
        raise value
    return value


def test_several_functions_wait_at_the_same_time_and_answer_in_their_order() -> None:
    def inner(base: int) -> list[object]:
        return together([partial(_after, 5 - i, base + i) for i in range(5)])

    def code() -> list[list[object]]:
        return together([partial(inner, base) for base in (10, 20)])

    expected = [[10, 11, 12, 13, 14], [20, 21, 22, 23, 24]]
    assert asyncio.run(run_in_greenlet(code)) == expected
    assert code() == expected
    assert asyncio.run(run_in_greenlet(lambda: together([]))) == []


def test_waiting_together_takes_as_long_as_the_longest() -> None:
    def code() -> list[None]:
        return together([lambda: await_(asyncio.sleep(0.2))] * 20)

    assert asyncio.run(asyncio.wait_for(run_in_greenlet(code), timeout=3)) == [None] * 20


def test_the_first_fault_cancels_the_others_and_comes_out() -> None:
    cleaned = []

    def patient() -> None:
        try:
            await_(asyncio.sleep(60))
        finally:
            cleaned.append(True)

    def code() -> None:
        together([patient, lambda: await_(_fault()), patient])

    with pytest.raises(ValueError, match="lost"):
        asyncio.run(run_in_greenlet(code))
    assert cleaned == [True, True]


def test_cancelling_the_task_cancels_everything_that_runs_together() -> None:
    cleaned = []

    def patient() -> None:
        try:
            await_(asyncio.sleep(60))
        finally:
            cleaned.append(True)

    async def run() -> None:
        task = asyncio.ensure_future(run_in_greenlet(together, [patient, patient]))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert cleaned == [True, True]


@pytest.mark.parametrize("turns", [(1, 9), (9, 1)])
def test_of_several_held_ends_the_first_in_order_comes_out_when_all_have_ended(turns: tuple[int, int]) -> None:
    ended = []

    def code() -> list[object]:
        parts = [
            lambda: _after(turns[0], _End("first")),
            lambda: _after(turns[1], _End("second")),
            lambda: ended.append(_after(12, "third")),
        ]
        return together(parts, (_End,))

    runs: tuple[Callable[[], object], ...] = (lambda: asyncio.run(run_in_greenlet(code)), code)
    for run in runs:
        with pytest.raises(_End, match="first"):
            run()
    assert ended == ["third", "third"]
