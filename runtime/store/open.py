"""A project's state folder (`.synth/`) in; its store out. Imports the store that is asked for, and no other."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from runtime.store.port import Store


def open_store(state: Path, clock: Callable[[], float] = time.time) -> Store:
    """The embedded git store of a project, made on first use. `clock` gives the seconds that commits are dated with."""
    from runtime.store.git.store import GitStore

    return GitStore(state / "store.git", state / "cache" / "shards", clock)
