"""The environment in; a real server to test against, and repositories of its own for each test, out."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from runtime.store.lakefs.credentials import Access, Keys
from runtime.store.lakefs.patience import Patience
from runtime.store.lakefs.remote import Place
from runtime.store.lakefs.store import LakeFSStore

NAMES = ("SYNTH_TEST_LAKEFS_ENDPOINT", "SYNTH_TEST_LAKEFS_ACCESS_KEY_ID", "SYNTH_TEST_LAKEFS_SECRET_ACCESS_KEY")
AVAILABLE = all(os.environ.get(name) for name in NAMES)
WHY = f"not run: needs a lakeFS server ({', '.join(NAMES)})"


def access() -> Access:
    endpoint, key, secret = (os.environ[name] for name in NAMES)
    return Access(endpoint, Keys(key, secret))


def new_store(folder: Path, repository: str | None = None, patience: Patience | None = None) -> LakeFSStore:
    """A store of a repository that nobody else uses; the same one again when its name is given."""
    name = repository or f"synth-test-{uuid.uuid4().hex[:16]}"
    return LakeFSStore(access(), Place(name), folder / "cache", patience=patience)
