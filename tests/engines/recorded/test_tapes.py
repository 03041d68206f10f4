"""The tape of a model server: chance is masked, what was given up stays given up, and chance itself is fixed."""

from __future__ import annotations

import json
import secrets
import threading
import time
from pathlib import Path

import pytest

from tests.engines.recorded import tapes
from tests.engines.recorded.tapes import AGAIN, MASKED, Held, Patient, chance_fixed
from tests.store.wire.exchange import Answer, Request
from tests.store.wire.tape import Player, read_tape

JSON = {"content-type": "application/json"}


def posted(path: str, **body: object) -> Request:
    return Request("POST", path, JSON, json.dumps(body).encode())


def answered(text: str) -> Answer:
    return Answer(200, JSON, text.encode())


def test_the_id_of_a_call_is_masked_and_all_else_must_be_the_same(tmp_path: Path) -> None:
    recorder = Patient(lambda _: answered('{"text": "yes"}'), MASKED, AGAIN)
    recorder(posted("/generate", rid="a1", text="What?"))
    recorder(posted("/generate", rid=["a1_0", "a1_1"], text="Who?"))
    recorder.save(tmp_path / "tape", "SGLang 0.0.0", "2026-01-01")
    player = Player(tmp_path / "tape", MASKED)
    assert player(posted("/generate", rid="b2", text="What?")).body == b'{"text": "yes"}'
    assert player(posted("/generate", rid=["b2_0", "b2_1"], text="Who?")).status == 200
    player.check()
    assert player(posted("/generate", rid="b2", text="Where?")).status == 400
    with pytest.raises(AssertionError, match="make record-engines"):
        player.check()


def test_hosts_and_ports_are_not_on_the_tape(tmp_path: Path) -> None:
    recorder = Patient(lambda _: answered('{"host":"127.0.0.1","port":30000,"traces":"localhost:1"}'), MASKED, AGAIN)
    recorder(Request("GET", "/server_info"))
    recorder.save(tmp_path / "tape", "SGLang 0.0.0", "2026-01-01")
    _, line = read_tape(tmp_path / "tape")
    assert json.loads(line["text"]) == {"host": "HOST", "port": 0, "traces": "HOST:1"}


def test_an_answer_that_was_cut_short_comes_when_the_abort_does() -> None:
    cut = answered('{"meta_info":{"finish_reason":{"type":"abort"}}}')
    held = Held(lambda request: cut if request.target == "/generate" else answered("{}"))
    came: list[Answer | None] = []
    asking = threading.Thread(target=lambda: came.append(held(posted("/generate", text="a"))))
    asking.start()
    asking.join(0.1)
    assert came == []
    held(posted("/abort_request", rid="a"))
    asking.join(5)
    assert came == [cut]


def test_a_call_that_was_never_answered_is_not_answered_from_the_tape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = threading.Event()

    def never(_: Request) -> Answer:
        stuck.wait(5)
        return answered("{}")

    recorder = Patient(never, MASKED, AGAIN)
    asking = threading.Thread(target=recorder, args=(posted("/generate", text="a"),))
    asking.start()
    while not recorder.waiting:
        time.sleep(0.001)
    recorder.save(tmp_path / "tape", "SGLang 0.0.0", "2026-01-01")
    stuck.set()
    asking.join()
    monkeypatch.setattr(tapes, "LONGEST_HELD", 0.01)
    player = Player(tmp_path / "tape", MASKED)
    assert Held(player)(posted("/generate", text="a")) is None
    player.check()


def test_words_of_chance_are_the_same_in_every_run() -> None:
    drawn = []
    for _ in range(2):
        with chance_fixed():
            drawn.append((secrets.token_hex(4), secrets.randbits(60)))
    assert drawn[0] == drawn[1] and len(drawn[0][0]) == 8
