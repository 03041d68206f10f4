"""A number in; so many workers, each a process of this machine, out: a cluster without Ray.

Each process is forked from a nursery (runtime/executor/nursery.py) and talks over a pair of sockets that nobody else
has: no port is opened. None of them has the terminal, nor hears its Ctrl-C: the build ends them.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

from dsl.diagnostics import SynthError
from runtime.executor.child import Piece, Request, Response
from runtime.executor.messages import Hello, Orders, Report
from runtime.executor.port import Lost
from runtime.executor.reduction import Range, Reduced
from runtime.executor.shipment import Shipment
from runtime.executor.wire import Wire

START = "from runtime.executor.nursery import main; main()"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Workers share the processors: a pool of threads for each processor in each of them would be in each other's way."""
FAREWELL = 10.0
"""Seconds that the processes have to end by themselves."""
TAIL = 2_000
"""Characters of what a process said last that a message quotes."""


class ProcessLink:
    """A worker in a process of its own, which goes back to `idle` when it is done."""

    def __init__(self, number: int, cluster: ProcessCluster) -> None:
        self._number, self._cluster = number, cluster
        self._asked = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reports: asyncio.Queue[Report | None] = asyncio.Queue()
        self._gone = False

    async def open(self, end: socket.socket) -> None:
        self._end, self._loop = end, asyncio.get_running_loop()
        self._wire = await Wire.over(end, self._take, self._lose)

    # --- as the driver knows a worker ---

    async def begin(self, shipment: Shipment) -> Hello:
        hello: Hello = await self._ask("begin", shipment)
        return hello

    def tell(self, orders: Orders) -> None:
        self._wire.send(Request(0, "tell", (orders,)))

    async def hear(self) -> Report:
        report = None if self._gone and self._reports.empty() else await self._reports.get()
        if report is None:
            raise self._lost()
        return report

    async def part(self, paths: Sequence[str], range_: Range) -> Piece:
        return Piece(tuple(paths), range_)

    async def reduce(self, range_: Range, parts: Sequence[Any]) -> Reduced:
        reduced: Reduced = await self._ask("reduce", range_, parts)
        return reduced

    async def end(self, made: bool) -> None:
        with suppress(Lost):
            await self._ask("end", made)
            self._cluster.idle.append(self)

    def close(self) -> None:
        """Also when the loop that it was opened in is over."""
        with suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)

    @property
    def ready(self) -> bool:
        """Whether it can be given another dataset in this loop."""
        return not self._gone and self._loop is asyncio.get_running_loop()

    # --- messages ---

    async def _ask(self, verb: str, *given: Any) -> Any:
        if self._gone:
            raise self._lost()
        self._asked += 1
        future = self._waiting[self._asked] = asyncio.get_running_loop().create_future()
        self._wire.send(Request(self._asked, verb, given))
        return await future

    def _take(self, message: Report | Response) -> None:
        if isinstance(message, Report):
            self._reports.put_nowait(message)
            return
        future = self._waiting.pop(message.number)
        if future.done():
            return
        if message.mistakes:
            future.set_exception(SynthError(*message.mistakes))
        elif message.crash:
            future.set_exception(RuntimeError(f"worker {self._number} failed:\n{message.crash}"))
        else:
            future.set_result(message.value)

    def _lose(self) -> None:
        self._gone = True
        self._reports.put_nowait(None)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(self._lost())
        self._waiting.clear()

    def _lost(self) -> Lost:
        said = self._cluster.said()
        return Lost(f"worker {self._number}'s process ended" + (f"; it said: {said}" if said else ""))


@dataclass
class ProcessCluster:
    """Nothing runs before the first worker is started. `idle` have no dataset now."""

    workers: int
    idle: list[ProcessLink] = field(default_factory=list)
    near: bool = field(default=True, init=False)
    _orders: socket.socket | None = field(default=None, init=False)
    _nursery: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _errors: IO[bytes] | None = field(default=None, init=False)

    async def start(self, number: int) -> ProcessLink:
        while self.idle:
            link = self.idle.pop()
            if link.ready:
                return link
            link.close()
        ours, theirs = socket.socketpair()
        with theirs:
            self._order(theirs)
        link = ProcessLink(number, self)
        await link.open(ours)
        return link

    def said(self) -> str:
        """The last line that a process wrote before it ended; empty where it said nothing."""
        if self._errors is None:
            return ""
        end = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, end - TAIL))
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def close(self) -> None:
        for link in self.idle:
            link.close()
        self.idle.clear()
        if self._orders is not None:
            self._orders.close()
        if self._nursery is not None:
            _ended(self._nursery)
        if self._errors is not None:
            self._errors.close()
        self._orders = self._nursery = self._errors = None

    # --- the nursery ---

    def _order(self, end: socket.socket) -> None:
        """A nursery that was killed is followed by another one."""
        for _ in range(2):
            orders = self._orders or self._open()
            try:
                socket.send_fds(orders, [b"!"], [end.fileno()])
                return
            except OSError:
                self._orders = None
        raise Lost(f"no process can be started; it said: {self.said()}")

    def _open(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        self._errors = self._errors or tempfile.TemporaryFile()  # noqa: SIM115 (as long as the cluster)
        if self._nursery is not None:
            _ended(self._nursery)
        with theirs:
            self._nursery = subprocess.Popen(
                [sys.executable, "-c", START, str(theirs.fileno()), *sys.path],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                env={**ONE_THREAD, **os.environ},
            )
        self._orders = ours
        return ours


def _ended(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(FAREWELL)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
