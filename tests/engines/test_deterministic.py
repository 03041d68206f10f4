"""The deterministic engine: the contract, and that it fails, dawdles and errs on demand, always alike."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from runtime.engines import Constraint, Engine, EngineRejected, EngineUnavailable, Message, Request, Sampling
from runtime.engines.deterministic import DeterministicEngine
from tests.engines.contract import EngineContract, ask, one, request_of


class TestDeterministicEngine(EngineContract):
    @pytest.fixture
    def engine(self) -> Engine:
        return DeterministicEngine()


def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    requests = [request_of(DeterministicEngine(), seed=seed) for seed in range(20)]
    forwards = ask(DeterministicEngine(), *requests)
    backwards = ask(DeterministicEngine(), *reversed(requests))
    assert forwards == list(reversed(backwards))


def test_answers_are_the_same_in_every_release() -> None:
    """Root digests of recorded builds hang on this: a new text here needs a new `revision`."""
    request = Request("deterministic:1", (Message("user", "What is a lamp?"),), seed=7)
    assert one(DeterministicEngine(), request).text == GOLDEN


GOLDEN = "Six open wind these east past stone snow."


def test_two_revisions_are_two_models() -> None:
    first, second = DeterministicEngine(), DeterministicEngine(revision="2")
    assert first.identity != second.identity
    assert one(first, request_of(first)).text != one(second, request_of(second)).text


def test_engines_that_answer_otherwise_share_no_stored_answers() -> None:
    assert DeterministicEngine(invalid_share=0.5).identity != DeterministicEngine().identity
    assert DeterministicEngine(delay=1.0, concurrency=2).identity == DeterministicEngine().identity


def test_a_call_that_was_told_to_fail_fails_as_a_server_does() -> None:
    engine = DeterministicEngine(unavailable_at=(2,))
    assert one(engine, request_of(engine)).text
    with pytest.raises(EngineUnavailable, match="503"):
        one(engine, request_of(engine))
    assert one(engine, request_of(engine)).text
    assert engine.calls == 3


def test_an_engine_that_goes_down_stays_down() -> None:
    engine = DeterministicEngine(unavailable_from=2)
    one(engine, request_of(engine))
    for _ in range(2):
        with pytest.raises(EngineUnavailable):
            one(engine, request_of(engine))


def test_delays_pass_on_the_event_loop() -> None:
    engine = DeterministicEngine(delay=0.05, jitter=0.01)
    start = time.perf_counter()
    ask(engine, *(request_of(engine, seed=seed) for seed in range(50)))
    assert 0.05 <= time.perf_counter() - start < 2.0


def test_a_share_of_the_answers_breaks_its_form_on_demand() -> None:
    engine = DeterministicEngine(invalid_share=0.5)
    constraint = Constraint("choice", '["a", "b"]')
    answers = ask(engine, *(request_of(engine, seed=seed, constraint=constraint) for seed in range(200)))
    valid = sum(answer.text in ("a", "b") for answer in answers)
    assert 60 < valid < 140


def test_respond_answers_what_it_wants_and_leaves_the_rest() -> None:
    engine = DeterministicEngine(respond=lambda request: "fixed" if request.seed == 1 else None)
    assert one(engine, request_of(engine, seed=1)).text == "fixed"
    assert one(engine, request_of(engine, seed=2)).text != "fixed"


def test_a_grammar_is_refused() -> None:
    engine = DeterministicEngine()
    with pytest.raises(EngineRejected, match="grammar"):
        one(engine, request_of(engine, constraint=Constraint("grammar", 'root ::= "a"')))


def test_it_is_fast_enough_to_measure_everything_else_with() -> None:
    """No timing: it must simply not suspend, so that ten thousand calls run through in one go."""
    engine = DeterministicEngine()

    async def run() -> int:
        return len({(await engine.complete(request_of(engine, seed=seed))).text for seed in range(10_000)})

    assert asyncio.run(run()) > 9_900


def test_recursive_schemas_end() -> None:
    schema = {
        "$defs": {
            "tree": {
                "type": "object",
                "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
                "required": ["children"],
            }
        },
        "$ref": "#/$defs/tree",
    }
    engine = DeterministicEngine()
    constraint = Constraint("json_schema", json.dumps(schema))
    requests = [
        request_of(engine, seed=s, constraint=constraint, sampling=Sampling(max_tokens=10**6)) for s in range(5)
    ]
    for answer in ask(engine, *requests):
        assert "children" in json.loads(answer.text)
