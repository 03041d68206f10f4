"""Questions in; their answers, one after another in the order they were asked, out. The loop that reads never waits.

A question that was cancelled before its turn is never begun. One that fails is told to `report` and has no answer.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")


class Refused(Exception):
    """A request that cannot be done, with what the person who asked is told."""


class Desk:
    """`questions` is for what is known at once, `errands` for what reads files and may take its time."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._questions = ThreadPoolExecutor(1, "questions")
        self._errands = ThreadPoolExecutor(1, "errands")

    async def ask(self, name: str, question: Callable[[], Answer]) -> Answer | None:
        return await self._run(self._questions, name, question)

    async def send(self, name: str, errand: Callable[[], Answer]) -> Answer | None:
        return await self._run(self._errands, name, errand)

    async def _run(self, pool: ThreadPoolExecutor, name: str, job: Callable[[], Answer]) -> Answer | None:
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, job)
        except (asyncio.CancelledError, Refused):
            raise
        except Exception:
            self._report(f"{name} failed, and answers nothing:\n{traceback.format_exc()}")
            return None

    def close(self) -> None:
        for pool in (self._questions, self._errands):
            pool.shutdown(wait=False, cancel_futures=True)
