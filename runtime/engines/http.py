"""A path and a body in; a status and a body out, over kept-alive HTTP/1.1 connections on the event loop.

General clients spend more time on a small exchange than a fast model server does. This one knows what a model server
speaks, JSON of known length or in chunks, and nothing else. Closing a connection tells the server to stop generating.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

CRLF = b"\r\n"


class ConnectionLost(ConnectionError):
    """The connection ended before the answer did. `untouched`: before a byte of it came."""

    def __init__(self, message: str, untouched: bool) -> None:
        super().__init__(message)
        self.untouched = untouched


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    headers: dict[bytes, bytes]
    body: bytes


class _Connection(asyncio.Protocol):
    """One exchange at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.reusable = True
        self._buffer = bytearray()
        self._answer: asyncio.Future[HttpAnswer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self.transport = transport  # type: ignore[assignment]

    def exchange(self, data: bytes) -> asyncio.Future[HttpAnswer]:
        assert self.transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(data)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        try:
            answer = parse(self._buffer)
        except ValueError as error:
            self._fail(f"not HTTP: {error}")
            return
        if answer is not None:
            self._buffer.clear()
            self.reusable = self.reusable and answer.headers.get(b"connection", b"").lower() != b"close"
            self._answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(str(error) if error else "the server closed the connection")

    def _fail(self, message: str) -> None:
        untouched = not self._buffer
        self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionLost(message, untouched))

    def close(self) -> None:
        self.reusable = False
        if self.transport is not None:
            self.transport.abort()


def parse(data: bytes | bytearray) -> HttpAnswer | None:
    """The answer in `data`; None while it is incomplete. Raises `ValueError` for what is no HTTP."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = bytes(data[:end]).split(CRLF)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
    status = int(first.split(b" ", 2)[1]) if first.startswith(b"HTTP/1.") else _no_http(first)
    if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
        body = _chunks(data, end + 4)
    else:
        length = int(headers.get(b"content-length", b"0"))
        body = bytes(data[end + 4 : end + 4 + length]) if len(data) >= end + 4 + length else None
    return None if body is None else HttpAnswer(status, headers, body)


def _no_http(line: bytes) -> int:
    raise ValueError(f"an answer begins with {line[:40]!r}")


def _chunks(data: bytes | bytearray, start: int) -> bytes | None:
    """The body of a chunked answer, or None while its last chunk is not there."""
    body = bytearray()
    while True:
        line = data.find(CRLF, start)
        if line < 0:
            return None
        size = int(bytes(data[start:line]).split(b";")[0], 16)
        start = line + 2 + size + 2
        if len(data) < start:
            return None
        if size == 0:
            return bytes(body)
        body += data[line + 2 : line + 2 + size]


class HttpPool:
    """At most `limit` connections to one server, opened when wanted and kept. Belongs to one event loop."""

    def __init__(self, url: str, limit: int, headers: dict[str, str] | None = None) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "127.0.0.1"
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        self._base = parts.path.rstrip("/")
        fields = {"host": parts.netloc, "content-type": "application/json", **(headers or {})}
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self._heads: dict[tuple[str, str], bytes] = {}
        self._idle: list[_Connection] = []
        self._room = asyncio.Semaphore(limit)

    async def request(self, method: str, path: str, body: bytes = b"", timeout: float = 60.0) -> HttpAnswer:
        """Raises `TimeoutError`, `ConnectionLost` and `OSError`. A connection that turns out stale is replaced."""
        async with self._room, asyncio.timeout(timeout):
            data = b"%b%d\r\n\r\n%b" % (self._head(method, path), len(body), body)
            while self._idle:
                connection = self._idle.pop()
                if not connection.reusable:
                    continue  # the server closed it while it was idle
                try:
                    return await self._exchange(connection, data)
                except ConnectionLost as lost:
                    if not lost.untouched:
                        raise
            return await self._exchange(await self._connect(), data)

    async def _exchange(self, connection: _Connection, data: bytes) -> HttpAnswer:
        try:
            answer = await connection.exchange(data)
        except BaseException:
            connection.close()
            raise
        if connection.reusable:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, self._host, self._port, ssl=self._tls)
        return connection

    def _head(self, method: str, path: str) -> bytes:
        head = self._heads.get((method, path))
        if head is None:
            text = f"{method} {self._base}{path} HTTP/1.1\r\n{self._headers}content-length: "
            head = self._heads[method, path] = text.encode("latin-1")
        return head

    def close(self) -> None:
        for connection in self._idle:
            connection.close()
        self._idle.clear()
