"""Every way in which a server goes wrong is a diagnostic that says what to do; what may pass is asked again."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from dsl.diagnostics import SynthError
from runtime.store.lakefs.client import Client
from runtime.store.lakefs.credentials import Access, Keys
from runtime.store.lakefs.patience import Patience
from runtime.store.lakefs.remote import Place, Remote
from runtime.store.lakefs.store import LakeFSStore
from runtime.store.port import CommitRequest
from tests.store.wire.exchange import Answer, Request, told
from tests.store.wire.serve import serving

KEYS = Keys("an-access-key", "a-secret-key")
HURRY = Patience(connect=2, read=2, total=5, attempts=4, first=0.001)


@dataclass
class Says:
    """A server that gives these answers in turn, and the last one for ever."""

    answers: list[Answer | None]
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer | None:
        self.asked.append(request)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


def look(store: LakeFSStore) -> None:
    store.head("main")


def write(store: LakeFSStore) -> None:
    store.commit(CommitRequest(branch="main", changes={"a": b"1"}, message="m", build_id="b", expected=None))


def failure(endpoint: str, tmp_path: Path, act: Callable[[LakeFSStore], None] = look) -> tuple[str, str]:
    """The code, and all that is said."""
    with pytest.raises(SynthError) as caught:
        act(LakeFSStore(Access(endpoint, KEYS), Place("data"), tmp_path, patience=HURRY))
    found = caught.value.diagnostics[0]
    text = " ".join((found.message, *found.notes, found.help or ""))
    assert "a-secret-key" not in text and found.help
    return found.code, text


@pytest.mark.parametrize(
    ("status", "said", "code", "way_out"),
    [
        (400, "validation error", "E1051", "doctor"),
        (400, "main: uncommitted changes (dirty branch)", "E1049", "lakectl branch reset"),
        (401, "error authenticating request", "E1044", "LAKEFS_SECRET_ACCESS_KEY"),
        (403, "insufficient permissions", "E1045", "FSReadWrite"),
        (403, "read-only repository", "E1045", "another repository"),
        (403, "cannot commit to protected branch", "E1045", "protected"),
        (409, "conflict found", "E1051", "doctor"),
        (410, "repository in deletion", "E1047", "being deleted"),
        (412, "pre-merge hook aborted", "E1048", "_lakefs_actions"),
        (420, "slow down", "E1050", "in a while"),
        (423, "locked", "E1050", "in a while"),
        (429, "too many requests", "E1050", "in a while"),
        (500, "branch is currently locked, try again later", "E1050", "in a while"),
        (500, "no merge base", "E1052", "log"),
        (502, "bad gateway", "E1052", "log"),
        (503, "Throughput exceeded", "E1050", "in a while"),
        (504, "gateway timeout", "E1052", "log"),
        (501, "Not Implemented", "E1042", "1.49"),
    ],
)
def test_a_documented_status_says_what_to_do(tmp_path: Path, status: int, said: str, code: str, way_out: str) -> None:
    with serving(Says([told(status, said)])) as endpoint:
        found, text = failure(endpoint, tmp_path)
    assert found == code and way_out in text and said in text


@pytest.mark.parametrize("passing", [None, *(told(status, "later") for status in (420, 429, 500, 503))])
def test_what_may_pass_is_asked_again(tmp_path: Path, passing: Answer | None) -> None:
    root, head = (Answer(200, {}, b'{"id":"x","commit_id":"%s"}' % id_) for id_ in (b"f" * 64, b"a" * 64))
    server = Says([passing, passing, root, passing, head])
    with serving(server) as endpoint:
        store = LakeFSStore(Access(endpoint, KEYS), Place("data"), tmp_path, patience=HURRY)
        assert store.head("main") == "a" * 64
    assert len(server.asked) == 5


def test_patience_ends(tmp_path: Path) -> None:
    waits = list(Patience(total=30, clock=iter(range(0, 1000, 10)).__next__, jitter=lambda: 1.0).pauses())
    assert waits == [0.2, 0.4]
    assert max(Patience(attempts=20, total=1e9).pauses()) <= Patience().longest


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        code, text = failure(f"http://127.0.0.1:{held.getsockname()[1]}", tmp_path)
    assert code == "E1040" and "refused" in text and "synth.toml" in text


def test_a_server_that_does_not_answer_in_time_is_left(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = LakeFSStore(
            Access(f"http://127.0.0.1:{silent.getsockname()[1]}", KEYS),
            Place("data"),
            tmp_path,
            patience=Patience(read=0.1, attempts=2, first=0.001),
        )
        with pytest.raises(SynthError, match="E1040"):
            store.branches()


@dataclass
class FallsSilent:
    """Answers so often, and then takes every request and says nothing."""

    answers: int
    asked: list[float] = field(default_factory=list)
    done: Event = field(default_factory=Event)

    def __call__(self, request: Request) -> Answer | None:
        self.asked.append(time.monotonic())
        if len(self.asked) > self.answers:
            self.done.wait(20)
        return Answer(200, {}, b'{"id":"x","commit_id":"%s"}' % (b"a" * 64))


PATIENT = Patience(greet=0.2, read=1.0, total=1.5, first=0.01)


@pytest.mark.parametrize(("answers", "longest"), [(0, 0.8), (2, 2.6)])
def test_a_server_that_hangs_is_told_in_time_however_many_ask(tmp_path: Path, answers: int, longest: float) -> None:
    """Sooner when it never answered; and one patience is for all that is asked, not one for each."""
    silent = FallsSilent(answers)
    with serving(silent) as endpoint:
        remote = Remote(Client(endpoint, KEYS, PATIENT), Place("data"))
        started = time.monotonic()
        with pytest.raises(SynthError, match="E1040"):
            for _ in range(3):
                remote.settle(lambda: remote.call("POST", "/branches", repeat=False), lambda: remote.get("/branches/a"))
        took = time.monotonic() - started
        silent.done.set()
    assert took < longest


def test_a_server_that_comes_back_after_it_was_given_up_is_asked_as_before(tmp_path: Path) -> None:
    silent = FallsSilent(1)
    with serving(silent) as endpoint:
        client = Client(endpoint, KEYS, PATIENT)
        client.get("/branches/a")
        with pytest.raises(SynthError, match="E1040"):
            client.get("/branches/a")
        silent.done.set()
        assert client.get("/branches/a")["id"] == "x"


def test_tls_that_is_none_is_told(tmp_path: Path) -> None:
    with serving(Says([told(200, "hello")])) as endpoint:
        code, text = failure(endpoint.replace("http://", "https://"), tmp_path)
    assert code == "E1041" and "http://" in text


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {"content-type": "text/html"}, b"<html>a page</html>"),
        Answer(302, {"location": "http://127.0.0.1:9/stolen"}),
        Answer(404, {"content-type": "text/plain"}, b"404 page not found"),
        Answer(200, {}, b'{"version_config": {"version": "1.40.2"}}'),
    ],
    ids=["a page", "a redirection", "nothing there", "an old version"],
)
def test_what_is_no_usable_lakefs_is_told(tmp_path: Path, answer: Answer) -> None:
    missing = told(404, "tag not found")
    first = answer if b"version" not in answer.body else missing
    with serving(Says([first, answer])) as endpoint:
        code, _ = failure(endpoint, tmp_path)
    assert code == "E1042"


def config(**storage: str) -> Answer:
    import json

    body = {"version_config": {"version": "1.84.0"}, "storage_config": storage}
    return Answer(200, {}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("answers", "way_out", "act"),
    [
        ([config(blockstore_namespace_example="s3://bucket/"), told(404, "not there")], "s3://bucket/data", look),
        ([config(blockstore_namespace_example="s3://bucket/"), told(404, "not there")], "s3://bucket/data", write),
        (
            [
                config(default_namespace_prefix="local://"),
                told(404, "not there"),
                told(400, "storage namespace in use"),
            ],
            "storage_namespace",
            write,
        ),
    ],
    ids=["no place known", "no place known to a writer", "place taken"],
)
def test_a_repository_that_cannot_be_made_asks_for_a_place(
    tmp_path: Path, answers: list[Answer | None], way_out: str, act: Callable[[LakeFSStore], None]
) -> None:
    with serving(Says([told(404, "tag not found"), *answers])) as endpoint:
        code, text = failure(endpoint, tmp_path, act)
    assert code == "E1053" and way_out in text


def test_something_that_vanished_is_told(tmp_path: Path) -> None:
    root = Answer(200, {}, b'{"commit_id":"%s"}' % (b"f" * 64))
    with serving(Says([root, told(404, "repository not found")])) as endpoint:
        store = LakeFSStore(Access(endpoint, KEYS), Place("data"), tmp_path, patience=HURRY)
        with pytest.raises(SynthError, match="E1046"):
            store.branches()


@pytest.fixture(autouse=True)
def _no_keys_in_output(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert "a-secret-key" not in "".join(capfd.readouterr())
