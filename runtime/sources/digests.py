"""Files in; one digest of their content out. A file whose size and time are as last seen is not read again."""

from __future__ import annotations

import time
from collections.abc import Iterable, MutableMapping
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

from runtime.tables.canonical import DIGEST_BYTES, digest

Facts = MutableMapping[str, Any]
"""What is remembered of files between runs: JSON-like values by name. An empty one is always right, and slower."""

SETTLED = 2_000_000_000
"""Nanoseconds: a file changed this recently may change again within the same tick of its clock."""


def files_digest(files: Iterable[tuple[str, Path]], facts: Facts) -> str:
    """Hex digest of names and contents, in order."""
    return digest(part for name, path in files for part in (name.encode(), file_bytes_digest(name, path, facts)))


def file_bytes_digest(name: str, path: Path, facts: Facts) -> bytes:
    status = path.stat()
    seen = [status.st_size, status.st_mtime_ns, status.st_ino]
    known = facts.get(f"file:{name}")
    if isinstance(known, list) and known[:3] == seen:
        return bytes.fromhex(known[3])
    with path.open("rb") as data:
        found = file_digest(data, lambda: blake2b(digest_size=DIGEST_BYTES)).digest()
    if time.time_ns() - status.st_mtime_ns > SETTLED:
        facts[f"file:{name}"] = [*seen, found.hex()]
    return found
