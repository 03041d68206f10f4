"""HTTP: answers are read however they are cut, and connections are kept, replaced and given up rightly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engines.http import ConnectionLost, HttpPool, parse

T = TypeVar("T")
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n"


@pytest.mark.parametrize(("data", "status"), [(PLAIN, 200), (CHUNKED, 503)])
def test_an_answer_is_read_only_when_it_is_all_there(data: bytes, status: int) -> None:
    assert all(parse(data[:end]) is None for end in range(len(data)))
    answer = parse(data)
    assert answer is not None
    assert (answer.status, answer.body) == (status, b"hello")


@given(st.binary(max_size=200), st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_any_body_in_any_chunks_is_the_body(body: bytes, sizes: list[int]) -> None:
    chunks, rest = [], body
    for size in (*sizes, len(body)):
        chunk, rest = rest[:size], rest[size:]
        if chunk:
            chunks.append(b"%x\r\n%b\r\n" % (len(chunk), chunk))
    answer = parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"".join(chunks) + b"0\r\n\r\n")
    assert answer is not None
    assert answer.body == body


def test_what_is_no_http_is_refused() -> None:
    with pytest.raises(ValueError, match="SSH"):
        parse(b"SSH-2.0-OpenSSH\r\n\r\n")


def with_server(handler: Handler, use: Callable[[HttpPool], Awaitable[T]], limit: int = 4) -> T:
    async def run() -> T:
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        pool = HttpPool(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", limit)
        try:
            return await use(pool)
        finally:
            pool.close()
            server.close()

    return asyncio.run(run())


class Server:
    """Answers `exchanges` times on each connection, then closes it; counts connections and what is open at once."""

    def __init__(self, exchanges: int = 10**6, pause: float = 0.0) -> None:
        self.exchanges, self.pause = exchanges, pause
        self.connections = self.busy = self.most_busy = 0
        self.heads: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            for _ in range(self.exchanges):
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                self.busy += 1
                self.most_busy = max(self.most_busy, self.busy)
                await asyncio.sleep(self.pause)
                self.busy -= 1
                writer.write(PLAIN)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def test_connections_are_kept() -> None:
    server = Server()

    async def use(pool: HttpPool) -> list[bytes]:
        return [(await pool.request("GET", "/x")).body for _ in range(5)]

    assert with_server(server, use) == [b"hello"] * 5
    assert server.connections == 1
    assert server.heads[0].startswith(b"GET /x HTTP/1.1\r\nhost: 127.0.0.1:")


def test_a_connection_that_went_stale_is_replaced() -> None:
    server = Server(exchanges=1)

    async def use(pool: HttpPool) -> list[bytes]:
        answers = []
        for _ in range(3):
            answers.append((await pool.request("GET", "/")).body)
            await asyncio.sleep(0.01)
        return answers

    assert with_server(server, use) == [b"hello"] * 3
    assert server.connections == 3


def test_no_more_connections_than_the_limit() -> None:
    server = Server(pause=0.01)

    async def use(pool: HttpPool) -> None:
        await asyncio.gather(*(pool.request("GET", "/") for _ in range(20)))

    with_server(server, use, limit=3)
    assert server.connections == server.most_busy == 3


def test_an_answer_cut_off_in_the_middle_is_lost_not_half() -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(PLAIN[:-2])
        writer.close()

    async def use(pool: HttpPool) -> None:
        with pytest.raises(ConnectionLost) as lost:
            await pool.request("GET", "/")
        assert not lost.value.untouched

    with_server(half, use)


def test_a_server_that_speaks_something_else_is_a_lost_connection() -> None:
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await asyncio.sleep(0.2)
        writer.close()

    async def use(pool: HttpPool) -> None:
        with pytest.raises(ConnectionLost, match="not HTTP"):
            await pool.request("GET", "/")

    with_server(other, use)


def test_a_timeout_gives_the_connection_up() -> None:
    server = Server(pause=0.5)

    async def use(pool: HttpPool) -> int:
        with pytest.raises(TimeoutError):
            await pool.request("GET", "/", timeout=0.05)
        server.pause = 0.0
        return (await pool.request("GET", "/")).status

    assert with_server(server, use) == 200
    assert server.connections == 2
