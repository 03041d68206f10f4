"""A file and a place in it in; a lock on one byte there, held or not, out.

The operating system drops a lock when its holder ends, however it ends, so a dead process holds nothing.
"""

from __future__ import annotations

import fcntl
import os
import struct
from pathlib import Path

_FLOCK = struct.Struct("hhqqi4x")
"""Linux's `struct flock` on 64 bits: type, whence, start, length, process (0: the lock is the open file's)."""
_SET = getattr(fcntl, "F_OFD_SETLK", None)
_ASK = getattr(fcntl, "F_OFD_GETLK", None)


class Locks:
    """Locks of one opening of a file. None ever waits. Places are below 2**63."""

    of_opening = _SET is not None
    """Elsewhere than on Linux locks are the process's: two openings in one process do not see each other's."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def alone(self, place: int) -> bool:
        """False where anyone else holds it. One that was shared becomes this."""
        return self._lock(fcntl.F_WRLCK, place)

    def shared(self, place: int) -> bool:
        """False where someone else holds it alone. One that was held alone becomes this."""
        return self._lock(fcntl.F_RDLCK, place)

    def drop(self, place: int) -> None:
        self._lock(fcntl.F_UNLCK, place)

    def others(self, place: int) -> bool:
        """Whether anyone else holds it."""
        assert _ASK is not None
        told = fcntl.fcntl(self._file, _ASK, _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0))
        return bool(_FLOCK.unpack(told)[0] != fcntl.F_UNLCK)

    def close(self) -> None:
        """Drops every lock."""
        os.close(self._file)

    def _lock(self, kind: int, place: int) -> bool:
        try:
            if _SET is not None:
                fcntl.fcntl(self._file, _SET, _FLOCK.pack(kind, os.SEEK_SET, place, 1, 0))
            else:
                fcntl.lockf(self._file, _FLAGS[kind], 1, place)
        except (BlockingIOError, PermissionError):
            return False
        return True


_FLAGS = {
    fcntl.F_WRLCK: fcntl.LOCK_EX | fcntl.LOCK_NB,
    fcntl.F_RDLCK: fcntl.LOCK_SH | fcntl.LOCK_NB,
    fcntl.F_UNLCK: fcntl.LOCK_UN,
}
