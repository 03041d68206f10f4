"""One `.txt` file in; its text out."""

from __future__ import annotations

from pathlib import Path

from runtime.sources.document import Document
from runtime.sources.place import Where
from runtime.sources.raw import BOM, unreadable


def parse(where: Where, path: Path) -> Document:
    return Document(path.stem, content(where, path))


def content(where: Where, path: Path) -> str:
    """UTF-8 with lines that end in `\\n`; anything else is E0608."""
    try:
        return path.read_bytes().removeprefix(BOM).decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise unreadable(where, where.shown(path), "it is not UTF-8") from None
