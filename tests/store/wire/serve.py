"""A handler in; a server on loopback that speaks HTTP/1.1 for it, out. And the handler that asks a real server."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.store.wire.exchange import Answer, Handler, Request

PASSED_ON = 120.0
"""Seconds that the real server gets for one answer."""
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host", "accept-encoding"})


@contextmanager
def serving(handler: Handler) -> Iterator[str]:
    """The endpoint, `http://127.0.0.1:PORT`, for as long as the block lasts."""
    server = _Server(("127.0.0.1", 0), _connection(handler))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""


def _connection(handler: Handler) -> type[BaseHTTPRequestHandler]:
    class Connection(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _handle(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = _chunks(self.rfile) if "chunked" in self.headers.get("transfer-encoding", "") else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(length) if body is None else body)
            answer = handler(request)
            if answer is None:
                self._hang_up()
            else:
                self._send(request, answer)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _handle  # noqa: N815 - the framework's names

        def _send(self, request: Request, answer: Answer) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                if name not in HOP_BY_HOP:
                    self.send_header(name, value)
            size = answer.headers.get("content-length", "0") if request.method == "HEAD" else str(len(answer.body))
            if answer.status != 204:
                self.send_header("content-length", size)
            self.end_headers()
            if request.method != "HEAD":
                self.wfile.write(answer.body)

        def _hang_up(self) -> None:
            """A reset, which the client sees at once."""
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the framework's name
            pass

    return Connection


def _chunks(stream: object) -> bytes:
    body = bytearray()
    while size := int(stream.readline().split(b";")[0], 16):  # type: ignore[attr-defined]
        body += stream.read(size)  # type: ignore[attr-defined]
        stream.readline()  # type: ignore[attr-defined]
    stream.readline()  # type: ignore[attr-defined]
    return bytes(body)


class Forward:
    """The handler that asks the real server at `endpoint`, over one connection for each thread."""

    def __init__(self, endpoint: str) -> None:
        self._host = urlsplit(endpoint).netloc
        self._own = threading.local()

    def __call__(self, request: Request) -> Answer:
        try:
            return self._ask(request)
        except (http.client.RemoteDisconnected, ConnectionError):
            self._own.connection = None  # closed for being idle before it heard the request
            return self._ask(request)

    def _ask(self, request: Request) -> Answer:
        connection = self._connection()
        kept = {name: value for name, value in request.headers.items() if name not in HOP_BY_HOP}
        connection.request(request.method, request.target, request.body or None, kept)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, headers, answer.read())

    def _connection(self) -> http.client.HTTPConnection:
        if getattr(self._own, "connection", None) is None:
            self._own.connection = http.client.HTTPConnection(self._host, timeout=PASSED_ON)
        connection: http.client.HTTPConnection = self._own.connection
        return connection
