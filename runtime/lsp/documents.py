"""An editor's openings and changes in; the texts it holds, by URI and version, out. Nothing here reads a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path

from runtime.config.project import FILE
from runtime.lsp.positions import Lines

Change = types.TextDocumentContentChangeEvent


@dataclass(frozen=True)
class Document:
    """One open text as it is in one version. `encoding` is how the editor counts."""

    uri: str
    text: str
    version: int
    encoding: str = "utf-16"

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.text, self.encoding)

    @cached_property
    def file(self) -> Path | None:
        """None for a text that was never saved."""
        path = to_fs_path(self.uri)
        return Path(path) if path else None

    @cached_property
    def place(self) -> Path | None:
        return place_of(self.uri)

    @property
    def name(self) -> str:
        return self.file.name if self.file else f"{self.uri.rpartition('/')[2].rpartition(':')[2]}.synth"

    def changed(self, version: int, changes: Sequence[Change]) -> Document:
        """The text after changes that were made one after another."""
        text, lines = self.text, self.lines
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = lines.offset(change.range.start), lines.offset(change.range.end)
                text = text[:start] + change.text + text[max(start, end) :]
            else:
                text = change.text
            lines = Lines(text, self.encoding)
        return replace(self, text=text, version=version)


def place_of(uri: str) -> Path | None:
    """The file that is meant, whichever link leads to it; a configuration counts where it is linked to."""
    path = to_fs_path(uri)
    if not path:
        return None
    file = Path(path)
    return file.parent.resolve() / FILE if file.name == FILE else file.resolve()


def canonical(uri: str) -> str:
    """One name for all that lead to the same file."""
    place = place_of(uri)
    return str(from_fs_path(str(place))) if place else uri


class Documents:
    """What is open now. `all` is never changed, only replaced: who holds it holds a moment."""

    def __init__(self) -> None:
        self.all: Mapping[str, Document] = {}
        self.encoding = "utf-16"

    def open(self, item: types.TextDocumentItem) -> Document:
        return self._put(Document(item.uri, item.text, item.version, self.encoding))

    def change(self, params: types.DidChangeTextDocumentParams) -> Document | None:
        """None for a text that was never opened."""
        found = self.all.get(params.text_document.uri)
        if found is None:
            return None
        return self._put(found.changed(params.text_document.version, params.content_changes))

    def close(self, uri: str) -> None:
        self.all = {key: document for key, document in self.all.items() if key != uri}

    def get(self, uri: str) -> Document | None:
        return self.all.get(uri)

    def _put(self, document: Document) -> Document:
        """The one that was last typed into comes last."""
        self.close(document.uri)
        self.all = {**self.all, document.uri: document}
        return document
