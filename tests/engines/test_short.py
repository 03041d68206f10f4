"""A call that begins without a coroutine: its end is that of one with a coroutine, and one that is cancelled leaves
nothing behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from runtime.engines.begun import Begun
from runtime.engines.exchange import Exchange, NoAnswer
from runtime.engines.openai.engine import OpenAIEngine
from runtime.engines.protocol import Answer as Answered
from runtime.engines.protocol import EngineRejected, Message, Request
from tests.engines.serving import Answer, serving
from tests.engines.test_exchange import BROKEN, OK, exchange, scripted
from tests.scheduler.virtual import run_talking


async def met(server: Any, **settings: Any) -> Exchange:
    """An exchange with a connection that stands open."""
    opened = exchange(server, **settings)
    assert await opened.json("POST", "/met", {}) == {"ok": True}
    return opened


async def begun(opened: Exchange) -> Any:
    """What is told of a call on the short way."""
    told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    assert opened.begin("/generate", {"x": 1}, told.set_result) is not None
    return await told


def test_a_good_answer_is_told_and_leaves_the_connection_to_the_next() -> None:
    async def ask() -> None:
        async with serving(scripted(OK)) as server:
            opened = await met(server)
            assert [await begun(opened) for _ in range(3)] == [{"ok": True}] * 3
            assert (server.connections, opened.load.in_flight) == (1, 0)

    run_talking(ask())


def test_without_an_open_connection_or_room_nothing_begins() -> None:
    async def ask() -> None:
        async with serving(scripted(OK)) as server:
            assert exchange(server).begin("/generate", {}, print) is None
            opened = await met(server, limit=1)
            assert opened.load.try_enter()
            assert opened.begin("/generate", {}, print) is None

    run_talking(ask())


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_answer_is_asked_again_in_a_task(broken: Answer) -> None:
    async def ask() -> None:
        async with serving(scripted(OK, broken, OK)) as server:
            opened = await met(server)
            assert await begun(opened) == {"ok": True}
            assert server.seen == [("/met", {}), ("/generate", {"x": 1}), ("/generate", {"x": 1})]
            assert opened.load.in_flight == 0

    run_talking(ask())


def test_what_the_server_refuses_or_never_answers_is_told_as_a_fault() -> None:
    async def ask() -> None:
        refused: Answer = (400, {"error": {"message": "no such field"}})
        async with serving(scripted(OK, refused)) as server:
            fault = await begun(await met(server))
            assert isinstance(fault, EngineRejected) and "no such field" in fault.message
        async with serving(scripted(OK, (503, {}))) as server:
            opened = await met(server, retries=2)
            assert isinstance(await begun(opened), NoAnswer)
            assert opened.load.in_flight == 0

    run_talking(ask())


def test_an_answer_that_takes_too_long_is_told_as_a_fault() -> None:
    async def ask() -> None:
        async def script(path: str, body: Any) -> Answer:
            await asyncio.sleep(0 if path == "/met" else 60)
            return OK

        async with serving(script) as server:
            opened = await met(server, timeout=5)
            fault = await begun(opened)
            assert isinstance(fault, NoAnswer) and "in 5 s" in fault.message
            assert opened.load.in_flight == 0

    run_talking(ask())


def test_who_cancels_is_told_nothing_and_the_server_hears_of_it() -> None:
    async def ask() -> None:
        waits = asyncio.Event()

        async def script(path: str, body: Any) -> Answer:
            if path != "/met":
                await waits.wait()
            return OK

        async with serving(script) as server:
            opened, told = await met(server), list[Any]()
            call = opened.begin("/generate", {}, told.append)
            assert call is not None
            while server.in_flight == 0:
                await asyncio.sleep(0.01)
            call.cancel()
            call.cancel()
            while not server.hung_up:
                await asyncio.sleep(0.01)
            assert (told, opened.load.in_flight) == ([], 0)

    run_talking(ask())


CHAT: Answer = (200, {"choices": [{"message": {"content": "Hello."}}], "usage": {"prompt_tokens": 3}})


def test_an_engine_gives_the_same_answer_on_both_ways() -> None:
    async def ask() -> None:
        async with serving(scripted(CHAT)) as server:
            engine = OpenAIEngine(url=server.url, model="m")
            request = Request("m", (Message("user", "Say hello."),), seed=7)
            long = await engine.complete(request)
            told: asyncio.Future[Answered | BaseException] = asyncio.get_running_loop().create_future()
            way: Begun | None = engine.begin(request, told.set_result)
            assert way is not None and await told == long
            assert server.seen[0] == server.seen[1]

    run_talking(ask())


def test_what_is_no_answer_of_the_api_is_told_as_a_fault() -> None:
    async def ask() -> None:
        async with serving(scripted(CHAT, OK)) as server:
            engine = OpenAIEngine(url=server.url, model="m")
            request = Request("m", (Message("user", "Say hello."),))
            await engine.complete(request)
            told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            engine.begin(request, told.set_result)
            assert "is no answer of /chat/completions" in str(await told)

    run_talking(ask())
