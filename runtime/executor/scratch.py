"""A name in; a folder for the time of a build out. What builds left behind that were killed is removed on the way."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

LONGEST = 24
"""Characters of a folder for sockets, whose paths may have some hundred."""


def scratch(name: str) -> Path:
    """`/tmp/synth-<name>-<process>-…`."""
    top = Path(tempfile.gettempdir())
    if len(str(top)) > LONGEST and Path("/tmp").is_dir():
        top = Path("/tmp")
    prefix = f"synth-{name}-"
    for left in top.glob(f"{prefix}[0-9]*-*"):
        if not _runs(left.name.removeprefix(prefix).partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=top))


def _runs(process: str) -> bool:
    with suppress(ValueError, ProcessLookupError, OverflowError):
        try:
            os.kill(int(process), 0)
        except PermissionError:
            return True
        return True
    return False
