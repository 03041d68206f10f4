"""What SGLang's servers say of themselves: under old names and new ones, and what follows from it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.engines import EngineRejected, EngineUnavailable, Message
from runtime.engines.sglang.about import Facts, facts
from runtime.engines.sglang.engine import SglangEngine
from tests.engines.contract import one, request_of
from tests.engines.sglang.server import SglangServer, serving

SAID = {
    "version": "0.5.17",
    "device": "cuda",
    "context_length": None,
    "max_total_num_tokens": 5000,
    "enable_deterministic_inference": True,
    "grammar_backend": "xgrammar",
    "enable_cache_report": True,
    "enable_metrics": False,
    "disable_radix_cache": False,
}


def learnt(**routes: Any) -> Facts:
    """What is learnt of a server that knows these routes."""

    async def get(path: str) -> Any:
        if path not in routes:
            raise EngineRejected("test", "404")
        return routes[path]

    return asyncio.run(facts(get))


@pytest.mark.parametrize("prefix", ["/", "/get_"])
def test_a_server_is_understood_under_the_old_names_of_its_routes_and_the_new(prefix: str) -> None:
    model = {"model_path": "org/model", "weight_version": "default", "is_generation": True}
    about = learnt(**{f"{prefix}server_info": SAID, f"{prefix}model_info": model}).about
    assert (about.kind, about.version, about.model, about.device) == ("sglang", "0.5.17", "org/model", "cuda")
    assert about.deterministic
    assert about.context == 5000
    assert about.details["grammar"] == "xgrammar"
    assert (about.details["cache report"], about.details["metrics"], about.details["prefix cache"]) == (
        "on",
        "off",
        "on",
    )


def test_a_server_that_tells_nothing_is_unknown_and_no_fault() -> None:
    found = learnt()
    assert found.about.version == found.about.model == found.about.device == "unknown"
    assert found.weights is None
    assert found.generates


def test_the_context_is_the_models_or_what_memory_holds_when_that_is_less() -> None:
    models = {"data": [{"id": "m", "max_model_len": 131072}]}
    assert learnt(**{"/server_info": {"max_total_num_tokens": 9000}, "/v1/models": models}).about.context == 9000
    assert learnt(**{"/server_info": {"max_total_num_tokens": 900000}, "/v1/models": models}).about.context == 131072
    assert learnt(**{"/server_info": {"context_length": 4096}, "/v1/models": models}).about.context == 4096


@pytest.mark.parametrize(
    ("model", "weights"),
    [
        ({"model_path": "/models/Llama-8B"}, "Llama-8B"),
        ({"model_path": "meta-llama/Llama-8B", "weight_version": "default"}, "meta-llama/Llama-8B"),
        ({"model_path": "meta-llama/Llama-8B", "weight_version": "v3"}, "meta-llama/Llama-8B@v3"),
    ],
)
def test_the_identity_holds_no_path_of_the_servers_machine(model: dict[str, str], weights: str) -> None:
    assert learnt(**{"/model_info": model}).weights == weights


@pytest.mark.parametrize(
    ("told", "weights"),
    [
        ({"quantization": None, "kv_cache_dtype": "auto", "chat_template": None}, "m/L"),
        ({"quantization": "fp8"}, "m/L+fp8"),
        ({"kv_cache_dtype": "fp8_e5m2", "chat_template": "/etc/plain.jinja"}, "m/L+fp8_e5m2+plain.jinja"),
    ],
)
def test_servers_that_make_other_answers_of_the_same_weights_have_other_identities(
    told: dict[str, str | None], weights: str
) -> None:
    assert learnt(**{"/model_info": {"model_path": "m/L"}, "/server_info": told}).weights == weights


def test_a_template_of_ours_is_part_of_the_identity(server: SglangServer, tmp_path: Path) -> None:
    """Two prompts of the same messages are two questions, and share no stored answer."""
    found = []
    for place, text in enumerate(("{{ messages[0].content }}", "Q: {{ messages[0].content }}")):
        file = tmp_path / f"{place}.jinja"
        file.write_text(text)
        found.append(SglangEngine(url=server.url, model="m", chat_template=str(file)).identity)
    assert len({*found, "m"}) == 3 and all(identity.startswith("m+") for identity in found)


@pytest.fixture
def server() -> Iterator[SglangServer]:
    with serving(SglangServer(deterministic=False)) as running:
        yield running


def test_seeds_are_kept_when_the_server_says_so_and_nobody_declared_it() -> None:
    for keeps in (True, False):
        with serving(SglangServer(deterministic=keeps)) as server:
            engine = SglangEngine(url=server.url)
            assert engine.capabilities.seed is keeps
            assert one(engine, request_of(engine)).repeatable is keeps
            assert one(engine, request_of(engine, labels=("yes", "no"))).repeatable is keeps


def test_a_server_without_seeds_that_is_declared_to_keep_them_is_a_mistake_before_any_call(
    server: SglangServer,
) -> None:
    engine = SglangEngine(url=server.url, model="m", deterministic=True)
    with pytest.raises(SynthError, match="E0809"):
        one(engine, request_of(engine))
    assert all(path != "/generate" for path, _ in server.seen)


def test_a_server_with_seeds_that_is_declared_to_have_none_is_taken_at_its_word() -> None:
    with serving(SglangServer(deterministic=True)) as server:
        assert SglangEngine(url=server.url, model="m", deterministic=False).capabilities.seed


def test_of_a_server_that_is_not_there_the_settings_words_are_supposed() -> None:
    engine = SglangEngine(url="http://127.0.0.1:9", model="m", deterministic=True)
    assert engine.capabilities.seed
    assert engine.capabilities.reward
    assert engine.capabilities.json_schema


def test_a_server_that_nobody_started_is_told_at_once() -> None:
    started = time.monotonic()
    with pytest.raises(SynthError, match="E0806"):
        _ = SglangEngine(url="http://127.0.0.1:9").identity
    assert time.monotonic() - started < 10


def test_servers_of_one_engine_serve_one_model(server: SglangServer) -> None:
    with serving(SglangServer(deterministic=False)) as other:
        other.model = "another"
        engine = SglangEngine(urls=[server.url, other.url])
        with pytest.raises(SynthError, match="E0810") as raised:
            one(engine, request_of(engine, model="m"))
        assert f"{other.url} serves another" in raised.value.diagnostics[0].notes


@pytest.mark.usefixtures("short_pauses")
def test_a_server_that_is_gone_at_the_start_does_not_hold_up_the_others(server: SglangServer) -> None:
    engine = SglangEngine(urls=["http://127.0.0.1:9", server.url], retries=1)
    assert engine.identity == "made-up"


def test_a_server_of_an_embedding_model_is_never_asked_for_text(server: SglangServer) -> None:
    """SGLang 0.5.17 ends with all its requests when it is."""
    server.info["is_embedding"] = True
    engine = SglangEngine(url=server.url)
    assert engine.capabilities.embed
    assert not engine.capabilities.json_schema
    for request in (request_of(engine), request_of(engine, labels=("yes", "no"))):
        with pytest.raises(EngineRejected, match="--is-embedding"):
            one(engine, request)
    assert all(path != "/generate" for path, _ in server.seen)


def test_a_server_of_an_embedding_model_embeds_many_texts_in_one_exchange(server: SglangServer) -> None:
    server.info["is_embedding"] = True
    engine = SglangEngine(url=server.url)
    vectors = asyncio.run(engine.embed(["a lamp", "", "why?"]))
    assert vectors == [[6.0, 0.5], [1.0, 0.5], [4.0, 0.5]]
    assert sum(path == "/encode" for path, _ in server.seen) == 1
    assert asyncio.run(engine.embed([])) == []


def test_what_is_asked_of_a_server_is_asked_once(server: SglangServer) -> None:
    engine = SglangEngine(url=server.url)

    async def many() -> None:
        await asyncio.gather(*(engine.complete(request_of(engine, seed=i, model="m")) for i in range(10)))

    asyncio.run(many())
    assert sum(path == "/server_info" for path, _ in server.seen) == 1


@pytest.mark.parametrize("said", [{"status": "ok"}, [], None, {"meta_info": None, "text": "a"}, [{"text": "a"}]])
def test_an_answer_of_another_service_is_no_answer(server: SglangServer, said: Any) -> None:
    engine = SglangEngine(url=server.url)
    one(engine, request_of(engine))
    server.instead = said
    for more in ({}, {"labels": ("yes", "no")}, {"reward": True, "messages": (Message("user", "Hi"),)}):
        with pytest.raises(EngineUnavailable, match="no answer of SGLang"):
            one(engine, request_of(engine, **more))


def test_a_server_from_before_seeds_and_tokenize_works_with_a_local_template(
    server: SglangServer, tmp_path: Path
) -> None:
    server.info["version"] = "0.5.2"
    server.lacks = ("/tokenize", "/detokenize", "/server_info", "/model_info")
    file = tmp_path / "chatml.jinja"
    file.write_text("{% for m in messages %}<|im_start|>{{ m['role'] }} {{ m['content'] }}<|im_end|>{% endfor %}")
    engine = SglangEngine(url=server.url, chat_template=str(file))
    assert engine.identity.partition("+")[0] == "made-up"
    asyncio.run(engine.complete_all([request_of(engine, seed=seed) for seed in range(2)]))
    one(engine, request_of(engine))
    for body in (body for path, body in server.seen if path == "/generate"):
        assert "sampling_seed" not in str(body["sampling_params"])
        assert "<|im_start|>user What is a lamp?<|im_end|>" in str(body["text"])


def test_a_server_that_cannot_tell_its_template_says_what_to_do(server: SglangServer) -> None:
    server.lacks = ("/tokenize",)
    engine = SglangEngine(url=server.url)
    with pytest.raises(EngineRejected, match="cannot tell its chat template") as raised:
        one(engine, request_of(engine))
    assert "chat_template" in (raised.value.way_out or "")
