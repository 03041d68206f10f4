"""A test's name in; the address of a server that says what a real one said then, out.

`make record-engines` makes the recordings again. The engine is the real one and speaks HTTP either way. What is by
chance in a request is fixed for it, or masked before requests are compared: the id by which it can be aborted.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from threading import Event

import pytest

from tests.engines.recorded.live import Server
from tests.store.wire.exchange import Answer, Handler, Request
from tests.store.wire.serve import Forward, serving
from tests.store.wire.tape import Player, Recorder, asked

FOLDER = Path(__file__).parent
AGAIN = "make record-engines"
RECORDS = "SYNTH_RECORD_ENGINES"
RECORDING = os.environ.get(RECORDS) == "1"
MASKED: Mapping[str, str] = {
    r'"rid": ?"[^"]*"': '"rid":"RID"',
    r'"rid": ?\[[^\]]*\]': '"rid":"RIDS"',
    r"127\.0\.0\.1|localhost|0\.0\.0\.0": "HOST",
    r'"port": ?\d+': '"port":0',
}
"""What differs from run to run, or tells of the machine, and the text that stands for it in a recording."""
ABORTED = b'"type":"abort"'
NEVER = 0
"""The status of an answer that did not come before the test had ended: whoever asked had given up."""
LONGEST_HELD = 20.0


@dataclass
class Patient(Recorder):
    """A recorder that also notes what was never answered."""

    waiting: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer | None:
        self.waiting.append(request)
        answer = super().__call__(request)
        self.waiting.remove(request)
        return answer

    def save(self, file: Path, server: str, recorded: str, **details: str) -> None:
        self.lines += [{**asked(request, self.rewritten), "status": NEVER, "answer": {}} for request in self.waiting]
        super().save(file, server, recorded, **details)


@dataclass
class Held:
    """Passes requests on to `inner`. An answer that the server cut short because it was told to abort comes when it is
    told so, as it did then; at once, it would come before anybody thought of aborting. One that never came does not."""

    inner: Handler
    told: Event = field(default_factory=Event)

    def __call__(self, request: Request) -> Answer | None:
        if request.target == "/abort_request":
            self.told.set()
        answer = self.inner(request)
        if answer is None or answer.status == NEVER:
            time.sleep(LONGEST_HELD)
            return None
        if ABORTED in answer.body.replace(b" ", b""):
            self.told.wait(LONGEST_HELD)
        return answer


@contextmanager
def on_tape(test: str, engine: str, server: Server) -> Iterator[str]:
    """The url for `engine` in `test`; `server` is who is recorded."""
    file = FOLDER / engine / f"{slug(test)}-{sha256(test.encode()).hexdigest()[:6]}.jsonl.gz"
    with chance_fixed(), recording(file, server) if RECORDING else replaying(file) as url:
        yield url


@contextmanager
def chance_fixed() -> Iterator[None]:
    """What an engine asks with a word of chance in it, it asks with the same one each time."""
    chance = Random(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("secrets.randbits", chance.getrandbits)
        patch.setattr("secrets.token_hex", lambda size=16: chance.randbytes(size).hex())
        yield


def slug(test: str) -> str:
    """What is readable of a test's name in that of its file."""
    return re.sub(r"[^a-z0-9]+", "-", test.lower()).strip("-").removeprefix("test-")[:80]


@contextmanager
def replaying(file: Path) -> Iterator[str]:
    assert file.exists(), f"there is no recording {file.name}: `{AGAIN}` makes it"
    player = Player(file, MASKED)
    with serving(Held(player)) as url:
        yield url
    player.check()


@contextmanager
def recording(file: Path, server: Server) -> Iterator[str]:
    """Nothing is written when the test fails."""
    assert server.url, server.why
    about = server.about()
    recorder = Patient(Forward(server.url), MASKED, AGAIN)
    with serving(recorder) as url:
        yield url
    details = {"device": about["device"], "model": about["model"]}
    recorder.save(file, about["server"], datetime.now(UTC).date().isoformat(), **details)
