"""The sandbox's own `/proc` and file systems in; what all its processes together take up, out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from .child import WRITABLE

_PAGE = os.sysconf("SC_PAGE_SIZE")
MANY_FILES = 20_000
"""Files and folders that a run may make."""


class Usage(NamedTuple):
    """`tasks` are processes and threads, zombies too: nobody reaps them between two looks. `memory` and `files` are
    bytes, `names` files and folders."""

    tasks: int
    memory: int
    files: int
    names: int


def usage() -> Usage:
    tasks = memory = 0
    for pid in _others():
        fields = _stat(pid)
        tasks += int(fields[17]) if fields else 0
        memory += int(fields[21]) * _PAGE if fields else 0
    spaces = [os.statvfs(folder) for folder in WRITABLE]
    files = sum((space.f_blocks - space.f_bfree) * space.f_frsize for space in spaces)
    return Usage(tasks, memory, files, sum(space.f_files - space.f_ffree for space in spaces))


def shared_fairly() -> int:
    """Bytes of memory with each shared page counted once. Slower; where a process hides it, all that it maps."""
    return sum(_proportional(pid) for pid in _others())


def _others() -> Iterator[str]:
    return (name for name in os.listdir("/proc") if name.isdecimal() and name != "1")  # noqa: PTH208


def _stat(pid: str) -> list[str]:
    """Fields from the third on: the second, the program's name, may hold anything."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123
            return file.read().rpartition(b")")[2].decode().split()
    except OSError:
        return []


def _proportional(pid: str) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:  # noqa: PTH123
            return sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    except OSError:
        fields = _stat(pid)
        return int(fields[21]) * _PAGE if fields else 0
