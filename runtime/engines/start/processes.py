"""A process id in; whether that process still is the one that was started, and its end with all its children, out."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

GRACE = 30.0
"""Seconds that a server has to end what it is answering."""
BURIAL = 5.0
"""Seconds within which what was killed has given back its port and its memory."""


def born(pid: int) -> str | None:
    """When a process began, as the system writes it; None when it is gone, or dead and not yet buried.

    With the id it names a process for good: ids are used again.
    """
    if Path("/proc/self/stat").exists():
        return _from_proc(pid)
    done = subprocess.run(["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = done.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()


def _from_proc(pid: int) -> str | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return None if fields[0] in ("Z", "X") else fields[19]


def lives(pid: int, since: str) -> bool:
    return born(pid) == since


def end(pid: int, since: str, grace: float = GRACE) -> bool:
    """Asks it to end, then kills it, and kills what is left of its group. True when it ended by itself.

    The leader alone is asked: children that are told too look to it as if they had crashed.
    """
    asked = lives(pid, since)
    if asked:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    by_itself = wait_gone(pid, since, grace if asked else 0)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    until = time.monotonic() + BURIAL
    while group_lives(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return by_itself


def group_lives(group: int) -> bool:
    """Whether one of a group still holds its port or its device's memory: the dead that nobody buried do not."""
    if not Path("/proc/self/stat").exists():
        return False
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            fields = file.read_text().rpartition(")")[2].split()
            if fields[2] == str(group) and fields[0] not in ("Z", "X"):
                return True
    return False


def wait_gone(pid: int, since: str, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while lives(pid, since):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
