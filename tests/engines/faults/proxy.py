"""A server's address in; another one that passes all on out, and breaks the exchanges that one says, byte by byte."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.engines.threaded import listening


@dataclass
class Wire:
    """One exchange: what was asked, and the way back to who asked."""

    asked: bytes
    upstream: tuple[str, int]
    writer: asyncio.StreamWriter

    @property
    def path(self) -> str:
        return self.asked.split(b" ", 2)[1].decode()

    async def answer(self) -> tuple[bytes, bytes]:
        """Head and body of what the server says: it has done what it was asked."""
        reader, writer = await asyncio.open_connection(*self.upstream)
        try:
            writer.write(self.asked)
            return await message(reader)
        finally:
            writer.close()

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def cut(self) -> None:
        """The connection ends after what was sent."""
        await self.writer.drain()
        self.writer.close()

    def reset(self) -> None:
        """The connection ends as that of a process that dies."""
        self.writer.transport.abort()


Fault = Callable[[Wire], Awaitable[None]]


async def whole(wire: Wire) -> None:
    """No fault."""
    wire.send(b"".join(await wire.answer()))


@dataclass
class Proxy:
    """`fault` strikes the requests to `path` whose numbers, from 0, are in `struck`.

    `delivered` are the bodies of those that were answered without a fault, and whose answers were passed on.
    """

    server: str
    fault: Fault = whole
    struck: Collection[int] = ()
    path: str = "/generate"
    url: str = ""
    asked: int = 0
    failed: int = 0
    delivered: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection."""
        parts = urlsplit(self.server)
        assert parts.hostname and parts.port
        try:
            while not writer.is_closing():
                head, body = await message(reader)
                wire = Wire(head + body, (parts.hostname, parts.port), writer)
                fault = self._fault(wire)
                await fault(wire)
                await writer.drain()
                if fault is whole and wire.path == self.path:
                    self.delivered.append(body)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            return
        finally:
            writer.close()

    def _fault(self, wire: Wire) -> Fault:
        if wire.path != self.path:
            return whole
        number, self.asked = self.asked, self.asked + 1
        if number not in self.struck:
            return whole
        self.failed += 1
        return self.fault


async def message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of a request or an answer of known length."""
    head = await reader.readuntil(b"\r\n\r\n")
    found = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    return head, await reader.readexactly(int(found[1]) if found else 0)


@contextmanager
def between(proxy: Proxy) -> Iterator[Proxy]:
    """`proxy` on a loopback port, in a thread with a loop of its own."""
    with listening(proxy.serve) as proxy.url:
        yield proxy
