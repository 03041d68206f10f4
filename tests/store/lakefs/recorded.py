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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from runtime.store.lakefs.credentials import Access, Keys
from runtime.store.lakefs.patience import Patience
from runtime.store.lakefs.remote import Place
from runtime.store.lakefs.store import LakeFSStore
from tests.store.lakefs.live import access
from tests.store.wire.serve import Forward, serving
from tests.store.wire.tape import Player, Recorder

FOLDER = Path(__file__).parent / "recordings"
RECORDING = os.environ.get("SYNTH_RECORD_LAKEFS") == "1"
NAMESPACE = "local://recorded"
KEYS = Keys("AKIARECORDED", "not-a-secret")
Open = Callable[[], LakeFSStore]
"""Opens the repository again, as another process would: with nothing remembered."""


@contextmanager
def on_tape(test: str, folder: Path) -> Iterator[Open]:
    """`folder` takes the extraction caches."""
    name = f"tape-{sha256(test.encode()).hexdigest()[:16]}"
    file = FOLDER / f"{re.sub(r'[^a-z0-9]+', '-', test.lower()).strip('-')[:80]}-{name[-6:]}.jsonl.gz"
    with recording(name, folder, file) if RECORDING else replaying(name, folder, file) as opened:
        yield opened


@contextmanager
def replaying(name: str, folder: Path, file: Path) -> Iterator[Open]:
    assert file.exists(), f"there is no recording {file.name}: `make record-lakefs` makes it"
    player = Player(file)
    with serving(player) as endpoint:
        yield opener(Access(endpoint, KEYS), Place(name, NAMESPACE), folder)
    player.check()


@contextmanager
def recording(name: str, folder: Path, file: Path) -> Iterator[Open]:
    """In a repository of that name that begins empty. Nothing is written when the test fails."""
    server, folder_there = access(), f"recorded-{uuid.uuid4().hex}"
    _ask(server, "DELETE", f"/repositories/{name}?force=true")
    version = json.loads(_ask(server, "GET", "/config"))["version_config"]["version"]
    recorder = Recorder(Forward(server.endpoint), {rf"local://[^\"\s]*{folder_there}": NAMESPACE})
    with serving(recorder) as endpoint:
        yield opener(Access(endpoint, server.keys), Place(name, f"local://{folder_there}"), folder)
    recorder.save(file, f"lakeFS {version}", datetime.now(UTC).date().isoformat())
    _ask(server, "DELETE", f"/repositories/{name}?force=true")


def opener(server: Access, place: Place, folder: Path, patience: Patience | None = None) -> Open:
    """Ephemeral branches are numbered; each opening has a cache of its own."""
    numbers, openings = count(), count()

    def opened() -> LakeFSStore:
        cache = folder / f"cache{next(openings)}"
        return LakeFSStore(server, place, cache, token=lambda: f"t{next(numbers)}", patience=patience)

    return opened


def _ask(server: Access, method: str, target: str) -> bytes:
    """A request of the test's own, around the store and its tape."""
    connection = http.client.HTTPConnection(urlsplit(server.endpoint).netloc, timeout=60)
    try:
        connection.request(method, f"/api/v1{target}", headers={"Authorization": server.keys.basic()})
        return connection.getresponse().read()
    finally:
        connection.close()
