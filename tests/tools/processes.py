"""This machine's processes in; those of sandboxes, and those of sandboxes that nobody runs any more, out."""

from __future__ import annotations

import time
from pathlib import Path

SECONDS = 10.0


def left_over() -> list[str]:
    """Processes of sandboxes whose maker is gone, once they have had a moment to go too. Other tests have their own."""
    deadline = time.monotonic() + SECONDS
    while (found := [pid for pid in _all() if _is_orphan(pid)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return [f"{pid} of {_parent(pid)} ({command(_parent(pid))}): {_read(pid, 'status')}" for pid in found]


def of_a_sandbox(pid: str) -> bool:
    return "/supervisor" in command(pid)


def children(pid: int) -> list[int]:
    """Of its first thread."""
    return [int(child) for child in _read(f"{pid}/task/{pid}", "children").split()]


def _is_orphan(pid: str) -> bool:
    """What a test runs has a parent in its sandbox, a sandbox a bubblewrap, and a bubblewrap the test's Python.

    One of several that run tests calls itself after pytest alone.
    """
    return of_a_sandbox(pid) and not any(word in command(_parent(pid)) for word in ("/supervisor", "python", "pytest"))


def _all() -> list[str]:
    return [path.name for path in Path("/proc").iterdir() if path.name.isdecimal()]


def command(pid: str) -> str:
    return _read(pid, "cmdline").replace("\0", " ")


def _parent(pid: str) -> str:
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return fields[1] if fields else "0"


def _read(pid: str, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""
