"""HTTP: answers are read however they are cut, and connections are kept, replaced and given up rightly."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engines.http import ConnectionLost, HttpPool, Unreachable
from runtime.engines.reader import HttpAnswer, Reader

T = TypeVar("T")
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n"


def parse(data: bytes) -> HttpAnswer | None:
    """The answer in `data`; None while it is incomplete."""
    return Reader().feed(data)


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


@given(st.binary(max_size=60), st.lists(st.integers(1, 9), min_size=1), st.sampled_from(["chunked", "length"]))
def test_however_the_bytes_of_an_answer_are_cut_it_is_the_same(body: bytes, cuts: list[int], how: str) -> None:
    informational = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    whole = {
        "length": b"HTTP/1.1 201 Made\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body),
        "chunked": b"HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\n\r\n%b0\r\nX-Sum: 1\r\n\r\n" % chunk,
    }
    reader, rest, answers = Reader(), informational + whole[how], []
    for size in itertools.cycle(cuts):
        piece, rest = rest[:size], rest[size:]
        answers.append(reader.feed(piece))
        if not rest:
            break
    answer = answers.pop()
    assert answer is not None
    assert (answer.status, answer.body, answer.kept) == (201, body, True)
    assert answers == [None] * len(answers)
    assert not reader.rest


@given(st.binary(max_size=80))
def test_no_bytes_make_the_reader_fail_in_another_way(data: bytes) -> None:
    for beginning in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"):
        with contextlib.suppress(ValueError):
            parse(beginning + data)


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"content-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        HEAD + b"content-length: -5\r\n\r\nhello",
        HEAD + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"transfer-encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n",
        HEAD + b"transfer-encoding: chunked\r\n\r\n-1\r\n\r\n",
        b"HTTP/1.1 x00 OK\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"x" * 70_000,
        HEAD + b"x: " + b"y" * 70_000,
    ],
)
def test_two_readings_of_one_answer_are_none(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(data)


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    reader = Reader()
    assert reader.feed(b"HTTP/1.0 200 OK\r\n\r\nhel") is None
    assert reader.feed(b"lo") is None
    answer = reader.ended()
    assert answer is not None
    assert (answer.body, answer.kept) == (b"hello", False)
    reader.feed(PLAIN[:-1])
    assert reader.ended() is None


def test_headers_are_told_in_small_letters() -> None:
    answer = parse(b"HTTP/1.1 429 Slow\r\nRetry-After:  7 \r\nX-Left: a:b\r\nContent-Length: 0\r\n\r\n")
    assert answer is not None
    assert answer.headers == {b"retry-after": b"7", b"x-left": b"a:b", b"content-length": b"0"}


def test_whether_a_connection_is_kept_depends_on_the_version_too() -> None:
    def kept(version: bytes, connection: bytes) -> bool:
        answer = parse(b"HTTP/%b 200 OK\r\n%bcontent-length: 0\r\n\r\n" % (version, connection))
        assert answer is not None
        return answer.kept

    assert kept(b"1.1", b"")
    assert not kept(b"1.1", b"Connection: Close\r\n")
    assert not kept(b"1.0", b"")
    assert kept(b"1.0", b"Connection: Keep-Alive\r\n")


def test_a_large_answer_in_small_pieces_takes_time_in_proportion() -> None:
    """Each byte is looked at once: 20 MB in pieces of 16 KB would take minutes otherwise."""
    chunk = b"%x\r\n%b\r\n" % (10_000, b"x" * 10_000)
    for data in (
        HEAD + b"content-length: 20000000\r\n\r\n" + b"x" * 20_000_000,
        HEAD + b"transfer-encoding: chunked\r\n\r\n" + chunk * 2_000 + b"0\r\n\r\n",
    ):
        reader, answer = Reader(), None
        for at in range(0, len(data), 16_384):
            answer = reader.feed(data[at : at + 16_384])
        assert answer is not None
        assert len(answer.body) == 20_000_000


def test_what_is_no_http_is_refused() -> None:
    with pytest.raises(ValueError, match="SSH"):
        parse(b"SSH-2.0-OpenSSH\r\n\r\n")


def with_server(handler: Handler, use: Callable[[HttpPool], Awaitable[T]]) -> T:
    async def run() -> T:
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        pool = HttpPool(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
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


def test_a_server_that_closes_between_two_requests_is_not_seen() -> None:
    """The end of the kept connection and the next request cross: the request goes out again on a new one."""

    async def polite(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(PLAIN)
        with contextlib.suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")  # reads the next request, and answers nothing
        writer.close()

    async def use(pool: HttpPool) -> list[bytes]:
        return [(await pool.request("POST", "/", b"{}")).body for _ in range(3)]

    assert with_server(polite, use) == [b"hello"] * 3


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello",
        b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN,
        PLAIN + b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n",
        PLAIN + b"garbage",
    ],
)
def test_an_answer_after_which_the_connection_ends_is_whole_and_the_next_gets_its_own(answer: bytes) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await asyncio.sleep(0.01)
        writer.close()

    async def use(pool: HttpPool) -> list[bytes]:
        return [(await pool.request("GET", "/")).body for _ in range(3)]

    assert with_server(once, use) == [b"hello"] * 3


def test_large_bodies_go_both_ways() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(int(head.rsplit(b"content-length: ", 1)[1]))
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))

    async def use(pool: HttpPool) -> list[bytes]:
        return [(await pool.request("POST", "/", bytes([65 + i]) * size)).body for i, size in enumerate(sizes)]

    sizes = [1_000_000, 70_000, 10, 3_000_000]
    assert [len(body) for body in with_server(echo, use)] == sizes


def test_an_early_refusal_of_a_large_body_is_read_and_spoils_the_connection() -> None:
    connections = 0

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n")
        await asyncio.sleep(0.05)
        writer.close()

    async def use(pool: HttpPool) -> list[int]:
        return [(await pool.request("POST", "/", b"x" * 30_000_000)).status for _ in range(2)]

    assert with_server(refuse, use) == [413, 413]
    assert connections == 2


def unreachable(url: str) -> Unreachable:
    async def ask() -> Unreachable:
        with pytest.raises(Unreachable) as told:
            await HttpPool(url).request("GET", "/")
        return told.value

    return asyncio.run(ask())


def test_why_there_is_no_connection_is_told_in_words() -> None:
    down = unreachable("http://127.0.0.1:9")
    assert (down.cause, str(down)) == ("down", "connection refused")
    nobody = unreachable("http://nowhere.invalid:30000")
    assert nobody.cause == "name"
    assert "there is no host `nowhere.invalid`" in str(nobody)


def over_tls(handler: Handler, context: ssl.SSLContext | None) -> Unreachable:
    async def run() -> Unreachable:
        server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)
        try:
            with pytest.raises(Unreachable) as told:
                await HttpPool(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}").request("GET", "/")
        finally:
            server.close()
        return told.value

    return asyncio.run(run())


async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
    writer.write(PLAIN)
    writer.close()


def test_a_server_that_speaks_no_tls_is_told_so() -> None:
    told = over_tls(plain, None)
    assert told.cause == "tls"
    assert "does not speak TLS" in str(told)


def test_a_certificate_that_nobody_trusts_is_told_with_the_way_out() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(Path(__file__).parent / "self_signed.pem")
    told = over_tls(plain, context)
    assert told.cause == "certificate"
    assert "self-signed certificate (SSL_CERT_FILE names" in str(told)
