"""A path and a body in; a status and a body out, over kept-alive HTTP/1.1 connections on the event loop.

General clients spend more time on a small exchange than a fast model server does. This one knows what a model server
speaks, JSON of known length or in chunks, and nothing else. Closing a connection tells the server to stop generating.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import Callable
from typing import Literal, Protocol

from runtime.engines.address import Address
from runtime.engines.deadlines import Deadlines
from runtime.engines.reader import HttpAnswer, Reader

CONNECTING = 10.0
"""Seconds after which a server that does not take a connection is unreachable."""
_KEEP_ALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
"""A machine that fell silent is noticed in a minute, during a long generation too."""


class ConnectionLost(ConnectionError):
    """The connection ended before the answer did. `untouched`: before a byte of it came."""

    def __init__(self, message: str, untouched: bool) -> None:
        super().__init__(message)
        self.untouched = untouched


class Unreachable(ConnectionError):
    """There is no connection to be had. `cause` tells a server that is down from one that never was there."""

    def __init__(self, message: str, cause: Literal["down", "name", "tls", "certificate"] = "down") -> None:
        super().__init__(message)
        self.cause = cause


class _Answering(Protocol):
    """Who waits for an answer: a future, or who is told in its place."""

    def done(self) -> bool: ...

    def set_result(self, answer: HttpAnswer, /) -> None: ...

    def set_exception(self, error: Exception, /) -> None: ...


class _Connection(asyncio.Protocol):
    """One exchange at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.reusable = True
        self._reader = Reader()
        self._touched = False
        self._answer: _Answering | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self.transport = transport  # type: ignore[assignment]

    def exchange(self, data: bytes, answer: _Answering) -> None:
        assert self.transport is not None
        self._touched = False
        self._answer = answer
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        self._touched = True
        try:
            answer = self._reader.feed(data)
        except ValueError as error:
            self._fail(f"not HTTP: {error}")
            return
        if answer is not None:
            self._give(answer)

    def _give(self, answer: HttpAnswer) -> None:
        """What comes after the answer, or a request that was answered before it was sent, spoils the connection."""
        assert self.transport is not None
        spoilt = self._reader.rest or not answer.kept or self.transport.get_write_buffer_size()
        self.reusable = self.reusable and not spoilt
        if self._answer is not None:
            self._answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done() and error is None:
            answer = self._reader.ended()
            if answer is not None:
                self._answer.set_result(answer)
        self._fail(str(error) if error else "the server closed the connection")

    def _fail(self, message: str) -> None:
        self.close()
        if self._answer is not None and not self._answer.done():
            part = " in the middle of an answer" if self._touched and not message.startswith("not HTTP") else ""
            self._answer.set_exception(ConnectionLost(message + part, not self._touched))

    def close(self) -> None:
        self.reusable = False
        if self.transport is not None:
            self.transport.abort()


class Sent:
    """A request that was sent without a coroutine; `told` gets its answer, or what `HttpPool.request` would raise."""

    __slots__ = ("_connection", "_over", "_pool", "_told")

    def __init__(self, pool: HttpPool, connection: _Connection, told: Callable[[HttpAnswer | Exception], None]):
        self._pool, self._connection, self._told = pool, connection, told
        self._over = False

    def cancel(self) -> None:
        if not self._over:
            self._end(reusable=False)

    def done(self) -> bool:
        return self._over

    def set_result(self, answer: HttpAnswer) -> None:
        self._end(self._connection.reusable)
        self._told(answer)

    def set_exception(self, error: Exception) -> None:
        self._end(reusable=False)
        self._told(error)

    def _end(self, reusable: bool) -> None:
        self._over = True
        self._pool.over(self, self._connection, reusable)


class HttpPool:
    """Connections to one server, opened when wanted and kept, as many as are asked for. Belongs to one event loop."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        self._address = Address.of(url)
        self._loop = asyncio.get_running_loop()
        self._deadlines = Deadlines(self._loop)
        self._tls = ssl.create_default_context() if self._address.tls else None
        fields = {"host": self._address.authority, "content-type": "application/json", **(headers or {})}
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self._heads: dict[tuple[str, str], bytes] = {}
        self._idle: list[_Connection] = []

    @property
    def ready(self) -> bool:
        """A connection stands open, as far as is known."""
        return bool(self._idle)

    async def request(self, method: str, path: str, body: bytes = b"", timeout: float = 60.0) -> HttpAnswer:
        """Raises `TimeoutError`, `ConnectionLost` and `Unreachable`. A connection that turns out stale is replaced."""
        deadline = self._loop.time() + timeout
        data = b"%b%d\r\n\r\n%b" % (self._head(method, path), len(body), body)
        while self._idle:
            connection = self._idle.pop()
            if not connection.reusable:
                continue  # the server closed it while it was idle
            try:
                return await self._exchange(connection, data, deadline)
            except ConnectionLost as lost:
                if not lost.untouched:
                    raise
        async with asyncio.timeout_at(deadline):
            connection = await self._connect()
        return await self._exchange(connection, data, deadline)

    def begin(
        self, method: str, path: str, body: bytes, timeout: float, told: Callable[[HttpAnswer | Exception], None]
    ) -> Sent | None:
        """As `request`, on a connection that stands open; None where none does. That it was stale is told."""
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable:
                sent = Sent(self, connection, told)
                self._deadlines.add(sent, self._loop.time() + timeout)
                connection.exchange(b"%b%d\r\n\r\n%b" % (self._head(method, path), len(body), body), sent)
                return sent
        return None

    def over(self, sent: Sent, connection: _Connection, reusable: bool) -> None:
        """Keeps the connection for the next one, or closes it."""
        self._deadlines.remove(sent)
        if reusable:
            self._idle.append(connection)
        else:
            connection.close()

    async def _exchange(self, connection: _Connection, data: bytes, deadline: float) -> HttpAnswer:
        answering: asyncio.Future[HttpAnswer] = self._loop.create_future()
        connection.exchange(data, answering)
        self._deadlines.add(answering, deadline)
        try:
            answer = await answering
        except BaseException:
            connection.close()
            raise
        finally:
            self._deadlines.remove(answering)
        if connection.reusable:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    async def _connect(self) -> _Connection:
        address, loop = self._address, self._loop
        try:
            async with asyncio.timeout(CONNECTING):
                transport, connection = await loop.create_connection(
                    _Connection, address.host, address.port, ssl=self._tls
                )
        except OSError as error:
            raise _unreachable(error, address) from error
        _keep_alive(transport.get_extra_info("socket"))
        return connection

    def _head(self, method: str, path: str) -> bytes:
        head = self._heads.get((method, path))
        if head is None:
            text = f"{method} {self._address.base}{path} HTTP/1.1\r\n{self._headers}content-length: "
            head = self._heads[method, path] = text.encode("latin-1")
        return head

    def close(self) -> None:
        for connection in self._idle:
            connection.close()
        self._idle.clear()
        self._deadlines.close()


def _keep_alive(connected: socket.socket | None) -> None:
    if connected is None:
        return
    with contextlib.suppress(OSError):
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEP_ALIVE:
            if hasattr(socket, name):
                connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _unreachable(error: OSError, address: Address) -> Unreachable:
    """Why there is no connection, in words."""
    match error:
        case TimeoutError():
            return Unreachable(f"no connection in {CONNECTING:g} s")
        case ssl.SSLCertVerificationError():
            way_out = "SSL_CERT_FILE names a file of certificates to trust"
            return Unreachable(f"its certificate is not trusted: {error.verify_message} ({way_out})", "certificate")
        case ssl.SSLError():
            return Unreachable(f"it does not speak TLS as https needs it ({error.reason or 'no reason given'})", "tls")
        case socket.gaierror():
            return Unreachable(f"there is no host `{address.host}` ({error.strerror})", "name")
        case _:
            words = os.strerror(error.errno).lower() if error.errno else str(error)
            return Unreachable(words or type(error).__name__)
