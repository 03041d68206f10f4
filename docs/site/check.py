"""The built site in; every link that leads nowhere, and everything a page would fetch from elsewhere, out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {("script", "src"), ("img", "src"), ("source", "srcset"), ("iframe", "src"), ("video", "src")}
SCHEMES = frozenset({"http", "https", "mailto"})


@dataclass
class Read(HTMLParser):
    """What a page says that matters here: where it leads, what it fetches, and the places that links may name."""

    path: str
    leads: list[str] = field(default_factory=list)
    fetches: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.places |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.leads.append(found["href"])
        if tag == "link" and found.get("rel") in ("stylesheet", "icon", "preload"):
            self.fetches.append(found["href"])
        self.fetches += [found[name] for name in found if (tag, name) in FETCHED]

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)


def mistakes(root: Path) -> list[str]:
    """A line for each, by page."""
    pages = {read.path: read for read in (_read(file, root) for file in sorted(root.rglob("*.html")))}
    return [line for read in pages.values() for line in _of(read, pages, root)]


def _read(file: Path, root: Path) -> Read:
    read = Read(file.relative_to(root).as_posix())
    read.feed(file.read_text(encoding="utf-8"))
    return read


def _of(read: Read, pages: dict[str, Read], root: Path) -> Iterator[str]:
    for link in dict.fromkeys(read.leads):
        parts = urlsplit(link)
        if parts.scheme:
            if parts.scheme not in SCHEMES or (parts.scheme != "mailto" and not parts.netloc):
                yield f"{read.path}: {link} is no address"
            continue
        at = _at(read, parts.path)
        if at not in pages and not (root / at).is_file():
            yield f"{read.path}: {link} leads nowhere"
        elif parts.fragment and at in pages and unquote(parts.fragment) not in pages[at].places:
            yield f"{read.path}: {link} names a place that is not there"
    for fetched in dict.fromkeys(read.fetches):
        parts = urlsplit(fetched)
        if parts.scheme != "data" and (parts.scheme or parts.netloc):
            yield f"{read.path}: fetches {fetched} from elsewhere"
        elif not parts.scheme and not (root / _at(read, parts.path)).is_file():
            yield f"{read.path}: {fetched} is not there"


def _at(read: Read, path: str) -> str:
    """The file that a link of the page means."""
    if not path:
        return read.path
    found = posixpath.normpath(
        posixpath.join(read.folder, unquote(path.lstrip("/")) if path[0] == "/" else unquote(path))
    )
    return posixpath.join(found, "index.html") if path.endswith("/") else found
