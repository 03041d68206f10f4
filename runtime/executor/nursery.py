"""Sockets in, one for each worker that is wanted; a process for each, forked from this one, out.

    python -c "from runtime.executor.nursery import main; main()" DESCRIPTOR PATH…

What workers import they all need, and it takes a processor a second: this process imports it once and runs no thread,
so what is forked from it shares those pages and starts at once. The build's own process, which has threads, is never
forked. When the build is gone, so is its end of the socket: workers end by themselves, and who does not is killed.
"""

from __future__ import annotations

import array
import faulthandler
import gc
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from importlib import import_module

PRELOADED = (
    "runtime.executor.child",
    "runtime.executor.runs",
    "runtime.build.schemas",
    "runtime.engines.asking",
    "runtime.engines.registry",
    "runtime.program.prompt",
    "runtime.store.git.store",
    "runtime.tables.cutting",
    "runtime.tables.key_columns",
    "runtime.tables.shards",
    "runtime.tables.stats",
    "pyarrow.parquet",
)
GRACE = 5.0
"""Seconds that workers have to store what came back, once the build is gone."""


def main() -> None:
    """The descriptor is one end of a pair of sockets; the other is the build's, whose `sys.path` follows."""
    faulthandler.enable()
    sys.path[:] = sys.argv[2:]
    with socket.socket(fileno=int(sys.argv[1])) as orders:
        for name in PRELOADED:
            import_module(name)
        gc.collect()
        gc.freeze()
        _tend(orders)


def _tend(orders: socket.socket) -> None:
    children: set[int] = set()
    while (end := _next(orders)) is not None:
        child = os.fork()
        if child == 0:
            orders.close()
            _live(end)
        children = {known for known in children if _runs(known)} | {child}
        end.close()
    _outlive(children)


def _next(orders: socket.socket) -> socket.socket | None:
    """The socket of the next worker; None when nobody wants one any more."""
    size = array.array("i").itemsize
    with suppress(ConnectionError):
        _, sent, _, _ = orders.recvmsg(1, socket.CMSG_SPACE(size))
        for _, _, data in sent:
            return socket.socket(fileno=array.array("i", data)[0])
    return None


def _live(end: socket.socket) -> None:
    from runtime.executor.child import serve

    code = 1
    try:
        serve(end)
        code = 0
    finally:
        os._exit(code)


def _outlive(children: set[int]) -> None:
    until = time.monotonic() + GRACE
    while (children := {child for child in children if _runs(child)}) and time.monotonic() < until:
        time.sleep(0.02)
    for child in children:
        os.kill(child, signal.SIGKILL)


def _runs(child: int) -> bool:
    """One that has ended is buried."""
    with suppress(ChildProcessError):
        return os.waitpid(child, os.WNOHANG) == (0, 0)
    return False
