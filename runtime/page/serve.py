"""A page in; served on a port of this machine until it is stopped, out."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn

from dsl.diagnostics import Diagnostic, SynthError
from runtime.page.app import create_app
from runtime.page.door import new_secret

if TYPE_CHECKING:
    from runtime.config.project import Project
    from runtime.store.port import Store

HOST = "127.0.0.1"
"""The page has no other: who wants to be reached from elsewhere forwards the port over SSH."""
PATIENCE = 5
"""Seconds that answers under way may take once the page is told to stop."""


def serve(
    project: Project,
    store: Store,
    who: str,
    port: int = 0,
    number: int | None = None,
    ready: Callable[[str], None] = print,
) -> None:
    """Calls `ready` with the URL that lets one browser in, and returns when Ctrl-C stops it. E1116 for a taken port."""
    token = new_secret()
    with listening(port) as listener:
        server = _server(project, store, token, who)
        at = f"http://{HOST}:{listener.getsockname()[1]}"
        ready(f"{at}/{f'pulls/{number}' if number else ''}?token={token}")
        server.run([listener])


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A socket that this machine alone can reach; port 0 is any free one."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen()
        except OSError as error:
            raise SynthError(_taken(port, error)) from None
        yield listener


@contextmanager
def in_thread(project: Project, store: Store, who: str, token: str) -> Iterator[str]:
    """The same page beside other work, for tests: its URL, without the token."""
    with listening(0) as listener:
        server = _server(project, store, token, who)
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(2 * PATIENCE)


def _server(project: Project, store: Store, token: str, who: str) -> uvicorn.Server:
    app = create_app(project, store, token, who)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="on",
            timeout_graceful_shutdown=PATIENCE,
        )
    )


def _taken(port: int, error: OSError) -> Diagnostic:
    return Diagnostic(
        "E1116",
        f"port {port} cannot be listened on: {error.strerror}",
        help="leave `--port` out: any free port will do",
    )
