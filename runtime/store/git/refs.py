"""A name, the commit it points at and the commit it shall point at in; the name moved, atomically, or False, out.

Git's own lock is a file beside the ref, and a process that is killed leaves it there for ever. So writers take turns
under a `flock`, which the kernel drops with its holder; a lock file that outlives a short wait is then nobody's.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pygit2

STALE_AFTER = 1.0
"""Seconds to wait before a ref's lock file is taken for a dead process's. Foreign git holds one for milliseconds."""

HEADS, TAGS = "refs/heads/", "refs/tags/"


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """One holder at a time, across threads and processes."""
    descriptor = os.open(folder / "synth.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def target(repository: pygit2.Repository, name: str) -> str | None:
    """The commit a ref leads to, annotated tags followed; None when there is no such ref."""
    reference = repository.references.get(name)
    return None if reference is None else commit_of(reference)


def commit_of(reference: pygit2.Reference) -> str:
    """A branch names its commit itself, which may be damaged: whoever reads it says so, and of which commit."""
    if reference.name.startswith(HEADS):
        return str(reference.resolve().target)
    return str(reference.peel(pygit2.Commit).id)


def move(repository: pygit2.Repository, name: str, expected: str | None, new: str) -> bool:
    """False when the ref is not at `expected`. The caller holds `exclusive`."""
    _clear_stale_lock(Path(repository.path) / f"{name}.lock")
    with repository.transaction() as transaction:
        transaction.lock_ref(name)
        if target(repository, name) != expected:
            return False
        transaction.set_target(name, pygit2.Oid(hex=new))
    return True


def remove(repository: pygit2.Repository, name: str) -> None:
    """The caller holds `exclusive` and knows that the ref exists."""
    _clear_stale_lock(Path(repository.path) / f"{name}.lock")
    _clear_stale_lock(Path(repository.path) / "packed-refs.lock")
    repository.references.delete(name)


def _clear_stale_lock(path: Path) -> None:
    """Waits for a foreign holder; removes what no one holds."""
    deadline = time.monotonic() + STALE_AFTER
    while path.exists():
        if time.monotonic() >= deadline:
            path.unlink(missing_ok=True)
        else:
            time.sleep(0.02)
