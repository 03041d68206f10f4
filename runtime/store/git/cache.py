"""A blob's id and a way to read it in; a read-only file with its bytes out, extracted once, for DuckDB to open."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from runtime.store.git.objects import object_id
from runtime.store.port import ObjectId


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
            _write(path, read())
        self._verified.add(path)
        return path


def _holds(path: Path, id_: ObjectId) -> bool:
    try:
        return object_id("blob", path.read_bytes()) == id_
    except FileNotFoundError:
        return False


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o444)
        file.write(data)
    Path(name).replace(path)
