"""A script in; a server on the same event loop that speaks HTTP and counts what it was asked out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]] | bytes
Script = Callable[[str, Any], Awaitable[Answer]]


class Serving:
    """`script(path, body)` gives a status, JSON and perhaps headers, or the bytes to send before hanging up."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.seen: list[tuple[str, Any]] = []
        self.heads: list[bytes] = []
        self.in_flight = self.most = self.connections = self.hung_up = 0
        self.url = ""
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        if self._server is None or not self._server.is_serving():
            writer.transport.abort()
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._exchange(reader, writer):
                pass
        self._writers.discard(writer)
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        data = await reader.readexactly(int(head.rsplit(b"content-length: ", 1)[1]))
        path, body = head.split(b" ")[1].decode(), json.loads(data) if data else None
        self.heads.append(head)
        self.seen.append((path, body))
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        work = asyncio.ensure_future(self.script(path, body))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                self.hung_up += 1
                return False
            return self._write(writer, work.result())
        finally:
            self.in_flight -= 1
            work.cancel()
            if not gone.done():
                gone.cancel()
                with suppress(asyncio.CancelledError):
                    await gone

    @staticmethod
    def _write(writer: asyncio.StreamWriter, answer: Answer) -> bool:
        if isinstance(answer, bytes):
            writer.write(answer)
            return False
        status, content, *more = answer
        body = json.dumps(content).encode()
        headers = "".join(f"{name}: {value}\r\n" for extra in more for name, value in extra.items())
        writer.write(f"HTTP/1.1 {status} X\r\n{headers}content-length: {len(body)}\r\n\r\n".encode() + body)
        return True

    async def start(self) -> None:
        """Starts, or starts again at the same address."""
        port = int(self.url.rsplit(":", 1)[1]) if self.url else 0
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, backlog=1024)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def kill(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()


@asynccontextmanager
async def serving(script: Script) -> AsyncIterator[Serving]:
    server = Serving(script)
    await server.start()
    try:
        yield server
    finally:
        server.kill()
        await asyncio.sleep(0)


class Slots:
    """A script: `capacity` exchanges at once take `seconds` each; others are refused, as SGLang's full queue does."""

    def __init__(self, capacity: int, seconds: float) -> None:
        self.capacity, self.seconds = capacity, seconds
        self.busy = self.answered = self.refused = 0
        self.used = 0.0

    async def __call__(self, path: str, body: Any) -> Answer:
        if self.busy >= self.capacity:
            self.refused += 1
            return 503, {"detail": "The request queue is full."}
        began = asyncio.get_running_loop().time()
        self.busy += 1
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.busy -= 1
            self.used += asyncio.get_running_loop().time() - began
        self.answered += 1
        return 200, {"n": body["n"]}
