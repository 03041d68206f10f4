"""A blob's id and a way to read it in; a read-only file with its bytes out, extracted once, for DuckDB to open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runtime.store.git.objects import object_id
from runtime.store.port import ObjectId
from runtime.whole import write_whole


class ExtractionCache:
    """Files named by blob id, so that shards shared by versions are extracted once. May be deleted at any time.

    A file is verified the first time this process hands it out: a crash can leave a cached file short.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._verified: set[Path] = set()

    def local(self, id_: ObjectId, suffix: str, read: Callable[[], bytes]) -> Path:
        path = self._folder / id_[:2] / f"{id_[2:]}{suffix}"
        if path in self._verified and path.exists():
            return path
        if not _holds(path, id_):
            write_whole(path, read(), mode=0o444)
        self._verified.add(path)
        return path

    def intact(self, id_: ObjectId) -> bytes | None:
        """The bytes of a cached copy that is what it was, whatever suffix it has."""
        for path in (self._folder / id_[:2]).glob(f"{id_[2:]}*"):
            if _holds(path, id_):
                return path.read_bytes()
        return None

    def collect(self, held: Callable[[ObjectId], bool], before: float, dry_run: bool) -> tuple[int, int]:
        """Removes copies of what the store does not hold, and what an interrupted copy left: files and bytes.

        Files that were written after `before` (seconds since 1970) stay.
        """
        files = size = 0
        for path in self._folder.glob("*/*"):
            found = path.stat()
            if found.st_mtime > before or held(ObjectId(path.parent.name + path.name.partition(".")[0])):
                continue
            files, size = files + 1, size + found.st_size
            if not dry_run:
                path.unlink(missing_ok=True)
        return files, size


def _holds(path: Path, id_: ObjectId) -> bool:
    try:
        return object_id("blob", path.read_bytes()) == id_
    except FileNotFoundError:
        return False
