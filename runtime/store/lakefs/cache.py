"""Bytes, or a digest and a way to fetch its bytes, in; local files named by the digest out, verified before use.

It holds what was read, and what was put and no commit names yet. May be deleted while no build runs.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from runtime.store.port import ObjectId
from runtime.whole import write_whole


def digest(data: bytes) -> ObjectId:
    """What this store calls an object: the sha256 of its bytes, in hex."""
    return ObjectId(sha256(data).hexdigest())


class LocalObjects:
    """A file is verified the first time this process hands it out: a crash can leave one short."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._verified: set[Path] = set()

    def put(self, data: bytes) -> ObjectId:
        id_ = digest(data)
        path = self._path(id_)
        if not self._holds(path, id_):
            write_whole(path, data, mode=0o444)
            self._verified.add(path)
        return id_

    def find(self, id_: ObjectId) -> Path | None:
        """The file of an object that was put or fetched without a suffix."""
        path = self._path(id_)
        return path if self._holds(path, id_) else None

    def local(self, id_: ObjectId, suffix: str, fetch: Callable[[], bytes]) -> Path:
        """`fetch` gives verified bytes, and is called when there is no good file."""
        path = self._path(id_, suffix)
        if not self._holds(path, id_):
            known = self.find(id_)
            write_whole(path, known.read_bytes() if known else fetch(), mode=0o444)
            self._verified.add(path)
        return path

    def collect(self, before: float, dry_run: bool) -> tuple[int, int]:
        """Removes files that are older than `before`, in seconds since 1970: how many, and their bytes."""
        old = [(path, found.st_size) for path in self._folder.glob("??/*") if (found := path.stat()).st_mtime < before]
        for path, _ in () if dry_run else old:
            path.unlink(missing_ok=True)
        return len(old), sum(size for _, size in old)

    def _holds(self, path: Path, id_: ObjectId) -> bool:
        if path in self._verified and path.exists():
            return True
        try:
            held = digest(path.read_bytes()) == id_
        except FileNotFoundError:
            return False
        if held:
            self._verified.add(path)
        return held

    def _path(self, id_: ObjectId, suffix: str = "") -> Path:
        return self._folder / id_[:2] / f"{id_[2:]}{suffix}"
