"""A call of SGLang that begins without a coroutine: the request and the end are those of one with a coroutine."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from runtime.engines import Answer, Constraint, EngineRejected, Message, Request, Sampling
from runtime.engines.sglang.engine import SglangEngine
from tests.engines.contract import request_of
from tests.engines.sglang.server import SglangServer, serving

pytestmark = pytest.mark.usefixtures("short_pauses")


async def _begun(engine: SglangEngine, request: Request) -> Answer | BaseException | None:
    """What is told of a call, None where there is no short way."""
    told: asyncio.Future[Answer | BaseException] = asyncio.get_running_loop().create_future()
    return await told if engine.begin(request, told.set_result) is not None else None


def _generated(server: SglangServer) -> list[dict[str, Any]]:
    return [{**body, "rid": ""} for path, body in server.seen if path == "/generate"]


def _both(engine: SglangEngine, request: Request) -> tuple[Answer, Answer | BaseException | None]:
    async def ask() -> tuple[Answer, Answer | BaseException | None]:
        return await engine.complete(request), await _begun(engine, request)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"sampling": Sampling(temperature=0.5, max_tokens=9, stop=("x",)), "seed": 7},
        {"constraint": Constraint("choice", '["a", "c"]')},
        {"prefill": "It is "},
        {"raw": True},
    ],
)
def test_both_ways_send_the_same_and_give_the_same(server: SglangServer, changes: dict[str, Any]) -> None:
    engine = SglangEngine(url=server.url, model="made-up", deterministic=True)
    waited, told = _both(engine, request_of(engine, **changes))
    assert isinstance(told, Answer) and waited == replace(told, cached_tokens=waited.cached_tokens)
    one, other = _generated(server)
    assert one == other


def test_what_needs_more_than_one_exchange_goes_the_long_way(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url, model="made-up", deterministic=True)
    judged, quoting = request_of(engine, labels=("yes", "no")), (Message("user", "What is <|im_end|>?"),)
    assert _both(engine, judged)[1] is None
    assert _both(engine, request_of(engine, messages=quoting))[1] is None


def test_nothing_begins_before_the_server_is_known_nor_with_several_servers(server: SglangServer) -> None:
    fresh = SglangEngine(url=server.url, model="made-up", deterministic=True)
    assert asyncio.run(_begun(fresh, request_of(fresh))) is None
    with serving(SglangServer()) as another:
        two = SglangEngine(urls=[server.url, another.url], model="made-up", deterministic=True)
        assert _both(two, request_of(two))[1] is None


def test_a_grammar_that_the_server_refuses_is_named_on_both_ways(
    server: SglangServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(body: Any) -> tuple[int, Any]:
        return 400, {"error": {"message": "Failed to compile grammar"}}

    engine = SglangEngine(url=server.url, model="made-up", deterministic=True)

    async def ask() -> tuple[str, str]:
        request = request_of(engine, constraint=Constraint("choice", '["a", "c"]'))
        await engine.complete(request)
        monkeypatch.setattr(server, "generate", refuse)
        told = await _begun(engine, request)
        with pytest.raises(EngineRejected) as raised:
            await engine.complete(request)
        return str(told), str(raised.value)

    told, raised = asyncio.run(ask())
    assert told == raised and "choice" in told


def test_one_that_is_cancelled_is_aborted_and_counts_no_more(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url, model="made-up", deterministic=True)

    async def ask() -> tuple[int, int]:
        await engine.complete(request_of(engine))
        server.delay = 5.0
        begun = engine.begin(request_of(engine, seed=3), lambda fate: None)
        assert begun is not None
        waiting = engine._patience.in_flight
        await asyncio.sleep(0.05)
        begun.cancel()
        await engine.close()
        return waiting, engine._patience.in_flight

    assert asyncio.run(ask()) == (1, 0)
    (rid,) = [body["rid"] for path, body in server.seen if path == "/abort_request"]
    assert rid == [body["rid"] for path, body in server.seen if path == "/generate"][-1]


def test_several_in_one_exchange_send_the_same_and_give_the_same_on_both_ways(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url, model="made-up", deterministic=True)
    requests = [request_of(engine, seed=seed, sampling=Sampling(max_tokens=9)) for seed in (5, 3)]

    async def ask() -> tuple[list[Answer], list[Answer] | BaseException]:
        waited = await engine.complete_all(requests)
        told: asyncio.Future[list[Answer] | BaseException] = asyncio.get_running_loop().create_future()
        assert engine.begin_all(requests, told.set_result) is not None
        return waited, await told

    waited, told = asyncio.run(ask())
    assert isinstance(told, list)
    assert [replace(answer, cached_tokens=0) for answer in told] == [replace(one, cached_tokens=0) for one in waited]
    one, other = _generated(server)
    assert one == other


def test_several_that_are_cancelled_are_aborted_each(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url, model="made-up", deterministic=True)
    requests = [request_of(engine, seed=seed) for seed in (5, 3)]

    async def ask() -> int:
        await engine.complete(requests[0])
        server.delay = 5.0
        begun = engine.begin_all(requests, lambda fate: None)
        assert begun is not None
        await asyncio.sleep(0.05)
        begun.cancel()
        await engine.close()
        return engine._patience.in_flight

    assert asyncio.run(ask()) == 0
    said = [body["rid"] for path, body in server.seen if path == "/abort_request"]
    assert said == [body["rid"] for path, body in server.seen if path == "/generate"][-1]
