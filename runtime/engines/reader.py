"""Pieces of a connection's bytes in; whole HTTP/1 answers out.

Each byte is looked at once, however small the pieces are. An answer that came in one piece, as most do, is copied once.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST_HEAD = 64 * 1024
CRLF = b"\r\n"
END_OF_HEAD = b"\r\n\r\n"
_FRAMING = re.compile(rb"\r\n(content-length|transfer-encoding|connection)[ \t]*:([^\r\n]*)", re.I)
"""The headers that say where an answer ends, and whether another follows."""
_PLAIN = re.compile(
    rb"HTTP/1\.1 200[^\r\n]*\r\n"
    rb"(?:(?!connection|content-length|transfer-encoding)[^\r\n]+\r\n)*"
    rb"content-length: *([0-9]{1,15})\r\n"
    rb"(?:(?!connection|content-length|transfer-encoding)[^\r\n]+\r\n)*\r\n",
    re.I,
)
"""The head of nearly every answer: good, of one length, and nothing said of the connection."""


class HttpAnswer:
    """`headers` are named in small letters. `kept`: the server leaves the connection open for another exchange."""

    __slots__ = ("_headers", "body", "kept", "status")

    def __init__(self, status: int, headers: dict[bytes, bytes] | bytes, body: bytes, kept: bool = True) -> None:
        self.status, self.body, self.kept = status, body, kept
        self._headers = headers

    def may_name(self, part: bytes) -> bool:
        """Whether a header can have `part`, in small letters, in its name: most answers are told by this alone."""
        return not isinstance(self._headers, bytes) or part in self._headers.lower()

    @property
    def headers(self) -> dict[bytes, bytes]:
        """Few ask for them, so they are taken apart for those who do."""
        if isinstance(self._headers, bytes):
            fields = (line.partition(b":") for line in self._headers.split(CRLF)[1:])
            self._headers = {name.strip().lower(): value.strip() for name, _, value in fields}
        return self._headers


class _Head(NamedTuple):
    text: bytes
    status: int
    length: int | None
    chunked: bool
    kept: bool

    def with_body(self, body: bytes) -> HttpAnswer:
        return HttpAnswer(self.status, self.text, body, self.kept)


class Reader:
    """Reads one answer after the other. Raises `ValueError` for what is no HTTP."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: _Head | None = None
        self._searched = 0
        self._chunks: _Chunks | None = None

    @property
    def rest(self) -> bool:
        """There are bytes after the answer."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> HttpAnswer | None:
        """The answer that `data` completes; None while it is incomplete."""
        if self._head is None and not self._buffer:
            return self._first_piece(data)
        self._buffer += data
        return self._go_on()

    def ended(self) -> HttpAnswer | None:
        """The answer whose end is told by the end of the connection."""
        head = self._head
        if head is None or head.chunked or head.length is not None:
            return None
        return self._done(head, bytes(self._buffer), len(self._buffer))

    def _first_piece(self, data: bytes) -> HttpAnswer | None:
        plain = _PLAIN.match(data)
        if plain is not None and len(data) == plain.end() + int(plain[1]):
            return HttpAnswer(200, data[: plain.end() - 4], data[plain.end() :])
        end = data.find(END_OF_HEAD)
        if end >= 0:
            head = _head(data[:end])
            if head.length is not None and head.status >= 200 and len(data) == end + 4 + head.length:
                return head.with_body(data[end + 4 :])
        self._buffer += data
        return self._go_on()

    def _go_on(self) -> HttpAnswer | None:
        head = self._head or self._find_head()
        if head is None:
            return None
        if self._chunks is not None:
            body = self._chunks.take(self._buffer)
            return None if body is None else self._done(head, body, 0)
        if head.length is None or len(self._buffer) < head.length:
            return None
        return self._done(head, bytes(memoryview(self._buffer)[: head.length]), head.length)

    def _find_head(self) -> _Head | None:
        """The first head that is an answer's: those of 1xx come before it and say nothing."""
        while True:
            end = self._buffer.find(END_OF_HEAD, max(0, self._searched - 3))
            self._searched = len(self._buffer)
            if end < 0:
                _expect_http(self._buffer)
                return None
            head = _head(bytes(self._buffer[:end]))
            del self._buffer[: end + 4]
            self._searched = 0
            if head.status >= 200:
                self._head = head
                self._chunks = _Chunks() if head.chunked else None
                return head

    def _done(self, head: _Head, body: bytes, used: int) -> HttpAnswer:
        del self._buffer[:used]
        self._head = self._chunks = None
        return head.with_body(body)


class _Chunks:
    """A body in chunks; extensions and trailers are passed over."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._trailers = False

    def take(self, buffer: bytearray) -> bytes | None:
        """Takes what is there off `buffer`; the body after its last chunk."""
        at = 0
        try:
            while not self._trailers:
                line = buffer.find(CRLF, at, at + LONGEST_HEAD)
                if line < 0:
                    _expect_end(buffer, at)
                    return None
                size = _number(bytes(buffer[at:line]).split(b";")[0], 16)
                if size == 0:
                    at, self._trailers = line + 2, True
                    break
                after = line + 2 + size
                if len(buffer) < after + 2:
                    return None
                if buffer[after : after + 2] != CRLF:
                    raise ValueError("a chunk is longer than it says")
                self._body += memoryview(buffer)[line + 2 : after]
                at = after + 2
            while (line := buffer.find(CRLF, at, at + LONGEST_HEAD)) >= 0:
                empty, at = line == at, line + 2
                if empty:
                    return bytes(self._body)
            _expect_end(buffer, at)
            return None
        finally:
            del buffer[:at]


def _expect_end(buffer: bytearray, at: int) -> None:
    if len(buffer) - at > LONGEST_HEAD:
        raise ValueError("a line without an end")


def _expect_http(buffer: bytearray) -> None:
    if not buffer[:7].startswith(b"HTTP/1."[: len(buffer)]) or len(buffer) > LONGEST_HEAD:
        raise ValueError(f"an answer begins with {bytes(buffer[:40])!r}")


def _head(text: bytes) -> _Head:
    """Takes from a head what says where the answer ends."""
    if not text.startswith(b"HTTP/1."):
        raise ValueError(f"an answer begins with {text[:40]!r}")
    status = _number(text[9:12], 10)
    kept = text[7:8] != b"0"
    length: int | None = None
    chunked = False
    for field, value in _FRAMING.findall(text):
        name = field.lower()
        if name == b"content-length":
            length = _same_length(length, value)
        elif name == b"connection":
            kept = b"keep-alive" in value.lower() or (kept and b"close" not in value.lower())
        else:
            chunked = _is_chunked(value.strip().lower())
    if status in (204, 304) or status < 200:
        length, chunked = 0, False
    length = None if chunked else length
    return _Head(text, status, length, chunked, kept and (chunked or length is not None))


def _is_chunked(coding: bytes) -> bool:
    if coding not in (b"identity", b"chunked"):
        raise ValueError(f"an answer is encoded as {coding[:40]!r}")
    return coding == b"chunked"


def _same_length(length: int | None, value: bytes) -> int:
    number = _number(value, 10)
    if length not in (None, number):
        raise ValueError("an answer has two lengths")
    return number


def _number(text: bytes, base: int) -> int:
    text = text.strip()
    if not text.isalnum():
        raise ValueError(f"not a number: {text[:40]!r}")
    return int(text, base)
