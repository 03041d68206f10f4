"""What every engine must do, whoever it is. A test class mixes this in and gives the fixture `engine`.

Nothing here asserts what a model says: only that it says it in the form, and with the details, that were asked for.
What an engine does not declare it must refuse. What only some engines have is in `abilities.py`.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import jsonschema_rs
import pytest

from runtime.engines import (
    Answer,
    Constraint,
    Engine,
    EngineRejected,
    Message,
    Request,
    Sampling,
)

QUESTION = (Message("system", "You answer in one short sentence."), Message("user", "What is a lamp?"))
SHORT = Sampling(max_tokens=12)
ENOUGH = Sampling(max_tokens=80)
BEFORE_CANCEL = 0.4
"""Seconds after which a call is surely on its way, and a long one surely not yet answered."""

SCHEMA = {
    "type": "object",
    "properties": {
        "zeal": {"enum": ["high", "low"]},
        "name": {"type": "string", "maxLength": 12},
        "count": {"type": "integer", "minimum": 1, "maximum": 5},
        "tags": {"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 1, "maxItems": 2},
    },
    "required": ["zeal", "name", "count", "tags"],
    "additionalProperties": False,
}


def ask(engine: Engine, *requests: Request) -> list[Answer]:
    async def together() -> list[Answer]:
        return list(await asyncio.gather(*(engine.complete(request) for request in requests)))

    return asyncio.run(together())


def one(engine: Engine, request: Request) -> Answer:
    return ask(engine, request)[0]


def request_of(engine: Engine, **changes: object) -> Request:
    return Request(**{"model": engine.identity, "messages": QUESTION, "sampling": SHORT, **changes})  # type: ignore[arg-type]


def needs(capability: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The test holds for engines that declare `capability`; any other refuses the request."""

    def conditional(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def run(self: object, engine: Engine, **given: Any) -> None:
            if getattr(engine.capabilities, capability):
                test(self, engine, **given)
                return
            with pytest.raises(EngineRejected):
                test(self, engine, **given)

        return run

    return conditional


class EngineContract:
    def test_identity_is_that_of_the_weights_and_stays(self, engine: Engine) -> None:
        assert engine.identity
        assert engine.identity == engine.identity
        assert "http" not in engine.identity

    def test_an_answer_carries_its_tokens_and_its_log_probability(self, engine: Engine) -> None:
        answer = one(engine, request_of(engine))
        assert answer.finish in ("stop", "length")
        assert answer.prompt_tokens > 0
        assert 0 < answer.completion_tokens <= SHORT.max_tokens
        assert (answer.logprob is not None) == engine.capabilities.logprobs
        assert answer.logprob is None or -50 < answer.logprob <= 0

    def test_an_answer_survives_the_journal(self, engine: Engine) -> None:
        answer = one(engine, request_of(engine))
        assert Answer.from_json(answer.to_json()) == answer

    @needs("regex")
    def test_an_answer_that_reaches_max_tokens_says_so(self, engine: Engine) -> None:
        answer = one(engine, request_of(engine, sampling=Sampling(max_tokens=2), constraint=regex("[a-z ]{60,80}")))
        assert answer.finish == "length"
        assert len(answer.text) < 60

    def test_an_answer_ends_before_a_stop_string(self, engine: Engine) -> None:
        sampling = Sampling(max_tokens=40, stop=("e",))
        assert "e" not in one(engine, request_of(engine, sampling=sampling)).text

    @pytest.mark.parametrize("pattern", ["(Why|How) [^?\n]{5,30}[?]", r"[A-Z]{2}-\d{3}/é"])
    @needs("regex")
    def test_a_pattern_holds_over_the_whole_answer(self, engine: Engine, pattern: str) -> None:
        answer = one(engine, request_of(engine, sampling=ENOUGH, constraint=regex(pattern)))
        assert answer.finish == "length" or re.fullmatch(pattern, answer.text)

    @needs("choice")
    def test_a_choice_is_one_of_the_choices(self, engine: Engine) -> None:
        choices = ["a lamp", 'say "hi"\\', "Straße|x"]
        answer = one(engine, request_of(engine, sampling=ENOUGH, constraint=choice(choices)))
        assert answer.text in choices

    @needs("json_schema")
    def test_a_record_is_valid_and_keeps_the_order_of_its_fields(self, engine: Engine) -> None:
        constraint = Constraint("json_schema", json.dumps(SCHEMA))
        answer = one(engine, request_of(engine, sampling=ENOUGH, constraint=constraint))
        value = json.loads(answer.text)
        jsonschema_rs.validate(SCHEMA, value)
        assert list(value) == list(SCHEMA["properties"])  # type: ignore[call-overload]

    @pytest.mark.parametrize(
        "constraint",
        [Constraint("json_schema", '{"type": "objct"}'), Constraint("regex", "(?=a)b"), Constraint("regex", "(a")],
        ids=["schema", "look-ahead", "syntax"],
    )
    def test_a_form_that_cannot_be_decoded_is_refused_not_dropped(self, engine: Engine, constraint: Constraint) -> None:
        with pytest.raises(EngineRejected):
            one(engine, request_of(engine, constraint=constraint))

    def test_a_refusal_costs_nobody_else_an_answer(self, engine: Engine) -> None:
        async def together() -> list[Answer | BaseException]:
            wrong = request_of(engine, constraint=Constraint("json_schema", '{"type": "objct"}'))
            asked = (request_of(engine), wrong, request_of(engine, seed=1))
            return await asyncio.gather(*map(engine.complete, asked), return_exceptions=True)

        first, refused, last = asyncio.run(together())
        assert isinstance(first, Answer) and isinstance(last, Answer)
        assert isinstance(refused, EngineRejected)

    def test_a_cancelled_call_ends_at_once_and_others_go_on(self, engine: Engine) -> None:
        async def cancelled() -> tuple[float, Answer]:
            endless = request_of(engine, sampling=Sampling(max_tokens=400, temperature=1.5))
            await engine.complete(request_of(engine))  # what is loaded and learnt once is not waited for
            task = asyncio.ensure_future(engine.complete(endless))
            await asyncio.sleep(BEFORE_CANCEL)
            start = asyncio.get_running_loop().time()
            task.cancel()
            await asyncio.wait([task])
            ended = asyncio.get_running_loop().time() - start
            return ended, await engine.complete(request_of(engine, seed=2))

        ended, answer = asyncio.run(cancelled())
        assert ended < 1.0
        assert answer.completion_tokens > 0

    def test_what_it_declares_it_has(self, engine: Engine) -> None:
        parts = {"batch": "complete_all", "warm": "warm", "embed": "embed"}
        declared = [part for capability, part in parts.items() if getattr(engine.capabilities, capability)]
        assert [part for part in declared if not callable(getattr(engine, part, None))] == []

    def test_greedy_answers_are_alike(self, engine: Engine) -> None:
        request = request_of(engine, sampling=Sampling(temperature=0, max_tokens=8))
        _, second, third = (one(engine, request).text for _ in range(3))  # the first warms the prefix cache
        assert second == third

    def test_a_seed_is_kept_by_an_engine_that_says_so(self, engine: Engine) -> None:
        request = request_of(engine, seed=2**63 + 5)
        _, second, third = (one(engine, request).text for _ in range(3))
        assert second == third or not engine.capabilities.seed

    def test_seeds_differ(self, engine: Engine) -> None:
        hot = Sampling(temperature=1.5, max_tokens=12)
        answers = [one(engine, request_of(engine, sampling=hot, seed=seed)).text for seed in range(3)]
        assert len(set(answers)) > 1

    @needs("logprobs")
    def test_a_judgement_gives_every_label_and_their_mass(self, engine: Engine) -> None:
        answer = one(engine, request_of(engine, labels=("yes", "no")))
        assert set(answer.labels) == {"yes", "no"}
        assert all(value <= 0 for value in answer.labels.values())
        assert answer.text == max(answer.labels, key=lambda label: answer.labels[label])
        assert answer.label_mass is not None
        assert math.isclose(answer.label_mass, sum(map(math.exp, answer.labels.values())), rel_tol=1e-6)
        assert math.isclose(answer.probability("yes") + answer.probability("no"), 1.0)

    @needs("prefill")
    def test_a_prefill_opens_the_answer_and_is_not_repeated(self, engine: Engine) -> None:
        request = request_of(engine, prefill="A lamp is ")
        assert engine.render(request).endswith("A lamp is ")
        assert not one(engine, request).text.startswith("A lamp is ")

    @needs("prefill")
    def test_the_users_turn_can_be_left_open(self, engine: Engine) -> None:
        request = request_of(engine, open_role="user", prefill="Could you")
        assert engine.render(request) != engine.render(request_of(engine, prefill="Could you"))
        assert engine.render(request).endswith("Could you")
        assert one(engine, request).completion_tokens > 0

    @needs("raw")
    def test_a_raw_prompt_has_no_template(self, engine: Engine) -> None:
        request = request_of(engine, messages=(), prefill="Once upon a", raw=True)
        assert engine.render(request) == "Once upon a"
        assert one(engine, request).completion_tokens > 0

    def test_the_prompt_holds_the_messages_in_their_order(self, engine: Engine) -> None:
        contents = ("Be brief.", "First?", "One.", "Second?")
        roles = ("system", "user", "assistant", "user")
        messages = tuple(Message(role, text) for role, text in zip(roles, contents, strict=True))  # type: ignore[arg-type]
        rendered = engine.render(request_of(engine, messages=messages))
        assert _in_order(rendered, contents)

    @needs("tokenize")
    def test_tokens_are_counted(self, engine: Engine) -> None:
        assert engine.count_tokens("") == 0
        assert 0 < engine.count_tokens("a lamp") < engine.count_tokens("a lamp " * 20)

    def test_it_says_what_it_is(self, engine: Engine) -> None:
        about = asyncio.run(engine.about())
        assert about.kind
        assert about.version
        assert about.model
        assert about.device in ("none", "cpu", "cuda", "unknown")
        assert about.deterministic == engine.capabilities.seed
        assert about.context is None or about.context > 0

    @needs("choice")
    def test_calls_in_flight_get_their_own_answers(self, engine: Engine) -> None:
        requests = [request_of(engine, constraint=choice([f"number {i}"]), sampling=ENOUGH) for i in range(6)]
        assert [answer.text for answer in ask(engine, *requests)] == [f"number {i}" for i in range(6)]


class GrammarContract:
    """For engines that declare grammars."""

    def test_a_grammar_holds(self, engine: Engine) -> None:
        constraint = Constraint("grammar", 'root ::= "ab" "c"')
        assert one(engine, request_of(engine, constraint=constraint)).text == "abc"


def regex(pattern: str) -> Constraint:
    return Constraint("regex", pattern)


def choice(choices: Iterable[str]) -> Constraint:
    return Constraint("choice", json.dumps(list(choices)))


def _in_order(text: str, parts: Iterable[str]) -> bool:
    place = 0
    for part in parts:
        place = text.find(part, place)
        if place < 0:
            return False
    return True
