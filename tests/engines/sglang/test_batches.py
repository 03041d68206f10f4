"""Many calls at once: one body with a seed each, a prompt computed ahead, one grammar for a type, patience."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engines import Answer, Constraint, EngineRejected, EngineUnavailable, Message, Request, Sampling
from runtime.engines.sglang.engine import SglangEngine
from runtime.engines.sglang.patience import Patience
from tests.engines.contract import SCHEMA, ask, one, request_of
from tests.engines.sglang.server import SglangServer, serving


def _bodies(server: SglangServer) -> list[Any]:
    return [body for path, body in server.seen if path == "/generate"]


def _all(engine: SglangEngine, requests: list[Request]) -> list[Answer]:
    return asyncio.run(engine.complete_all(requests))


def test_samples_of_one_prompt_are_one_body_and_the_answers_of_calls_one_by_one(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url)
    requests = [request_of(engine, seed=seed, sampling=Sampling(max_tokens=30)) for seed in (5, 3, 9)]
    together = _all(engine, requests)
    (body,) = _bodies(server)
    assert [params["sampling_seed"] for params in body["sampling_params"]] == [5, 3, 9]
    assert len(set(body["text"])) == 1
    assert [answer.text for answer in together] == [answer.text for answer in ask(engine, *requests)]
    assert len({answer.text for answer in together}) == 3


def test_the_parts_of_a_body_are_named_alike_and_apart(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url)
    _all(engine, [request_of(engine, seed=seed) for seed in range(4)])
    rids = _bodies(server)[0]["rid"]
    assert len(set(rids)) == 4
    assert len({rid[:32] for rid in rids}) == 1


def test_a_list_body_asks_for_the_same_details_in_every_part(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url)
    _all(engine, [request_of(engine, seed=seed) for seed in range(2)])
    asyncio.run(engine.warm(request_of(engine)))
    many, warm = _bodies(server)
    assert many["return_logprob"] and all(many["token_ids_logprob"])
    assert warm["return_logprob"] and warm["token_ids_logprob"]


def test_a_part_that_is_refused_refuses_the_body_with_its_constraint(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url)
    nothing = Constraint("json_schema", '{"type": "integer", "minimum": 3, "maximum": 2}')
    with pytest.raises(EngineRejected, match=r"json schema: .*minimum"):
        _all(engine, [request_of(engine, seed=seed, constraint=nothing) for seed in range(2)])


def test_warming_writes_nothing_and_computes_the_prompt_that_is_asked_next(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url)
    request = request_of(engine, prefill="A lamp")
    asyncio.run(engine.warm(request))
    one(engine, request)
    warm, call = _bodies(server)
    assert warm["sampling_params"]["max_new_tokens"] == 0
    assert warm["text"] == call["text"]


def test_a_type_is_one_grammar_to_the_server_however_many_calls_use_it(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url)
    types = [
        Constraint("json_schema", json.dumps(SCHEMA)),
        Constraint("regex", "(Why|How) [^?\n]{5,30}[?]"),
        Constraint("choice", '["a", "b"]'),
    ]
    fresh = [Constraint(c.kind, str(c.source)) for _ in range(5) for c in types]
    sampling = Sampling(max_tokens=80)
    ask(engine, *(request_of(engine, constraint=c, seed=i, sampling=sampling) for i, c in enumerate(fresh)))
    params = [body["sampling_params"] for body in _bodies(server)]
    seen = {p.get("json_schema") or p.get("regex") for p in params}
    assert len(params) == 15
    assert len(seen) == len(types)


def test_an_answer_that_the_server_dropped_is_none(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url)
    one(engine, request_of(engine))
    server.drops = True
    with pytest.raises(EngineUnavailable, match="dropped the request: Abort"):
        one(engine, request_of(engine))


def test_what_a_model_thinks_aloud_is_told_apart_where_the_server_can(server: SglangServer) -> None:
    server.info["reasoning_parser"] = "qwen3"
    server.respond = lambda prompt: "Let me see.</think>A lamp gives light."
    engine = SglangEngine(url=server.url)
    answer = one(engine, request_of(engine))
    assert (answer.text, answer.reasoning) == ("A lamp gives light.", "Let me see.")
    (told,) = [body for path, body in server.seen if path == "/separate_reasoning"]
    assert told["reasoning_parser"] == "qwen3"


def test_a_constrained_answer_holds_no_thought_and_is_not_asked_about(server: SglangServer) -> None:
    server.info["reasoning_parser"] = "qwen3"
    engine = SglangEngine(url=server.url)
    assert one(engine, request_of(engine, constraint=Constraint("choice", '["a"]'))).reasoning is None
    assert all(path != "/separate_reasoning" for path, _ in server.seen)


def test_a_call_that_is_given_up_is_given_up_by_the_server_too(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url)

    async def give_up() -> None:
        await engine.complete(request_of(engine, model="m"))
        server.delay = 1.0
        task = asyncio.ensure_future(engine.complete_all([request_of(engine, model="m", seed=i) for i in range(3)]))
        await asyncio.sleep(0.1)
        task.cancel()
        server.delay = 0.0
        await asyncio.wait([task])
        await engine.close()

    asyncio.run(give_up())
    rids = _bodies(server)[-1]["rid"]
    assert sorted(body["rid"] for path, body in server.seen if path == "/abort_request") == rids


@given(st.integers(1, 4096), st.integers(1, 600), st.integers(1, 64))
def test_a_longer_answer_and_a_fuller_server_are_waited_for_longer(tokens: int, calls: int, together: int) -> None:
    patience = Patience(base=10.0, per_token=0.5)
    with patience.of(tokens, together=together) as alone, patience.of(tokens, calls=calls, together=together) as full:
        assert alone == 10.0 + 0.5 * tokens
        assert full >= alone
        assert full <= 10.0 + 0.5 * tokens * (calls + together) / together + 0.5 * tokens
    assert patience.in_flight == 0


def test_calls_of_one_engine_go_to_all_its_servers_and_prompts_that_begin_alike_to_one(server: SglangServer) -> None:
    with serving(SglangServer()) as other:
        engine = SglangEngine(urls=[server.url, other.url])
        pages = [f"Page {page}. " + f"A long text of page {page}. " * 60 for page in range(4)]
        requests = [
            request_of(engine, messages=(Message("user", f"{pages[i % 4]} Question {i}?"),), seed=i) for i in range(24)
        ]

        async def in_turn() -> None:
            for request in requests:
                await engine.complete(request)

        asyncio.run(in_turn())
        told = [{body["text"][:60] for body in _bodies(each)} for each in (server, other)]
        assert all(told)
        assert not told[0] & told[1]


@pytest.mark.usefixtures("short_pauses")
def test_what_one_server_no_longer_answers_another_does(server: SglangServer) -> None:
    engine = SglangEngine(urls=[server.url, "http://127.0.0.1:9"], model="m", retries=2)
    answers = ask(engine, *(request_of(engine, seed=seed) for seed in range(6)))
    assert len({answer.text for answer in answers}) == 6
