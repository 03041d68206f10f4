"""An exchange: asked again while the server is busy, broken or gone, and told what was the matter in the end."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.engines.address import Address
from runtime.engines.attempts import asked_pause
from runtime.engines.exchange import Exchange
from runtime.engines.load import Load
from runtime.engines.protocol import EngineRejected, EngineUnavailable
from runtime.engines.reader import HttpAnswer
from runtime.engines.refusals import refusal
from tests.engines.serving import Answer, Script, Serving, Slots, serving
from tests.scheduler.virtual import run_talking

OK: Answer = (200, {"ok": True})
HELLO = b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n"


def scripted(*answers: Answer) -> Script:
    """Each in turn, the last for ever."""
    left = list(answers)

    async def script(path: str, body: Any) -> Answer:
        return left.pop(0) if len(left) > 1 else left[0]

    return script


def exchange(server: Serving, **settings: Any) -> Exchange:
    return Exchange("gpu", server.url, **{"limit": 16, "retries": 6, **settings})


BROKEN: list[Answer] = [
    b"",
    HELLO + b'{"ok"',
    HELLO[:20],
    HELLO + b'{"ok": true',
    HELLO + b"<html>\xff</html"[:11],
    b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{",
    b"SSH-2.0-OpenSSH_9\r\n\r\n",
    b"\x15\x03\x01\x00\x02\x02\x50",
    (503, {"detail": "The request queue is full."}),
    (429, {"error": {"message": "slow down"}}, {"retry-after": "0.01"}),
    (502, "<html>bad gateway</html>"),
    (500, {"error": "a worker died"}),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_answer_is_asked_again(broken: Answer) -> None:
    async def ask() -> None:
        async with serving(scripted(broken, OK)) as server:
            assert await exchange(server).json("POST", "/generate", {"x": 1}) == {"ok": True}
            assert server.seen == [("/generate", {"x": 1})] * 2

    run_talking(ask())


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (b"", "in 3 attempts: the server closed the connection"),
        (HELLO + b'{"ok"', "in 3 attempts: the server closed the connection in the middle of an answer"),
        (HELLO + b'{"ok": true', "in 3 attempts: /generate answered no JSON: "),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "in 3 attempts: not HTTP: an answer begins with b'SSH"),
        ((503, {"detail": "The request queue is full."}), "in 3 attempts: 503 The request queue is full."),
        ((500, {"error": "a worker died"}), "/generate answered 500: a worker died"),
    ],
)
def test_what_never_becomes_an_answer_is_told_as_it_was(broken: Answer, told: str) -> None:
    async def ask() -> None:
        async with serving(scripted(broken)) as server:
            with pytest.raises(EngineUnavailable) as fault:
                await exchange(server, retries=2).json("POST", "/generate", {})
            assert told in fault.value.message
            assert len(server.seen) == 3

    run_talking(ask())


def test_a_server_that_was_never_there_is_told_after_the_retries_and_an_unknown_host_at_once() -> None:
    async def ask(url: str, retries: int) -> str:
        with pytest.raises(EngineUnavailable) as fault:
            await Exchange("gpu", url, limit=4, retries=retries).json("GET", "/")
        return fault.value.message

    assert "in 3 attempts: connection refused" in run_talking(ask("http://127.0.0.1:9", 2))
    assert "there is no host `nowhere.invalid`" in asyncio.run(ask("http://nowhere.invalid", 1000))


def test_whoever_asks_quickly_hears_the_cause_and_not_that_another_asks() -> None:
    async def ask() -> set[str]:
        server = Exchange("gpu", "http://127.0.0.1:9", limit=8, retries=16)
        calls = (server.json("GET", path, retries=2) for path in ("/server_info", "/model_info", "/tokenize"))
        faults = await asyncio.gather(*calls, return_exceptions=True)
        once = await asyncio.gather(server.json("GET", "/", retries=0), return_exceptions=True)
        return {str(fault).split(": ", 1)[1] for fault in (*faults, *once)}

    told = run_talking(ask())
    assert all(line.endswith("connection refused") for line in told)
    assert "http://127.0.0.1:9: connection refused" in told


def test_what_keeps_answers_away_can_be_read_until_one_comes() -> None:
    async def ask() -> None:
        async with serving(scripted(b"", OK)) as server:
            gpu = exchange(server)
            await gpu.json("GET", "/")
            assert gpu.trouble == ""
        for _ in range(2):  # the first learns that its connection is closed
            with pytest.raises(EngineUnavailable):
                await gpu.json("GET", "/", retries=0)
        assert gpu.trouble == f"{server.url}: connection refused"

    run_talking(ask())


def test_one_call_asks_a_server_that_is_gone_and_all_hear_of_it() -> None:
    async def ask() -> None:
        server = Exchange("gpu", "http://127.0.0.1:9", limit=512, retries=3)
        faults = await asyncio.gather(*(server.json("GET", "/") for _ in range(500)), return_exceptions=True)
        assert all(isinstance(fault, EngineUnavailable) for fault in faults)
        assert server.load.in_flight == server.load.waiting == 0

    run_talking(ask())


def test_a_server_that_is_killed_and_started_again_loses_no_call() -> None:
    slots = Slots(64, 0.01)

    async def ask() -> None:
        async with serving(slots) as server:
            client = exchange(server, limit=64, retries=16)
            calls = [asyncio.ensure_future(client.json("POST", "/", {"n": n})) for n in range(400)]
            for _ in range(2):
                await asyncio.sleep(0.03)
                server.kill()
                await asyncio.sleep(0.3)
                await server.start()
                await asyncio.sleep(0.2)
            assert [answer["n"] for answer in await asyncio.gather(*calls)] == list(range(400))

    run_talking(ask())


def test_a_refusal_is_told_at_once_and_says_where_the_key_is_looked_for() -> None:
    async def ask(**settings: Any) -> str:
        async with serving(scripted((401, {"error": {"message": "bad key sk-secret-123"}}))) as server:
            with pytest.raises(EngineRejected) as fault:
                await exchange(server, **settings).json("GET", "/v1/models")
            assert len(server.seen) == 1
            return fault.value.message

    without, with_key = (
        run_talking(ask()),
        run_talking(ask(headers={"authorization": "Bearer sk-secret-123"}, key_env="GPU_KEY")),
    )
    assert without.endswith("no key was sent: `api_key_env` names the environment variable that holds it")
    assert with_key == "/v1/models answered 401: bad key …; the key in $GPU_KEY is not one that it accepts"


def test_whoever_hears_the_answers_can_end_the_attempts() -> None:
    def hear(answer: HttpAnswer) -> None:
        if answer.status == 429:
            raise EngineRejected("gpu", "nothing left to spend")

    async def ask() -> None:
        async with serving(scripted((429, {}))) as server:
            client = exchange(server, heard=hear)
            with pytest.raises(EngineRejected, match="nothing left"):
                await client.json("GET", "/")
            assert client.load.in_flight == 0

    run_talking(ask())


# --- pauses ---


def answer_with(**headers: str) -> HttpAnswer:
    return HttpAnswer(503, {name.replace("_", "-").encode(): text.encode() for name, text in headers.items()}, b"")


def test_a_server_says_when_it_wants_to_be_asked_again_in_seconds_or_as_a_date() -> None:
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert asked_pause(answer_with(retry_after="7")) == 7
    assert asked_pause(answer_with(retry_after="0.5")) == 0.5
    assert 58 < asked_pause(answer_with(retry_after=in_a_minute)) <= 60
    assert asked_pause(answer_with(retry_after="Wed, 21 Oct 2015 07:28:00 GMT")) == 0
    for nonsense in ("", "soon", "-3", "nan", "1e9999"):
        assert asked_pause(answer_with(retry_after=nonsense)) == 0


def test_while_a_server_wants_to_be_left_alone_nobody_asks_it() -> None:
    async def ask() -> None:
        moments: list[float] = []

        async def script(path: str, body: Any) -> Answer:
            moments.append(asyncio.get_running_loop().time())
            return (429, {}, {"retry-after": "0.4"}) if len(moments) == 1 else OK

        async with serving(script) as server:
            client = exchange(server, limit=1)
            await asyncio.gather(*(client.json("GET", "/") for _ in range(5)))
        assert moments[1] - moments[0] >= 0.39

    run_talking(ask())


def test_a_server_that_wants_to_be_left_alone_for_an_hour_is_away() -> None:
    async def ask() -> None:
        async with serving(scripted((429, {"error": "tokens per day"}, {"retry-after": "3600"}))) as server:
            with pytest.raises(EngineUnavailable, match=r"429 tokens per day \(it asks to be left alone for 3600 s\)"):
                await exchange(server).json("GET", "/")

    run_talking(ask())


# --- patience and what is given up ---


class Generating:
    """A server that generates for a second, and stops when it is told to."""

    def __init__(self) -> None:
        self.aborted: list[str] = []

    async def __call__(self, path: str, body: Any) -> Answer:
        if path == "/abort_request":
            self.aborted.append(body["rid"])
            return OK
        await asyncio.sleep(1.0)
        return OK


async def tell(server: Exchange, rid: str) -> None:
    await server.tell("POST", "/abort_request", {"rid": rid})


def test_a_cancelled_call_ends_at_once_and_the_server_hears_of_it() -> None:
    script, rid = Generating(), uuid.uuid4().hex

    async def ask() -> None:
        async with serving(script) as server:
            client = exchange(server, on_abandon=tell)
            call = asyncio.ensure_future(client.json("POST", "/generate", {"rid": rid}, rid=rid))
            await asyncio.sleep(0.05)
            began = asyncio.get_running_loop().time()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert asyncio.get_running_loop().time() - began < 0.05
            await client.finish()
            assert script.aborted == [rid]
            assert (server.hung_up, server.in_flight, client.load.in_flight) == (1, 0, 0)

    run_talking(ask())


def test_patience_is_an_exchanges_own_and_its_end_stops_the_server() -> None:
    script, token = Generating(), uuid.uuid4().hex
    rids = [f"{token}_{i}" for i in range(3)]

    async def ask() -> None:
        async with serving(script) as server:
            client = exchange(server, on_abandon=tell)
            with pytest.raises(EngineUnavailable, match=r"no answer from .* in 0\.05 s"):
                await client.json("POST", "/generate", {"rid": rids}, patience=0.05, rid=rids)
            await client.finish()
            assert script.aborted == rids

    run_talking(ask())


def test_a_server_that_cannot_be_told_delays_nobody() -> None:
    async def ask() -> None:
        async with serving(Generating()) as server:
            client = exchange(server, on_abandon=tell)
            rid = uuid.uuid4().hex
            call = asyncio.ensure_future(client.json("POST", "/generate", {"rid": rid}, rid=rid))
            await asyncio.sleep(0.05)
            server.kill()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await client.finish()

    run_talking(ask())


def test_what_is_asked_again_has_another_name() -> None:
    """A server that still works on the lost exchange refuses a second one of its name."""
    token = uuid.uuid4().hex
    names: list[str] = []

    async def script(path: str, body: Any) -> Answer:
        names.append(body["rid"][0] if path == "/generate" else f"stop {body['rid']}")
        return b"" if names == [f"{token}_0"] else OK

    async def ask() -> None:
        async with serving(script) as server:
            client = exchange(server, on_abandon=tell)
            await client.json("POST", "/generate", {"rid": [f"{token}_0"]}, rid=[f"{token}_0"])
            await client.finish()

    run_talking(ask())
    assert names[0] == f"{token}_0"
    assert f"stop {token}_0" in names
    assert sum(name.endswith("_0") and not name.startswith("stop") and token not in name for name in names) == 1


# --- back-pressure ---


def test_a_server_that_takes_eight_at_once_gets_about_eight_and_no_call_is_lost() -> None:
    slots = Slots(8, 0.03)

    async def ask() -> float:
        async with serving(slots) as server:
            client, began = exchange(server, limit=256), asyncio.get_running_loop().time()
            answers = await asyncio.gather(*(client.json("POST", "/", {"n": n}) for n in range(500)))
            assert [answer["n"] for answer in answers] == list(range(500))
            assert client.load.wanted < 16
            return asyncio.get_running_loop().time() - began

    seconds = run_talking(ask())
    assert slots.refused < 75
    assert slots.used / (8 * seconds) > 0.8


def test_the_number_in_flight_falls_with_the_capacity_and_rises_with_it_again() -> None:
    slots = Slots(12, 0.003)

    async def ask() -> None:
        async with serving(slots) as server:
            client = exchange(server, limit=64)
            seen = []
            for capacity, calls in ((12, 400), (3, 150), (24, 600)):
                slots.capacity = capacity
                await asyncio.gather(*(client.json("POST", "/", {"n": n}) for n in range(calls)))
                seen.append(client.load.wanted)
            assert seen[1] <= 4 < seen[0] <= 13
            assert 12 < seen[2] <= 25

    run_talking(ask())
    assert slots.refused < 180


def test_a_burst_into_a_short_queue_does_not_keep_the_number_low() -> None:
    """SGLang queues what comes at once before it runs it: a short queue refuses a burst that there is room to run."""

    async def learn() -> int:
        load, answers = Load(256), 0
        mark = load.mark
        while load.try_enter():
            pass
        for _ in range(12):
            load.refused(mark)
        assert load.wanted == 4
        while load.wanted < 256:
            while load.try_enter():
                pass
            load.answered()
            answers += 1
        return answers

    assert run_talking(learn()) < 4000


def test_a_server_that_takes_what_it_gets_gets_the_limit_soon() -> None:
    slots = Slots(1000, 0.3)

    async def ask() -> None:
        async with serving(slots) as server:
            client = exchange(server, limit=200)
            calls = [asyncio.ensure_future(client.json("POST", "/", {"n": n})) for n in range(600)]
            await asyncio.gather(*calls)
            assert server.most == 200

    run_talking(ask())
    assert slots.refused == 0


def test_those_who_wait_are_sent_in_the_order_in_which_they_came() -> None:
    order: list[int] = []

    async def script(path: str, body: Any) -> Answer:
        order.append(body["n"])
        await asyncio.sleep(0.001)
        return OK

    async def ask() -> None:
        async with serving(script) as server:
            client = exchange(server, limit=1)
            calls = [asyncio.ensure_future(client.json("POST", "/", {"n": n})) for n in range(20)]
            await asyncio.sleep(0.005)
            calls[7].cancel()
            await asyncio.gather(*calls, return_exceptions=True)

    run_talking(ask())
    assert order == [n for n in range(20) if n != 7]


# --- addresses and refusals ---


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("127.0.0.1:30000", "not a server's address"),
        ("localhost:30000", "not a server's address"),
        ("ftp://host", "not a server's address"),
        ("http://", "not a server's address"),
        ("http://host:0", "not a server's address"),
        ("http://host:99999", "Port out of range"),
        ("http://[::1", "Invalid IPv6 URL"),
        ("http://me:secret@host", "holds a user or a password"),
        ("http://host/v1?key=secret", "has a query or a fragment"),
    ],
)
def test_a_url_that_is_none_is_told_and_its_secrets_are_not(url: str, told: str) -> None:
    with pytest.raises(SynthError) as mistake:
        Exchange("gpu", url, limit=1)
    (diagnostic,) = mistake.value.diagnostics
    text = f"{diagnostic.message} {diagnostic.notes}"
    assert diagnostic.code == "E0815"
    assert told in text
    assert "=secret" not in text
    assert ":secret" not in text


def test_a_url_may_have_a_path_that_stands_before_each_request() -> None:
    address = Address.of("https://host.example/team/v1/")
    assert (address.port, address.base, address.authority) == (443, "/team/v1", "host.example")
    assert Address.of("http://[::1]:8000").host == "::1"


def test_a_refusal_is_one_line_however_it_is_written() -> None:
    assert refusal(b'{"error": {"message": "too\\n long", "code": 400}}') == "too long"
    assert refusal(b'{"detail": "The request queue is full."}') == "The request queue is full."


def test_a_page_for_people_is_told_by_its_title() -> None:
    """Another service has the port, or a proxy answers for a server that is away."""
    told = refusal(b"<!DOCTYPE HTML>\n<html><head><title>502 Bad\n Gateway</title></head><body>nginx</body></html>")
    assert told == "a web page, \u201c502 Bad Gateway\u201d"
    assert refusal(b"<html></html>") == "a web page"
    assert refusal(b"<answer>") == "<answer>"
    assert refusal(b"<html>\n bad\n") == "a web page, \u201cbad\u201d"
