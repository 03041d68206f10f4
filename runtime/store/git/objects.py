"""Bytes in; loose git objects on disk out, written together and made durable together.

libgit2's own writer compresses whatever it is told to (46 MB/s) and waits for the disk once per object. Shards are
compressed already, so these objects are stored (zlib level 0), and their fsyncs run side by side, which lets the file
system answer many with one journal commit. An object has its final name only after its bytes are on disk, so a crash
leaves none truncated. Temporary files are named as git names its own, and `git prune` removes what a crash left.
"""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from threading import Lock
from typing import Literal

from runtime.store.port import ObjectId

Kind = Literal["blob", "tree"]
MAX_PENDING = 1_000
MAX_PENDING_BYTES = 128 * 1024 * 1024
FSYNC_THREADS = 16


def object_id(kind: Kind, data: bytes) -> ObjectId:
    """The id git gives these bytes."""
    return ObjectId(sha1(_header(kind, data) + data, usedforsecurity=False).hexdigest())


def _header(kind: Kind, data: bytes) -> bytes:
    return b"%s %d\0" % (kind.encode(), len(data))


def loose_content(folder: Path, id_: ObjectId) -> bytes | None:
    """What follows the header of a loose object in `folder` (`objects/`); None where there is no such file.

    libgit2 reads one without end when it stops too early, as after a flip of the bit that marks the last block. So a
    loose object is read here first. Raises `zlib.error` and `ValueError`.
    """
    try:
        packed = (folder / id_[:2] / id_[2:]).read_bytes()
    except FileNotFoundError:
        return None
    data = zlib.decompress(packed)
    if sha1(data, usedforsecurity=False).hexdigest() != id_:
        raise ValueError(f"object {id_} does not match its digest")
    return data.partition(b"\0")[2]


@dataclass(frozen=True, slots=True)
class _Pending:
    temporary: Path
    final: Path


class ObjectWriter:
    """Writes objects into `folder` (`objects/` of a repository). What was put is readable after `flush`.

    `packed` says whether an object that is not loose exists in a pack. Safe to use from several threads.
    """

    def __init__(self, folder: Path, packed: Callable[[ObjectId], bool]) -> None:
        self._folder, self._packed = folder, packed
        self._pending: dict[ObjectId, _Pending] = {}
        self._pending_bytes = 0
        self._lock = Lock()

    def put(self, kind: Kind, data: bytes, level: int = 0) -> ObjectId:
        """The object's id. Nothing is written when the store holds it intact; a damaged loose copy is replaced."""
        id_ = object_id(kind, data)
        with self._lock:
            if id_ not in self._pending and not self._held(id_, kind, data):
                self._write(id_, zlib.compress(_header(kind, data) + data, level))
            full = len(self._pending) >= MAX_PENDING or self._pending_bytes >= MAX_PENDING_BYTES
        if full:
            self.flush()
        return id_

    def flush(self) -> None:
        """Makes all that was put durable and gives it its final names."""
        with self._lock:
            pending = list(self._pending.values())
            _fsync_all(item.temporary for item in pending)
            folders = {item.final.parent for item in pending}
            created = [folder for folder in folders if not folder.exists()]
            for folder in created:
                folder.mkdir(exist_ok=True)
            for item in pending:
                item.temporary.replace(item.final)
            _fsync_all([*folders, self._folder] if created else folders)
            self._pending.clear()
            self._pending_bytes = 0

    def _held(self, id_: ObjectId, kind: Kind, data: bytes) -> bool:
        path = self._path(id_)
        try:
            os.utime(path)  # an old object that is wanted again is no garbage, though no commit names it yet
            return zlib.decompress(path.read_bytes()) == _header(kind, data) + data
        except FileNotFoundError:
            return self._packed(id_)
        except zlib.error:
            return False

    def _write(self, id_: ObjectId, encoded: bytes) -> None:
        descriptor, name = tempfile.mkstemp(prefix="tmp_obj_", dir=self._folder)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o444)
            file.write(encoded)
        self._pending[id_] = _Pending(Path(name), self._path(id_))
        self._pending_bytes += len(encoded)

    def _path(self, id_: ObjectId) -> Path:
        return self._folder / id_[:2] / id_[2:]


def _fsync_all(paths: Iterable[Path]) -> None:
    found = list(paths)
    if len(found) < 2:
        for path in found:
            fsync(path)
        return
    with ThreadPoolExecutor(min(FSYNC_THREADS, len(found))) as pool:
        list(pool.map(fsync, found))


def fsync(path: Path) -> None:
    """Waits until a file's bytes, or a folder's names, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
