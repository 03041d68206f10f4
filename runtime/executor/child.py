"""One end of a pair of sockets in; a worker behind it, until the other end is closed: what a forked process runs."""

from __future__ import annotations

import asyncio
import socket
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dsl.diagnostics import Diagnostic
from runtime.bridge import run
from runtime.executor.host import Host, Mistakes
from runtime.executor.messages import Report
from runtime.executor.reduction import Range, Reduced
from runtime.executor.runs import read_range
from runtime.executor.wire import Wire

NODE = "here"


@dataclass(frozen=True, slots=True)
class Request:
    """`number` 0 wants no answer."""

    number: int
    verb: str
    given: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Response:
    """`mistakes` are a user's, `crash` is ours; with neither `value` is what was asked for."""

    number: int
    value: Any = None
    mistakes: tuple[Diagnostic, ...] = ()
    crash: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of runs that belong to a range, as their place on disk: who cuts them reads them."""

    paths: Sequence[str]
    range: Range

    def rows(self) -> list[Any]:
        return read_range(self.paths, self.range.low, self.range.high)


def serve(end: socket.socket) -> None:
    """Returns when the build has closed its end: what came back is stored then."""
    run(Served().until_gone(end))


class Served:
    def __init__(self) -> None:
        self._host = Host(NODE)
        self._gone = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._telling: asyncio.Task[None] | None = None
        self._wire: Wire

    async def until_gone(self, end: socket.socket) -> None:
        self._wire = await Wire.over(end, self._take, self._gone.set)
        await self._gone.wait()
        if self._telling is not None:
            await self._end(False)

    def _take(self, request: Request) -> None:
        if request.verb == "tell":
            self._host.worker.tell(*request.given)
            return
        task = asyncio.ensure_future(self._answer(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, request: Request) -> None:
        try:
            value = await getattr(self, f"_{request.verb}")(*request.given)
            self._wire.send(Response(request.number, value))
        except Mistakes as found:
            self._wire.send(Response(request.number, mistakes=found.diagnostics))
        except Exception as error:
            self._wire.send(Response(request.number, crash="".join(traceback.format_exception(error))))

    async def _begin(self, shipment: Any) -> Any:
        hello = await self._host.begin(shipment)
        self._telling = asyncio.ensure_future(self._tell())
        return hello

    async def _tell(self) -> None:
        while True:
            report: Report = await self._host.hear()
            self._wire.send(report)

    async def _reduce(self, range_: Range, parts: Sequence[Any]) -> Reduced:
        pieces = await asyncio.to_thread(lambda: [part.rows() if isinstance(part, Piece) else part for part in parts])
        return await self._host.reduce(range_, *pieces)

    async def _end(self, made: bool) -> None:
        telling, self._telling = self._telling, None
        if telling is not None:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling
        await self._host.end(made)
