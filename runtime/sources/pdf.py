"""One PDF file in; the text of its pages, and where each begins, out. A scanned page has none."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.diagnostics import SynthError
from runtime.sources.document import Document, titled, visible
from runtime.sources.place import Where
from runtime.sources.raw import unreadable

if TYPE_CHECKING:
    from pypdf import PdfReader

_BLANKS = re.compile(r"[^\S\n]+$", re.MULTILINE)
_GAP = "\n\n"


def parse(where: Where, path: Path) -> Document:
    """Anything may be wrong with a PDF, and its library raises as it comes: all of it is a file that cannot be read."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with path.open("rb") as data:
            return _read(where, path, data)
    except (SynthError, MemoryError):
        raise
    except Exception as error:
        said = str(error).splitlines()[:1] or [type(error).__name__]
        raise unreadable(where, where.shown(path), said[0]) from None


def _read(where: Where, path: Path, data: object) -> Document:
    from pypdf import PdfReader

    reader = PdfReader(data)  # type: ignore[arg-type]
    _open(where, path, reader)
    text, pages = "", []
    for page in _pages(reader):
        text += _GAP if text and page else ""
        pages.append(len(text))
        text += page
    title = reader.metadata.title if reader.metadata else None
    return Document(titled(str(title or ""), path), text, pages=tuple(pages))


def _pages(reader: PdfReader) -> Iterator[str]:
    for page in reader.pages:
        yield _BLANKS.sub("", visible(page.extract_text())).strip()


def _open(where: Where, path: Path, reader: PdfReader) -> None:
    """Many PDFs are encrypted under no password at all; those need none."""
    from pypdf.errors import DependencyError

    if not reader.is_encrypted:
        return
    reason = "it is encrypted, and needs a password"
    try:
        if reader.decrypt(""):
            return
    except DependencyError:
        reason = "it is encrypted with AES; `qpdf --decrypt` makes a copy that is not"
    raise unreadable(where, where.shown(path), reason)
