"""Workers of the real kind in this process, each in tasks of its own, so that a test can lose one when it likes."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from runtime.executor.messages import Hello, Orders, Report
from runtime.executor.port import Lost
from runtime.executor.reduction import Range, Reduced
from runtime.executor.shipment import Shipment
from runtime.executor.worker import Worker

NODE = "here"


class InlineLink:
    """What goes over it is pickled, as it is on its way to another machine. `dies` is asked after every report."""

    def __init__(self, dies: Callable[[Report], bool]) -> None:
        self._dies = dies
        self._dead = asyncio.Event()
        self._worker: Worker | None = None

    @property
    def worker(self) -> Worker:
        if self._dead.is_set() or self._worker is None:
            raise Lost("it was killed")
        return self._worker

    async def begin(self, shipment: Shipment) -> Hello:
        self._worker = Worker(_sent(shipment), NODE)
        hello: Hello = _sent(await self._worker.begin())
        return hello

    def tell(self, orders: Orders) -> None:
        if not self._dead.is_set():
            self.worker.tell(_sent(orders))

    async def hear(self) -> Report:
        heard = asyncio.ensure_future(self.worker.hear())
        dead = asyncio.ensure_future(self._dead.wait())
        try:
            await asyncio.wait((heard, dead), return_when=asyncio.FIRST_COMPLETED)
        finally:
            dead.cancel()
        if self._dead.is_set():
            heard.cancel()
            raise Lost("it was killed")
        report: Report = _sent(heard.result())
        if self._dies(report):
            await self.kill()
            raise Lost("it was killed")
        return report

    async def kill(self) -> None:
        """As SIGKILL does: nothing more is written or told; what the journal's writer has is stored."""
        worker, self._worker = self._worker, None
        self._dead.set()
        assert worker is not None
        await worker.stop()
        await worker.session.end(False)

    async def part(self, paths: Sequence[str], range_: Range) -> Any:
        return self.worker.part(paths, range_)

    async def reduce(self, range_: Range, parts: Sequence[Any]) -> Reduced:
        return await asyncio.to_thread(self.worker.reduce, range_, parts)

    async def end(self, made: bool) -> None:
        if self._worker is not None:
            await self._worker.end(made)


@dataclass
class InlineCluster:
    """`dies` says of a worker's number, how many were started before it, and a report whether that was its last."""

    workers: int = 2
    dies: Callable[[int, int, Report], bool] = lambda number, before, report: False
    started: list[int] = field(default_factory=list)
    near: bool = False

    async def start(self, number: int) -> InlineLink:
        before = len(self.started)
        self.started.append(number)
        return InlineLink(lambda report: self.dies(number, before, report))

    def close(self) -> None:
        """Nothing is held."""


def _sent(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))
