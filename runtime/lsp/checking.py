"""Changes of texts in; each open text's mistakes, a moment after the last keystroke, out. What is stale is not sent.

A change is checked where it was made and in every open spec that reads that file. What is wrong in a file that is not
open is told at that file, once, as long as an open spec reads it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING

from lsprotocol import types

from runtime.config.project import FILE
from runtime.lsp.diagnostics import shown
from runtime.lsp.documents import canonical
from runtime.lsp.mistakes import mistakes
from runtime.lsp.view import View

if TYPE_CHECKING:
    from runtime.lsp.server import Server

PAUSE = 0.1
"""Seconds of silence after a keystroke."""

Found = dict[str, list[types.Diagnostic]]


class Checking:
    """By the URIs of open texts: what each reads, what its check found in it, and what it found in other files."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._elsewhere = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._read: dict[str, frozenset[str]] = {}
        self._own: dict[str, tuple[int, list[types.Diagnostic]]] = {}
        self._beside: dict[str, Found] = {}

    def soon(self, uri: str, pause: float = PAUSE) -> None:
        """The text has changed: so have those that read it."""
        for other in (uri, *self._readers(uri)):
            if (waiting := self._waiting.pop(other, None)) is not None:
                waiting.cancel()
            self._waiting[other] = asyncio.get_running_loop().call_later(pause, self._begin, other)
            self._elsewhere = self._elsewhere or other != uri

    def _readers(self, uri: str) -> list[str]:
        name = canonical(uri)
        return [key for key, read in self._read.items() if name in read and key != uri]

    def all(self) -> None:
        """Anything may have changed: a configuration, a file on the disk."""
        self._elsewhere = True
        for uri in self._server.documents.all:
            self.soon(uri)

    def closed(self, uri: str) -> None:
        if (waiting := self._waiting.pop(uri, None)) is not None:
            waiting.cancel()
        readers = self._readers(uri)
        self._read.pop(uri, None)
        self._own.pop(uri, None)
        for other in {uri, *self._beside.pop(uri, {})}:
            self._send(other)
        for reader in readers:
            self.soon(reader)

    def _begin(self, uri: str) -> None:
        self._waiting.pop(uri, None)
        task = asyncio.get_running_loop().create_task(self._check(uri))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        """What is shown beside the mistakes is asked anew behind the last check, once."""
        self._tasks.discard(task)
        if self._elsewhere and not self._waiting and not self._tasks:
            self._elsewhere = False
            self._server.refresh()

    async def _check(self, uri: str) -> None:
        document = self._server.documents.get(uri)
        found = await self._server.about(uri, "the check", _checked)
        if document is None or found is None or self._server.documents.get(uri) is not document:
            return
        own, beside, self._read[uri] = found
        self._own[uri] = (document.version, own)
        before, self._beside[uri] = self._beside.get(uri, {}), beside
        for other in {uri, *before, *beside}:
            self._send(other)

    def _send(self, uri: str) -> None:
        """Of an open spec its own check tells all; a configuration's mistakes are found by the specs' checks, too."""
        version, own = self._own.get(uri, (None, []))
        found = list(own)
        if uri not in self._server.documents.all or uri.endswith(FILE):
            found += [one for each in self._beside.values() for one in each.get(uri, [])]
        unique = {(one.code, str(one.range), one.message): one for one in found}
        self._server.publish(uri, version, list(unique.values()))


def _checked(view: View) -> tuple[list[types.Diagnostic], Found, frozenset[str]]:
    """The text's own mistakes, those in files that are not open, and the canonical URIs of all files that it reads."""
    found = mistakes(view)
    beside: Found = defaultdict(list)
    for one in found.beside:
        if one.span is not None and (one.span.path not in view.project.texts or one.span.path == FILE):
            beside[view.project.uri(one.span.path)] += shown([one], view)
    reads = frozenset(canonical(view.project.uri(path)) for path in found.reads)
    return shown(found.own, view), dict(beside), reads
