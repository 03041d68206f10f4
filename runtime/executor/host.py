"""What a process of workers runs: one worker at a time, in the process' own event loop. Ray makes an actor of it."""

from __future__ import annotations

import asyncio
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.allocator import share_one_heap
from runtime.build.collecting import rarely
from runtime.executor.messages import Hello, Orders, Report
from runtime.executor.reduction import Range, Reduced
from runtime.executor.shipment import Shipment
from runtime.executor.worker import Worker


class Mistakes(Exception):
    """A SynthError on its way to the driver."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics


class Host:
    """It looks for cycles of objects as seldom as a build does, and keeps as little of what was freed.

    Without a `node` Ray says which one it is on.
    """

    def __init__(self, node: str | None = None) -> None:
        self._node = node
        self._worker: Worker | None = None
        share_one_heap()
        self._seldom = rarely()
        self._seldom.__enter__()

    @property
    def worker(self) -> Worker:
        assert self._worker is not None
        return self._worker

    async def begin(self, shipment: Shipment) -> Hello:
        self._worker = Worker(shipment, self._node if self._node is not None else _node_of_ray())
        return await self._worker.begin()

    async def tell(self, orders: Orders) -> None:
        self.worker.tell(orders)

    async def hear(self) -> Report:
        return await self.worker.hear()

    async def part(self, paths: list[str], range_: Range) -> list[Any]:
        return await asyncio.to_thread(self.worker.part, paths, range_)

    async def reduce(self, range_: Range, *parts: list[Any]) -> Reduced:
        try:
            return await asyncio.to_thread(self.worker.reduce, range_, parts)
        except SynthError as error:
            raise Mistakes(error.diagnostics) from None

    async def end(self, made: bool) -> None:
        await self.worker.end(made)


def _node_of_ray() -> str:
    import ray

    return str(ray.get_runtime_context().get_node_id())
