"""A handler of connections in; its address, while it listens in a thread with a loop of its own, out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextmanager
def talking(writer: asyncio.StreamWriter) -> Iterator[None]:
    """A connection until whoever called hangs up; then it is closed here, too."""
    try:
        yield
    except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        return
    finally:
        writer.close()


@contextmanager
def listening(handler: Handler) -> Iterator[str]:
    """The url, on a loopback port."""
    ready = threading.Event()
    urls: list[str] = []
    stops: list[Callable[[], object]] = []

    async def run() -> None:
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        urls.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        stops.append(lambda: loop.call_soon_threadsafe(stopped.set))
        ready.set()
        await stopped.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield urls[0]
    finally:
        stops[0]()
        thread.join()
