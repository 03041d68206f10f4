"""A folder in; one tick at once, and one whenever a file below it has changed, out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PAUSE = 0.3
"""Seconds between two looks."""

State = dict[str, tuple[int, int]]


def changes(root: Path, pause: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Ends with the caller. Hidden folders (the state, the environment) are not looked at."""
    seen: State | None = None
    while True:
        now = state(root)
        if now != seen:
            seen = now
            yield
        pause(PAUSE)


def state(root: Path) -> State:
    """Time and size of every file below `root`; a file that goes while we look is simply not there."""
    found: State = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith((".", "__pycache__"))]
        for name in files:
            path = os.path.join(folder, name)  # noqa: PTH118 - a Path for every file costs more than the look
            try:
                facts = os.stat(path)  # noqa: PTH116
            except OSError:
                continue
            found[path] = (facts.st_mtime_ns, facts.st_size)
    return found
