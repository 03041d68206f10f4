"""A test's name in; a lakeFS store that talks to a recording of a real server, or to the server while it is recorded.

`make record-lakefs` makes the recordings again. The store is the real one and speaks HTTP either way; all that is
fixed for it are its repository's name, its keys and the names of its ephemeral branches.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from runtime.store.lakefs.credentials import Access, Keys
from runtime.store.lakefs.patience import Patience
from runtime.store.lakefs.remote import Place
from runtime.store.lakefs.store import LakeFSStore
from runtime.store.port import CommitId
from tests.store.durable import Damaging, DurableContract, Open
from tests.store.lakefs.live import access
from tests.store.wire.faults import Damaged
from tests.store.wire.serve import Forward, serving
from tests.store.wire.tape import Player, Recorder

FOLDER = Path(__file__).parent / "recordings"
RECORDING = os.environ.get("SYNTH_RECORD_LAKEFS") == "1"
NAMESPACE = "local://recorded"
KEYS = Keys("AKIARECORDED", "not-a-secret")


@dataclass(frozen=True)
class Taped:
    """`opened` opens the repository again, as another process would; `wire` is what lies between."""

    opened: Open
    wire: Damaged

    @contextmanager
    def damaging(self, _: CommitId, path: str) -> Iterator[None]:
        """One bit of the file is not what it was."""
        self.wire.path = path
        try:
            yield
        finally:
            self.wire.path = None


class TapedDurable(DurableContract):
    """The contract through `taped`, which the subclass gives."""

    @pytest.fixture
    def opened(self, taped: Taped) -> Open:
        return taped.opened

    @pytest.fixture
    def damaging(self, taped: Taped) -> Damaging:
        return taped.damaging


@contextmanager
def on_tape(test: str, folder: Path) -> Iterator[Taped]:
    """`folder` takes the extraction caches."""
    name = f"tape-{sha256(test.encode()).hexdigest()[:16]}"
    file = FOLDER / f"{re.sub(r'[^a-z0-9]+', '-', test.lower()).strip('-')[:80]}-{name[-6:]}.jsonl.gz"
    with recording(name, folder, file) if RECORDING else replaying(name, folder, file) as taped:
        yield taped


@contextmanager
def replaying(name: str, folder: Path, file: Path) -> Iterator[Taped]:
    assert file.exists(), f"there is no recording {file.name}: `make record-lakefs` makes it"
    player = Player(file)
    wire = Damaged(player)
    with serving(wire) as endpoint:
        yield Taped(opener(Access(endpoint, KEYS), Place(name, NAMESPACE), folder), wire)
    player.check()


@contextmanager
def recording(name: str, folder: Path, file: Path) -> Iterator[Taped]:
    """In a repository of that name that begins empty. Nothing is written when the test fails."""
    server, folder_there = access(), f"recorded-{uuid.uuid4().hex}"
    _ask(server, "DELETE", f"/repositories/{name}?force=true")
    version = json.loads(_ask(server, "GET", "/config"))["version_config"]["version"]
    recorder = Recorder(Forward(server.endpoint), {rf"local://[^\"\s]*{folder_there}": NAMESPACE})
    wire = Damaged(recorder)
    with serving(wire) as endpoint:
        yield Taped(opener(Access(endpoint, server.keys), Place(name, f"local://{folder_there}"), folder), wire)
    recorder.save(file, f"lakeFS {version}", datetime.now(UTC).date().isoformat())
    _ask(server, "DELETE", f"/repositories/{name}?force=true")


def opener(server: Access, place: Place, folder: Path, patience: Patience | None = None) -> Open:
    """Ephemeral branches are numbered; an opening has a cache of its own unless it names one."""
    numbers, openings = count(), count()

    def opened(cache: str = "") -> LakeFSStore:
        at = folder / (cache or f"cache{next(openings)}")
        return LakeFSStore(server, place, at, token=lambda: f"t{next(numbers)}", patience=patience)

    return opened


def _ask(server: Access, method: str, target: str) -> bytes:
    """A request of the test's own, around the store and its tape."""
    connection = http.client.HTTPConnection(urlsplit(server.endpoint).netloc, timeout=60)
    try:
        connection.request(method, f"/api/v1{target}", headers={"Authorization": server.keys.basic()})
        return connection.getresponse().read()
    finally:
        connection.close()
