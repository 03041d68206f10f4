"""A tool call in; its result, from a sandbox or not at all, out: `await run(ToolCall("python", ("print(4)",)))`."""

from __future__ import annotations

import asyncio
import os
from typing import Any
from weakref import WeakKeyDictionary

from runtime.tools.box import Way
from runtime.tools.call import TOOLS, Limits, ToolCall, ToolName
from runtime.tools.jobs import job
from runtime.tools.machine import Level, level
from runtime.tools.results import REASONS, result
from runtime.tools.sandbox import NoWord, ended, launch

__all__ = ["REASONS", "TOOLS", "Level", "Limits", "ToolCall", "ToolName", "concurrency", "level", "run"]

_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def concurrency() -> int:
    """Sandboxes at once: more than there are cores would only make each other late."""
    return len(os.sched_getaffinity(0))


async def run(call: ToolCall) -> dict[str, Any]:
    """The result as plain JSON. SynthError E0807 where no sandbox can be made, E0808 where one ended without a word.

    A box that was ended from outside is made once more. Cancelled, nothing of it stays.
    """
    loop = asyncio.get_running_loop()
    async with _slots.setdefault(loop, asyncio.Semaphore(concurrency())):
        way = (await level()).way
        try:
            told = await launch(way, call.tool, job(call))
        except NoWord:
            told = await _again(way, call)
        return result(call, told)


async def _again(way: Way, call: ToolCall) -> dict[str, Any]:
    try:
        return await launch(way, call.tool, job(call))
    except NoWord as fault:
        raise ended(str(fault)) from fault
