"""What every engine must do, whoever it is. A test class mixes this in and gives the fixture `engine`.

Nothing here asserts what a model says: only that it says it in the form, and with the details, that were asked for.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Iterable

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
        assert answer.logprob is not None
        assert -50 < answer.logprob <= 0

    def test_an_answer_survives_the_journal(self, engine: Engine) -> None:
        answer = one(engine, request_of(engine))
        assert Answer.from_json(answer.to_json()) == answer

    def test_an_answer_that_reaches_max_tokens_says_so(self, engine: Engine) -> None:
        answer = one(engine, request_of(engine, sampling=Sampling(max_tokens=2), constraint=_regex("[a-z ]{60,80}")))
        assert answer.finish == "length"
        assert len(answer.text) < 60

    def test_an_answer_ends_before_a_stop_string(self, engine: Engine) -> None:
        sampling = Sampling(max_tokens=40, stop=("e",))
        assert "e" not in one(engine, request_of(engine, sampling=sampling)).text

    @pytest.mark.parametrize("pattern", ["(Why|How) [^?\n]{5,30}[?]", r"[A-Z]{2}-\d{3}/é"])
    def test_a_pattern_holds_over_the_whole_answer(self, engine: Engine, pattern: str) -> None:
        answer = one(engine, request_of(engine, sampling=ENOUGH, constraint=_regex(pattern)))
        assert answer.finish == "length" or re.fullmatch(pattern, answer.text)

    def test_a_choice_is_one_of_the_choices(self, engine: Engine) -> None:
        choices = ["a lamp", 'say "hi"\\', "Straße|x"]
        answer = one(engine, request_of(engine, sampling=ENOUGH, constraint=_choice(choices)))
        assert answer.text in choices

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

    def test_a_judgement_gives_every_label_and_their_mass(self, engine: Engine) -> None:
        answer = one(engine, request_of(engine, labels=("yes", "no")))
        assert set(answer.labels) == {"yes", "no"}
        assert all(value <= 0 for value in answer.labels.values())
        assert answer.text == max(answer.labels, key=lambda label: answer.labels[label])
        assert answer.label_mass is not None
        assert math.isclose(answer.label_mass, sum(map(math.exp, answer.labels.values())), rel_tol=1e-6)
        assert math.isclose(answer.probability("yes") + answer.probability("no"), 1.0)

    def test_a_prefill_opens_the_answer_and_is_not_repeated(self, engine: Engine) -> None:
        request = request_of(engine, prefill="A lamp is ")
        assert engine.render(request).endswith("A lamp is ")
        assert not one(engine, request).text.startswith("A lamp is ")

    def test_the_users_turn_can_be_left_open(self, engine: Engine) -> None:
        request = request_of(engine, open_role="user", prefill="Could you")
        assert engine.render(request) != engine.render(request_of(engine, prefill="Could you"))
        assert engine.render(request).endswith("Could you")
        assert one(engine, request).completion_tokens > 0

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

    def test_tokens_are_counted(self, engine: Engine) -> None:
        assert engine.count_tokens("") == 0
        assert 0 < engine.count_tokens("a lamp") < engine.count_tokens("a lamp " * 20)

    def test_it_says_what_it_is(self, engine: Engine) -> None:
        about = asyncio.run(engine.about())
        assert about.kind
        assert about.version
        assert about.model
        assert about.device in ("none", "cpu", "cuda")
        assert about.deterministic == engine.capabilities.seed
        assert about.context is None or about.context > 0

    def test_calls_in_flight_get_their_own_answers(self, engine: Engine) -> None:
        requests = [request_of(engine, constraint=_choice([f"number {i}"]), sampling=ENOUGH) for i in range(6)]
        assert [answer.text for answer in ask(engine, *requests)] == [f"number {i}" for i in range(6)]


class GrammarContract:
    """For engines that declare grammars."""

    def test_a_grammar_holds(self, engine: Engine) -> None:
        constraint = Constraint("grammar", 'root ::= "ab" "c"')
        assert one(engine, request_of(engine, constraint=constraint)).text == "abc"


def _regex(pattern: str) -> Constraint:
    return Constraint("regex", pattern)


def _choice(choices: Iterable[str]) -> Constraint:
    return Constraint("choice", json.dumps(list(choices)))


def _in_order(text: str, parts: Iterable[str]) -> bool:
    place = 0
    for part in parts:
        place = text.find(part, place)
        if place < 0:
            return False
    return True
