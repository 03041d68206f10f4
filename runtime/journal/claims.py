"""A key in; whether this journal may run its effect, or another one in any process is running it, out.

A claim is a lock on one byte of a file, at a place that the key decides. The operating system drops it when its holder
ends, however it ends, so a dead process claims nothing and there is nothing to clean up.
"""

from __future__ import annotations

import fcntl
import os
import struct
from pathlib import Path

FILE = "claims"
_FLOCK = struct.Struct("hhqqi4x")
"""Linux's `struct flock` on 64 bits: type, whence, start, length, process (0: the lock is the open file's)."""
_OFD = getattr(fcntl, "F_OFD_SETLK", None)


class Claims:
    """Claims of one journal. Two keys share a place once in 2**62; then one waits for the other, and that is all."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def take(self, key: bytes) -> bool:
        """False where another journal holds it. Never waits."""
        try:
            self._lock(fcntl.F_WRLCK, key)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def release(self, key: bytes) -> None:
        self._lock(fcntl.F_UNLCK, key)

    def close(self) -> None:
        """Drops every claim."""
        os.close(self._file)

    def _lock(self, kind: int, key: bytes) -> None:
        place = int.from_bytes(key[:8].ljust(8, b"\0"), "big") >> 2
        if _OFD is not None:
            fcntl.fcntl(self._file, _OFD, _FLOCK.pack(kind, os.SEEK_SET, place, 1, 0))
        else:  # Elsewhere locks are the process's: two journals of one folder in one process do not see each other.
            how = fcntl.LOCK_UN if kind == fcntl.F_UNLCK else fcntl.LOCK_EX | fcntl.LOCK_NB
            fcntl.lockf(self._file, how, 1, place)
