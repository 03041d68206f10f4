"""The system's refusal of a file in; the mistake as a user is told it out, where the way out is theirs."""

from __future__ import annotations

import errno
from os import strerror
from pathlib import Path

from dsl.diagnostics import Diagnostic

_FULL = "make room there; what was made so far is stored, and the same command goes on where it was"
_RIGHT = (
    "the project's folder, and what is in its `.synth`, must be yours to write: see the folder's owner and its rights"
)
WAYS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "files may be no larger here: see `ulimit -f`, or take another file system",
    errno.EROFS: "copy the project to where it can be written",
    errno.EACCES: _RIGHT,
    errno.EPERM: _RIGHT,
    errno.EMFILE: "more files may be open at a time: `ulimit -n 4096`",
    errno.ENFILE: "the machine has too many files open: end other programs",
    errno.EIO: "the disk answers with errors: copy what is on it, then `synth fsck` says what is damaged",
}


IN_THE_WAY = frozenset({errno.ENOTDIR, errno.EEXIST, errno.EISDIR})
"""Of a file that synth keeps for itself: elsewhere it is synth that should have looked."""


def refused(error: OSError) -> Diagnostic | None:
    """E0957 for a full disk, a folder that belongs to somebody else and their like; None for what is our own bug."""
    place = error.filename if isinstance(error.filename, str) else None
    way = WAYS.get(error.errno or 0)
    if error.errno in IN_THE_WAY and place is not None and ".synth" in Path(place).parts:
        way = "something else stands where synth keeps its own files: move it away"
    if way is None:
        return None
    notes = (f"file: {place}",) if place else ()
    why = strerror(error.errno or 0).lower()
    return Diagnostic("E0957", f"a file cannot be read or written: {why}", notes=notes, help=way)
