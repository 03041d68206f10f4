"""Folders that may be written in; a Landlock domain around this process and all it starts out. Linux 5.13 and later.

A second layer: bubblewrap's mounts alone already leave nothing else to write to.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_ONLY, _PATH_BENEATH = 1, 1
_READ = 0b1101
"""Execute, read a file, list a folder."""
_DEVICES = _READ | 1 << 1 | 1 << 15
"""And write to a file that is there, and ioctl."""
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many file rights each version of Landlock knows; later versions know as many as the last."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("access", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """The kernel's Landlock version; 0 where there is none."""
    return max(0, int(ctypes.CDLL(None).syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION_ONLY)))


def restrict(folders: Iterable[str]) -> None:
    """From here on: reading everywhere, writing below `folders`, no TCP, no signal to a process outside."""
    known = version()
    if not known:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    every = (1 << _RIGHTS[min(known, max(_RIGHTS))]) - 1
    rules = _Ruleset(every, 0b11 if known >= 4 else 0, 0b11 if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = _done(libc.syscall(_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0))
    for path, access in (("/", _READ), ("/dev", _DEVICES & every), *((folder, every) for folder in folders)):
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
        beneath = _PathBeneath(access, folder)
        _done(libc.syscall(_ADD, ruleset, _PATH_BENEATH, ctypes.byref(beneath), 0))
        os.close(folder)
    _done(libc.syscall(_RESTRICT, ruleset, 0))
    os.close(ruleset)


def _done(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock refuses")
    return result
