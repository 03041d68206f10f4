"""The tape and the faults themselves: what is replayed is what was said, and nothing else is made up."""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.store.wire.exchange import Answer, Request
from tests.store.wire.faults import Faulty
from tests.store.wire.serve import Forward, serving
from tests.store.wire.tape import Player, Recorder, read_tape

SECRET = "do-not-write-me-down"


class Counter:
    """A server that counts what it is told; every answer tells a host, a date and a folder."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, request: Request) -> Answer:
        self.count += request.writes
        headers = {"content-type": "text/plain", "date": "today", "set-cookie": SECRET, "etag": f"{self.count}"}
        return Answer(200, headers, b"%d at local://folder-17/x \xff" % self.count)


def ask(endpoint: str, method: str, target: str, body: bytes = b"", **headers: str) -> tuple[int, bytes, str | None]:
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=5)
    try:
        connection.request(method, target, body, {"authorization": SECRET, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheader("etag")
    finally:
        connection.close()


def talk(endpoint: str, folder: str = "recorded") -> list[tuple[int, bytes, str | None]]:
    """`folder` is what the client heard from the server. An upload has another boundary each time."""
    part = str(id(object()))
    upload = f"--{part}\r\ncontent\r\n--{part}--".encode()
    kind = {"content-type": f'multipart/form-data; boundary="{part}"'}
    return [
        ask(endpoint, "GET", "/count?a=1&b=é".replace("é", "%C3%A9")),
        ask(
            endpoint,
            "POST",
            "/more",
            f'{{"b": 1, "a": "local://{folder}"}}'.encode(),
            **{"content-type": "application/json"},
        ),
        ask(endpoint, "GET", "/count?a=1&b=%C3%A9"),
        ask(endpoint, "POST", "/upload", upload, **kind),
        ask(endpoint, "GET", "/count?a=1&b=%C3%A9"),
    ]


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    file = tmp_path / "tapes" / "one.jsonl.gz"
    recorder = Recorder(Counter(), {"local://folder-17": "local://recorded"})
    with serving(recorder) as endpoint:
        talk(endpoint, "folder-17")
    recorder.save(file, "counter 1.0", "2026-11-21")
    return file


def test_a_replay_answers_as_the_server_did_in_the_same_order(tape: Path) -> None:
    player = Player(tape)
    with serving(player) as endpoint:
        said = talk(endpoint)
    player.check()
    assert [body for _, body, _ in said] == [b"%d at local://recorded/x \xff" % n for n in (0, 1, 1, 2, 2)]
    assert [etag for _, _, etag in said] == ["0", "1", "1", "2", "2"]


def test_a_tape_says_what_made_it_and_holds_no_secret_host_or_date(tape: Path) -> None:
    header, *lines = read_tape(tape)
    assert header == {"server": "counter 1.0", "recorded": "2026-11-21", "again": "make record-lakefs"}
    assert len(lines) == 5
    for word in (SECRET, "127.0.0.1", "today", "folder-17"):
        assert word not in str(lines)


def test_equal_exchanges_make_an_equal_file(tape: Path, tmp_path: Path) -> None:
    again = Recorder(Counter(), {"local://folder-17": "local://recorded"})
    with serving(again) as endpoint:
        talk(endpoint, "folder-17")
    again.save(tmp_path / "two", "counter 1.0", "2026-11-21")
    assert (tmp_path / "two").read_bytes() == tape.read_bytes()


def test_a_request_that_was_not_recorded_fails_with_its_name(tape: Path) -> None:
    player = Player(tape)
    with serving(player) as endpoint:
        talk(endpoint)
        assert ask(endpoint, "GET", "/count?a=1&b=%C3%A9")[0] == 400, "a fourth time was not recorded"
        assert ask(endpoint, "POST", "/more", b'{"a": 2}', **{"content-type": "application/json"})[0] == 400
    with pytest.raises(AssertionError, match=r"GET /count.*POST /more \{\"a\": 2\}"):
        player.check()


def test_a_recorded_change_that_is_not_asked_for_any_more_fails(tape: Path) -> None:
    player = Player(tape)
    with serving(player) as endpoint:
        ask(endpoint, "GET", "/count?a=1&b=%C3%A9")
    with pytest.raises(AssertionError, match="POST /more"):
        player.check()


def test_a_lost_answer_is_one_that_the_server_gave(tmp_path: Path) -> None:
    counter = Counter()
    faulty = Faulty(counter, "answer lost", 1)
    with serving(faulty) as endpoint:
        ask(endpoint, "POST", "/more")
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            ask(endpoint, "POST", "/more")
        ask(endpoint, "POST", "/more")
    assert counter.count == 3 and faulty.struck


def test_a_lost_request_never_reached_the_server() -> None:
    counter = Counter()
    with serving(Faulty(counter, "request lost", 0)) as endpoint:
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            ask(endpoint, "POST", "/more")
        assert ask(endpoint, "POST", "/more")[0] == 200
    assert counter.count == 1


def test_errors_come_so_often_and_a_stalled_answer_comes_late() -> None:
    with serving(Faulty(Counter(), 429, 0, times=2)) as endpoint:
        assert [ask(endpoint, "GET", "/")[0] for _ in range(3)] == [429, 429, 200]
    slept: list[float] = []
    with serving(Faulty(Counter(), "stall", 0, stalled=30.0, sleep=slept.append)) as endpoint:
        assert ask(endpoint, "GET", "/")[0] == 200 and slept == [30.0]


def test_what_is_passed_on_arrives_as_it_was_sent() -> None:
    seen: list[Request] = []

    def server(request: Request) -> Answer:
        seen.append(request)
        return Answer(204)

    with serving(server) as inner, serving(Forward(inner)) as outer:
        ask(outer, "PUT", "/a%2Fb?c=%20", b"\x00\xff", **{"x-own": "1"})
        ask(outer, "DELETE", "/a%2Fb")
    assert [(r.method, r.target, r.body) for r in seen] == [
        ("PUT", "/a%2Fb?c=%20", b"\x00\xff"),
        ("DELETE", "/a%2Fb", b""),
    ]
    assert seen[0].headers["x-own"] == "1" and seen[0].headers["authorization"] == SECRET
