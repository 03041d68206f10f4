"""Servers of OpenAI's API: the contract on each flavour, and what each is sent."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.engines import Constraint, Engine, EngineRejected, EngineUnavailable, Message, Sampling, make_engine
from runtime.engines.openai.engine import OpenAIEngine
from runtime.engines.openai.flavours import FLAVOURS
from tests.engines.abilities import CacheContract, EmbeddingContract
from tests.engines.contract import ENOUGH, EngineContract, GrammarContract, ask, one, request_of
from tests.engines.openai.server import MODEL, ApiServer, serving

SCHEMA = {"type": "object", "properties": {"b": {"type": "string", "minLength": 2}, "a": {"type": "integer"}}}
RECORD = Constraint("json_schema", json.dumps({**SCHEMA, "required": ["b", "a"], "additionalProperties": False}))


@pytest.fixture(scope="module", params=list(FLAVOURS))
def flavoured(request: pytest.FixtureRequest) -> Iterator[ApiServer]:
    with serving(ApiServer(request.param)) as server:
        yield server


class TestEveryFlavour(EngineContract):
    @pytest.fixture
    def engine(self, flavoured: ApiServer) -> Engine:
        return make_engine("openai", {"url": flavoured.url, "flavour": flavoured.flavour})

    def test_a_seed_is_kept_by_an_engine_that_says_so(self, engine: Engine) -> None:
        assert not engine.capabilities.seed
        assert not one(engine, request_of(engine)).repeatable

    def test_a_record_is_valid_and_keeps_the_order_of_its_fields(self, engine: Engine) -> None:
        """Strict mode cannot say how long a text may be: that is left to whoever validates."""
        if isinstance(engine, OpenAIEngine) and engine.settings.flavour.name == "openai":
            value = json.loads(one(engine, request_of(engine, sampling=ENOUGH, constraint=RECORD)).text)
            assert list(value) == ["b", "a"]
        else:
            super().test_a_record_is_valid_and_keeps_the_order_of_its_fields(engine)


class TestServersThatDecodeUnderGrammars(GrammarContract):
    @pytest.fixture(params=["vllm", "llamacpp", "sglang"])
    def engine(self, request: pytest.FixtureRequest) -> Iterator[Engine]:
        with serving(ApiServer(request.param)) as server:
            yield make_engine("openai", {"url": server.url, "flavour": request.param})


class TestDeclaredByItself(EmbeddingContract):
    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        with serving(ApiServer()) as server:
            yield make_engine("openai", {"url": server.url, "embed": True, "seed": True})

    def test_an_engine_whose_seeds_are_declared_says_that_answers_come_again(self, engine: Engine) -> None:
        assert one(engine, request_of(engine)).repeatable


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving(ApiServer()) as running:
        yield running


def engine_of(server: ApiServer, **settings: Any) -> OpenAIEngine:
    made = make_engine("openai", {"url": server.url, "flavour": server.flavour, "model": MODEL, **settings})
    assert isinstance(made, OpenAIEngine)
    return made


def sent(server: ApiServer, engine: Engine, **changes: Any) -> dict[str, Any]:
    """The body of the last exchange of one request."""
    one(engine, request_of(engine, **changes))
    body: dict[str, Any] = server.seen[-1][1]
    return body


def test_a_plain_server_is_sent_only_what_every_server_knows(server: ApiServer) -> None:
    body = sent(server, engine_of(server), sampling=Sampling(max_tokens=9, stop=("x",)), seed=2**40 + 3)
    assert body == {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "You answer in one short sentence."},
            {"role": "user", "content": "What is a lamp?"},
        ],
        "max_tokens": 9,
        "temperature": 0.7,
        "stop": ["x"],
        "seed": 259,
    }


@pytest.mark.parametrize(
    ("flavour", "said"),
    [
        ("vllm", {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0, "top_p": 1.0}),
        ("llamacpp", {"top_k": 0, "min_p": 0.0, "repeat_penalty": 1.0, "top_p": 1.0}),
        ("sglang", {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0, "presence_penalty": 0.0}),
        ("openai", {"max_completion_tokens": 12, "logprobs": True}),
    ],
)
def test_servers_with_defaults_of_their_own_are_told_everything(
    server: ApiServer, flavour: str, said: dict[str, Any]
) -> None:
    server.flavour = flavour
    body = sent(server, engine_of(server))
    assert {key: body[key] for key in said} == said


@pytest.mark.parametrize(
    ("flavour", "constraint", "said"),
    [
        ("vllm", Constraint("regex", r"\d+"), {"structured_outputs": {"regex": "[0-9]{1,}"}}),
        ("vllm", Constraint("choice", '["a", "b"]'), {"structured_outputs": {"choice": ["a", "b"]}}),
        ("vllm", Constraint("grammar", 'root ::= "a"'), {"structured_outputs": {"grammar": 'root ::= "a"'}}),
        ("llamacpp", Constraint("regex", r"\d+"), {"grammar": "root ::= ([0-9]){1,}"}),
        ("llamacpp", Constraint("choice", '["a", "b\\"c"]'), {"grammar": 'root ::= "a" | "b\\x22c"'}),
        ("sglang", Constraint("regex", r"\d+"), {"regex": "[0-9]{1,}"}),
        ("sglang", Constraint("grammar", 'root ::= "a"'), {"ebnf": 'root ::= "a"'}),
    ],
)
def test_each_flavour_has_its_own_words_for_a_form(
    server: ApiServer, flavour: str, constraint: Constraint, said: dict[str, Any]
) -> None:
    server.flavour = flavour
    body = sent(server, engine_of(server), constraint=constraint)
    assert {key: body[key] for key in said} == said


def test_a_schema_goes_as_response_format_and_to_hosted_servers_as_strict_mode_takes_it(server: ApiServer) -> None:
    asked = sent(server, engine_of(server), constraint=RECORD)["response_format"]["json_schema"]
    assert asked["schema"]["properties"]["b"] == {"type": "string", "minLength": 2}
    server.flavour = "openai"
    asked = sent(server, engine_of(server), constraint=RECORD)["response_format"]["json_schema"]
    assert asked["strict"] is True
    assert asked["schema"]["properties"]["b"] == {"type": "string"}


def test_what_is_no_object_is_wrapped_for_a_hosted_server_and_unwrapped_again(server: ApiServer) -> None:
    server.flavour = "openai"
    numbers = Constraint("json_schema", '{"type": "array", "items": {"type": "integer"}, "minItems": 2}')
    found = json.loads(one(engine_of(server), request_of(engine_of(server), constraint=numbers)).text)
    assert isinstance(found, list) and len(found) >= 2


def test_a_prefill_is_the_last_message_where_a_server_continues_it(server: ApiServer) -> None:
    server.flavour = "vllm"
    body = sent(server, engine_of(server), prefill="A lamp is")
    assert body["messages"][-1] == {"role": "assistant", "content": "A lamp is"}
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)


def test_a_template_of_ours_makes_turns_that_the_server_cannot_leave_open(server: ApiServer, tmp_path: Any) -> None:
    file = tmp_path / "template.jinja"
    file.write_text(
        "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}<a>{% endif %}"
    )
    engine = engine_of(server, chat_template=str(file))
    assert engine.capabilities.prefill
    body = sent(server, engine, prefill="A lamp", messages=(Message("user", "Say."),))
    assert body["prompt"] == "<user>Say.\n<a>A lamp"
    assert engine.identity != engine_of(server).identity


@pytest.mark.parametrize("name", ["top_k", "min_p", "repetition_penalty"])
def test_a_setting_that_a_flavour_has_no_words_for_is_refused_not_dropped(server: ApiServer, name: str) -> None:
    engine = engine_of(server)
    changed: dict[str, Any] = {name: 3}
    with pytest.raises(EngineRejected, match=name):
        one(engine, request_of(engine, sampling=replace(Sampling(), **changed)))


def test_too_many_stop_strings_for_a_hosted_server_are_refused_before_they_are_sent(server: ApiServer) -> None:
    server.flavour = "openai"
    engine = engine_of(server)
    with pytest.raises(EngineRejected, match="at most 4"):
        one(engine, request_of(engine, sampling=Sampling(stop=tuple("abcde"))))
    assert server.seen == []


def test_further_fields_are_sent_fields_are_left_out_and_both_are_part_of_what_was_asked(server: ApiServer) -> None:
    server.flavour = "vllm"
    engine = engine_of(server, extra={"min_p": 0.25}, omit=["seed"])
    body = sent(server, engine)
    assert body["min_p"] == 0.25
    assert "seed" not in body
    plain = engine_of(server)
    assert plain.identity == MODEL
    assert engine.identity.startswith(f"{MODEL}+")
    assert request_of(engine).digest != request_of(plain).digest
    assert engine_of(server, extra={"min_p": 0.5}).identity != engine.identity


# --- judges ---


def test_labels_are_read_from_the_likeliest_tokens_and_the_rest_is_no_likelier(server: ApiServer) -> None:
    engine = engine_of(server, logprobs=3)
    answer = one(engine, request_of(engine, labels=("yes", "no")))
    assert answer.labels["yes"] == pytest.approx(math.log(0.6))
    assert answer.labels["no"] == pytest.approx(math.log(0.3))
    assert server.seen[-1][1]["top_logprobs"] == 3
    unlikely = one(engine, request_of(engine, labels=("yes", "blue")))
    assert unlikely.labels["blue"] == pytest.approx(math.log(0.15))


def test_a_label_of_several_tokens_counts_by_its_beginning_where_no_other_begins_so(server: ApiServer) -> None:
    server.labels = ("quite", " rather", "it")
    engine = engine_of(server, logprobs=3)
    apart = one(engine, request_of(engine, labels=("quite so", "rather not")))
    assert apart.labels["quite so"] == pytest.approx(math.log(0.6))
    assert apart.labels["rather not"] == pytest.approx(math.log(0.3))
    alike = one(engine, request_of(engine, labels=("quite so", "quite not")))
    assert alike.labels["quite so"] == alike.labels["quite not"] == pytest.approx(math.log(0.15))


def test_a_label_that_is_not_among_them_is_forced_where_that_tells_its_likelihood(server: ApiServer) -> None:
    server.flavour = "vllm"
    engine = engine_of(server)
    answer = one(engine, request_of(engine, labels=("yes", "deep blue")))
    assert server.seen[-1][1]["structured_outputs"] == {"choice": ["deep blue"]}
    assert answer.labels["deep blue"] == pytest.approx(-1.0)  # two tokens


def test_without_log_probabilities_a_judge_is_refused_unless_votes_are_declared(server: ApiServer) -> None:
    engine = engine_of(server)
    with pytest.raises(EngineRejected, match="votes"):
        one(engine, request_of(engine, labels=("yes", "no")))
    assert server.seen == []


def test_votes_are_samples_under_seeds_of_their_own_and_a_probability_is_their_share(server: ApiServer) -> None:
    said = iter(["Yes.", "no", " **Yes**", "Perhaps"])
    server.model.respond = lambda request: next(said)
    engine = engine_of(server, votes=4)
    answer = one(engine, request_of(engine, labels=("yes", "no")))
    assert math.exp(answer.labels["yes"]) == pytest.approx(0.5)
    assert math.exp(answer.labels["no"]) == pytest.approx(0.25)
    assert answer.label_mass == pytest.approx(0.75)
    assert len({body["seed"] for _, body, _ in server.seen}) == 4
    assert engine.identity != engine_of(server).identity  # another measure is another judge


# --- which model ---


def test_the_only_model_of_a_server_needs_no_name_and_several_do(server: ApiServer) -> None:
    nameless = make_engine("openai", {"url": server.url})
    assert nameless.identity == MODEL
    server.models = ("a", "b")
    with pytest.raises(SynthError, match="E0806") as raised:
        _ = make_engine("openai", {"url": server.url}).identity
    assert "a, b" in raised.value.diagnostics[0].notes[0]


def test_a_model_that_is_named_by_a_path_on_the_servers_machine_is_known_by_its_file(server: ApiServer) -> None:
    server.models = ("/models/m.gguf",)
    engine = make_engine("openai", {"url": server.url})
    assert engine.identity == "m.gguf"
    assert sent(server, engine)["model"] == "/models/m.gguf"


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
def test_a_url_is_the_same_with_and_without_its_v1(server: ApiServer, path: str) -> None:
    engine = make_engine("openai", {"url": server.url + path, "model": MODEL})
    one(engine, request_of(engine))
    assert server.seen[-1][0] == "/v1/chat/completions"


def test_a_server_behind_a_path_keeps_it(server: ApiServer) -> None:
    engine = make_engine("openai", {"url": f"{server.url}/openai/v2", "model": MODEL})
    with pytest.raises(EngineRejected):
        one(engine, request_of(engine))
    assert server.seen[-1][0] == "/openai/v2/chat/completions"


def test_reasoning_and_cached_tokens_are_kept(server: ApiServer) -> None:
    message = {"content": "A light.", "reasoning": "Lamps give light."}
    usage = {"prompt_tokens": 9, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 7}}
    server.replies = [(200, {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}, {})]
    answer = one(engine_of(server), request_of(engine_of(server)))
    assert (answer.text, answer.reasoning, answer.cached_tokens) == ("A light.", "Lamps give light.", 7)


def test_a_refusal_of_the_model_is_what_it_said(server: ApiServer) -> None:
    message = {"content": None, "refusal": "I cannot help with that."}
    server.replies = [(200, {"choices": [{"message": message, "finish_reason": "stop"}]}, {})]
    assert one(engine_of(server), request_of(engine_of(server))).text == "I cannot help with that."


@pytest.mark.parametrize(
    "body", [{"status": "ok"}, [], None, {"choices": []}, {"choices": [{"message": {"content": 3}}]}]
)
def test_json_that_is_no_answer_is_another_servers_and_drops_no_row(server: ApiServer, body: Any) -> None:
    server.replies = [(200, body, {})]
    with pytest.raises(EngineUnavailable, match="no answer of"):
        one(engine_of(server), request_of(engine_of(server)))


def test_it_says_which_build_of_the_server_answered(server: ApiServer) -> None:
    engine = engine_of(server)
    one(engine, request_of(engine))
    about = asyncio.run(engine.about())
    assert about.details == {"flavour": "plain", "system_fingerprint": "fp_1"}
    assert about.context == 2048
    server.flavour = "llamacpp"
    assert asyncio.run(engine_of(server).about()).version == "llamacpp b9"


def test_many_calls_at_a_time_each_have_their_own_answer(server: ApiServer) -> None:
    engine = engine_of(server, concurrency=4)
    requests = [request_of(engine, seed=seed) for seed in range(12)]
    texts = [answer.text for answer in ask(engine, *requests)]
    assert texts == [one(engine, request).text for request in requests]


class TestCache(CacheContract):
    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        with serving(ApiServer("vllm")) as server:
            usage = {"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 8}}
            reply = {"choices": [{"message": {"content": "x"}}], "usage": usage}
            server.replies = [(200, reply, {})] * 2
            yield engine_of(server)
