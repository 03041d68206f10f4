"""What servers of the API refuse: told with a code and a way out, sent once, and never with a key in it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.cli import run
from runtime.engines import EngineRejected, make_engine
from tests.acceptance.workshop import Workshop
from tests.engines.contract import one, request_of
from tests.engines.openai.server import MODEL, ApiServer, serving
from tests.engines.openai.test_engine import engine_of

KEY, HEADER = "sk-1234567890abcdefghijklmnop", "project-4711-and-nobody-else"
QUOTA = {
    "error": {"message": "You exceeded your current quota", "type": "insufficient_quota", "code": "insufficient_quota"}
}
ABSENT = {"error": {"message": "The model `made-up` does not exist", "code": "model_not_found"}}


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving(ApiServer()) as running:
        yield running


def refused(server: ApiServer, **settings: Any) -> EngineRejected:
    engine = engine_of(server, **settings)
    with pytest.raises(EngineRejected) as raised:
        one(engine, request_of(engine))
    asyncio.run(engine.close())
    return raised.value


def test_a_key_that_is_not_accepted_is_told_by_its_variable_and_not_sent_again(
    server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTED_KEY", KEY)
    server.key = "another"
    fault = refused(server, api_key_env="HOSTED_KEY")
    assert fault.code == "E0820"
    assert "HOSTED_KEY" in (fault.way_out or "")
    assert KEY not in str(fault) + str(fault.way_out)
    assert len(server.seen) == 1


def test_a_server_that_wants_a_key_where_none_is_named_says_how_to_name_it(server: ApiServer) -> None:
    server.key = "some"
    assert "api_key_env" in (refused(server).way_out or "")


@pytest.mark.parametrize(("status", "body"), [(429, QUOTA), (402, {"error": {"message": "Payment required"}})])
def test_a_quota_that_is_used_up_is_not_waited_for(server: ApiServer, status: int, body: Any) -> None:
    server.replies = [(status, body, {})]
    assert refused(server).code == "E0821"
    assert len(server.seen) == 1


def test_a_model_that_is_not_there_is_told_with_where_to_look(server: ApiServer) -> None:
    server.replies = [(404, ABSENT, {})]
    fault = refused(server)
    assert fault.code == "E0822"
    assert "does not exist" in fault.message
    assert "/v1/models" in (fault.way_out or "")


def test_a_key_that_a_server_repeats_is_blotted_out(server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTED_KEY", KEY)
    for status in (400, 404):
        server.replies = [(status, {"error": {"message": f"no model for {KEY}"}}, {})]
        fault = refused(server, api_key_env="HOSTED_KEY")
        assert "no model for" in fault.message
        assert KEY not in fault.message


def test_a_key_that_is_not_set_is_a_diagnostic_that_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOSTED_KEY", raising=False)
    for settings in ({"api_key_env": "HOSTED_KEY"}, {"headers_env": {"x-project": "HOSTED_KEY"}}):
        with pytest.raises(SynthError, match=r"E0802.*HOSTED_KEY"):
            make_engine("openai", {"url": "http://127.0.0.1:1", **settings})


# --- settings ---


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"url": None}, "needs a `url`"),
        ({"url": "127.0.0.1:8000"}, "E0815"),
        ({"flavour": "vlm"}, "there is no `flavour` 'vlm'"),
        ({"regex": True}, "`regex` cannot be declared of flavour `plain`"),
        ({"prefill": True}, "`prefill` cannot be declared"),
        ({"tokenize": True}, "`tokenize` cannot be declared"),
        ({"flavour": "openai", "chat_template": "t.jinja"}, "needs `/v1/completions`"),
        ({"logprobs": -1}, "`logprobs` is how many"),
        ({"votes": 0}, "takes int above 0"),
        ({"extra": {"messages": []}}, "`extra` cannot name `messages`"),
        ({"omit": ["model"]}, "`omit` cannot name `model`"),
        ({"requests_per_minute": "many"}, "takes int or float above 0"),
    ],
)
def test_a_setting_that_cannot_be_is_told_before_anything_is_opened(settings: dict[str, Any], told: str) -> None:
    given = {key: value for key, value in {"url": "http://127.0.0.1:1", **settings}.items() if value is not None}
    with pytest.raises(SynthError) as raised:
        make_engine("openai", given)
    assert told in str(raised.value)


def test_a_server_that_is_not_there_is_told_before_anything_runs_and_not_waited_for() -> None:
    engine = make_engine("openai", {"url": "http://127.0.0.1:9/v1"})
    began = time.monotonic()
    with pytest.raises(SynthError) as raised:
        _ = engine.identity
    (told,) = raised.value.diagnostics
    assert told.code == "E0806"
    assert told.notes == ("http://127.0.0.1:9: connection refused",)
    assert time.monotonic() - began < 15


# --- keys ---

SPEC = '''edition 1
record Page { id: str, text: str }
input pages: Page = jsonl("pages.jsonl") { key = id }
dataset rows {
  each page from pages
  gen text: str with writer """Say something about {{ page.text }}"""
  emit { text = text }
}
'''
CONFIG = """[engines.hosted]
kind = "openai"
url = "{url}"
model = "{model}"
flavour = "vllm"
api_key_env = "HOSTED_KEY"
headers_env = {{ "x-project" = "HOSTED_PROJECT" }}

[profile.default]
engine = "hosted"
"""


def test_no_key_stands_in_anything_that_a_failing_and_a_passing_build_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOSTED_KEY", KEY)
    monkeypatch.setenv("HOSTED_PROJECT", HEADER)
    Workshop(tmp_path).write(SPEC, pages=[{"id": name, "text": name} for name in "abc"])
    with serving(ApiServer("vllm")) as server:
        (tmp_path / "synth.toml").write_text(CONFIG.format(url=server.url, model=MODEL))
        failing = []
        for status in (401, 429, 400, 404):
            body = {"error": {"message": f"refused: Bearer {KEY} {HEADER}", "code": "insufficient_quota"}}
            server.replies = [(status, body, {"x-echo": KEY})] * 3
            failing.append(run(["build", "spec.synth"]))
        server.replies = []
        server.key = KEY
        assert run(["build", "spec.synth"]) == 0
        assert server.seen[-1][2]["x-project"] == HEADER
        for command in (["log"], ["why", "rows", "a"], ["doctor"]):
            run(command)
    assert failing == [2, 2, 2, 2]
    said = "".join(capfd.readouterr())
    assert "E0820" in said and "E0821" in said and "E0822" in said and "E0905" in said
    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(written) > 10
    for secret in (KEY, HEADER):
        assert secret not in said
        assert [str(file) for file in written if secret.encode() in _bytes(file)] == []


def _bytes(file: Path) -> bytes:
    """What a file holds; git's objects unpacked."""
    import zlib

    data = file.read_bytes()
    try:
        return zlib.decompress(data)
    except zlib.error:
        return data
