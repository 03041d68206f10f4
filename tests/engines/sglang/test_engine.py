"""SGLang over HTTP: the contract and the wire format, against a small server in the test; no real one."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.engines import Constraint, Engine, EngineRejected, EngineUnavailable, Message, Sampling
from runtime.engines.sglang.engine import SglangEngine
from tests.engines.abilities import BatchingContract, CacheContract, WarmingContract
from tests.engines.contract import EngineContract, GrammarContract, ask, one, request_of
from tests.engines.sglang.server import SglangServer, serving

pytestmark = pytest.mark.usefixtures("short_pauses")


class TestSglangEngine(EngineContract, GrammarContract, BatchingContract, WarmingContract, CacheContract):
    @pytest.fixture
    def engine(self, server: SglangServer) -> Engine:
        return SglangEngine(url=server.url, model="made-up", deterministic=True)


class TestSglangEngineWithoutStartToken(EngineContract):
    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        with serving(SglangServer(start="")) as server:
            yield SglangEngine(url=server.url, deterministic=True)


def _generated(server: SglangServer) -> Any:
    return next(body for path, body in reversed(server.seen) if path == "/generate")


def test_the_wire_format_of_a_call(server: SglangServer, engine: Engine) -> None:
    sampling = Sampling(temperature=0.5, top_k=3, max_tokens=9, stop=("\n",))
    one(engine, request_of(engine, sampling=sampling, seed=5, constraint=Constraint("choice", '["a/b", "c"]')))
    body = _generated(server)
    assert re.fullmatch("[0-9a-f]{32}", body.pop("rid"))
    assert body == {
        "text": "<|im_start|>system\nYou answer in one short sentence.<|im_end|>\n"
        "<|im_start|>user\nWhat is a lamp?<|im_end|>\n<|im_start|>assistant\n",
        "sampling_params": {
            "max_new_tokens": 9,
            "temperature": 0.5,
            "top_p": 1.0,
            "top_k": 3,
            "min_p": 0.0,
            "frequency_penalty": 0.0,
            "presence_penalty": 0.0,
            "repetition_penalty": 1.0,
            "stop": ["\n"],
            "sampling_seed": 5,
            "regex": r"(?:a\/b|c)",
        },
        "return_logprob": True,
        "token_ids_logprob": [0],
    }


def test_calls_and_judgements_ask_for_the_same_details(server: SglangServer, engine: Engine) -> None:
    """A batch in which they do not ends SGLang 0.5.14 to 0.5.17."""
    ask(engine, request_of(engine), request_of(engine, labels=("yes", "no")))
    bodies = [body for path, body in server.seen if path == "/generate"]
    assert len(bodies) == 2
    assert all(body["return_logprob"] and body["token_ids_logprob"] for body in bodies)


def test_a_judgement_asks_for_every_spelling_that_is_one_token(server: SglangServer, engine: Engine) -> None:
    one(engine, request_of(engine, labels=("yes", "no")))
    body = _generated(server)
    assert body["sampling_params"] == {"max_new_tokens": 1, "temperature": 0.0}
    spelt = {server.decode([token]) for token in body["token_ids_logprob"]}
    assert {"yes", " yes", "Yes", " No", "NO"} <= spelt


def test_the_template_is_learnt_once_for_an_order_of_roles(server: SglangServer, engine: Engine) -> None:
    async def many() -> None:
        for round_ in range(3):
            await asyncio.gather(*(engine.complete(request_of(engine, seed=10 * round_ + i)) for i in range(10)))

    asyncio.run(many())
    tokenized = [body for path, body in server.seen if path == "/tokenize" and "messages" in body]
    assert len(tokenized) == 2  # one with markers, one to check
    assert sum(path == "/generate" for path, _ in server.seen) == 30


def test_a_server_that_cannot_tell_its_template_is_sent_token_ids(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.jinja"
    wrong.write_text("{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }}{% endfor %}")
    with serving(SglangServer()) as server:
        engine = SglangEngine(url=server.url, model="m", chat_template=str(wrong))
        one(engine, request_of(engine, prefill="A lamp"))
        assert server.decode(_generated(server)["input_ids"]).endswith("<|im_start|>assistant\nA lamp")


def chatml(folder: Path) -> str:
    file = folder / "chatml.jinja"
    file.write_text(
        "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
    )
    return str(file)


def test_a_local_template_serves_where_the_server_cannot_tell_its_own(tmp_path: Path) -> None:
    with serving(SglangServer(tells_template=False)) as server:
        engine = SglangEngine(url=server.url, model="m", chat_template=chatml(tmp_path))
        one(engine, request_of(engine))
        assert _generated(server)["text"].endswith("What is a lamp?<|im_end|>\n<|im_start|>assistant\n")


def test_a_busy_server_is_asked_again(server: SglangServer, engine: Engine) -> None:
    one(engine, request_of(engine))
    server.busy = 3
    assert one(engine, request_of(engine)).text
    assert server.busy == 0


def test_a_lost_connection_is_made_again(server: SglangServer, engine: Engine) -> None:
    one(engine, request_of(engine))
    server.hang_up = 2
    assert one(engine, request_of(engine)).text


def test_a_server_that_stays_busy_is_unavailable(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url, model="m", retries=2)
    server.busy = 100
    with pytest.raises(EngineUnavailable, match="3 attempts: 503"):
        one(engine, request_of(engine))


def test_a_server_that_is_not_there_is_unavailable() -> None:
    engine = SglangEngine(url="http://127.0.0.1:9", model="m", retries=1)
    with pytest.raises(EngineUnavailable, match="did not answer"):
        one(engine, request_of(engine))


def test_a_server_that_takes_too_long_is_unavailable_and_not_asked_again(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url, model="m", timeout=0.05)
    server.delay = 1.0
    with pytest.raises(EngineUnavailable, match=r"in 0\.05 s"):
        one(engine, request_of(engine))
    assert len(server.seen) == 1


def test_what_a_server_would_refuse_is_refused_before_it_is_sent(server: SglangServer, engine: Engine) -> None:
    with pytest.raises(EngineRejected, match="stop strings"):
        one(engine, request_of(engine, sampling=Sampling(stop=tuple(map(str, range(40))))))
    assert all(path != "/generate" for path, _ in server.seen)


def test_a_refusal_keeps_the_servers_words_and_is_not_repeated(server: SglangServer, engine: Engine) -> None:
    nothing = Constraint("json_schema", '{"type": "integer", "minimum": 3, "maximum": 2}')
    with pytest.raises(EngineRejected, match=r"an integer with.*\(json schema: .*minimum"):
        one(engine, request_of(engine, constraint=nothing))
    assert sum(path == "/generate" for path, _ in server.seen) == 1


def test_the_server_names_its_model_when_nobody_declared_one(server: SglangServer) -> None:
    assert SglangEngine(url=server.url).identity == "made-up"
    assert SglangEngine(url=server.url, model="llama", revision="7").identity == "llama@7"


def test_a_server_that_cannot_be_asked_its_model_is_a_diagnostic() -> None:
    with pytest.raises(SynthError, match="E0806"):
        _ = SglangEngine(url="http://127.0.0.1:9", retries=0).identity


def test_the_identity_does_not_hang_on_where_the_server_stands(server: SglangServer) -> None:
    near = SglangEngine(url=server.url, model="m", concurrency=1)
    far = SglangEngine(url="http://elsewhere:1", model="m", concurrency=64)
    assert request_of(near).digest == request_of(far).digest


def test_a_key_comes_from_the_environment_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_KEY", raising=False)
    with pytest.raises(SynthError, match="E0802"):
        SglangEngine(url="http://x", api_key_env="SOME_KEY")


def test_cancelled_calls_give_their_connection_up(server: SglangServer, engine: Engine) -> None:
    async def run() -> str:
        await engine.complete(request_of(engine))
        server.delay = 5.0
        task = asyncio.ensure_future(engine.complete(request_of(engine, seed=1)))
        await asyncio.sleep(0.05)
        task.cancel()
        server.delay = 0.0
        return (await engine.complete(request_of(engine, seed=2))).text

    assert asyncio.run(run())


def test_open_user_turns_leave_the_users_words_last(server: SglangServer, engine: Engine) -> None:
    one(engine, request_of(engine, messages=(Message("system", "Ask."),), open_role="user"))
    assert _generated(server)["text"].endswith("Ask.<|im_end|>\n<|im_start|>user\n")


def test_many_calls_share_few_connections(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url, model="m", concurrency=4)
    answers = ask(engine, *(request_of(engine, seed=i) for i in range(60)))
    assert len({answer.text for answer in answers}) > 50
    assert json.dumps([answer.text for answer in answers])


SCORED = (Message("system", "Be kind."), Message("user", "Hi"), Message("assistant", "Hello there."))


def _classified(server: SglangServer) -> str:
    body = next(body for path, body in reversed(server.seen) if path == "/classify")
    assert set(body) == {"input_ids"}
    return server.decode(body["input_ids"])


TURNS = (
    "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
    "<|im_start|>assistant\nHello there.<|im_end|>\n"
)


@pytest.mark.parametrize("start", ["<s>", ""])
def test_a_reward_model_is_asked_for_its_score_of_finished_messages(start: str) -> None:
    with serving(SglangServer(start=start)) as server:
        engine = SglangEngine(url=server.url, model="m")
        answer = one(engine, request_of(engine, messages=SCORED, reward=True))
        assert answer.score == 2.71875
        assert answer.prompt_tokens > 0
        assert _classified(server) == start + TURNS


def test_a_local_template_closes_the_last_turn_itself(tmp_path: Path) -> None:
    with serving(SglangServer(tells_template=False)) as server:
        engine = SglangEngine(url=server.url, model="m", chat_template=chatml(tmp_path))
        assert one(engine, request_of(engine, messages=SCORED, reward=True)).score == 2.71875
        assert _classified(server) == TURNS


def test_a_model_that_scores_nothing_or_too_much_is_refused(server: SglangServer, engine: Engine) -> None:
    server.rewards = [1.0, 2.0]
    with pytest.raises(EngineRejected, match="2 numbers"):
        one(engine, request_of(engine, messages=SCORED, reward=True))
    server.rewards = None
    with pytest.raises(EngineRejected, match="does not appear to be an embedding model"):
        one(engine, request_of(engine, messages=SCORED, reward=True))


def test_a_score_is_another_question_than_a_judgement(engine: Engine) -> None:
    asked = [request_of(engine, messages=SCORED, **more) for more in ({"reward": True}, {"labels": ("yes", "no")}, {})]
    assert len({request.digest for request in asked}) == 3
