"""A tool, its texts and its limits in; its stored result out: the sandbox behind the journal. No run is made twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from runtime.bridge import await_
from runtime.build.budget import Allowance
from runtime.build.progress import Progress
from runtime.journal import Journal
from runtime.program.outcome import Unanswered
from runtime.program.running import call_of

if TYPE_CHECKING:
    from runtime.tools import ToolCall


@dataclass
class Sandbox:
    """Called from a candidate's greenlet. A machine that has no sandbox stops the build: it never drops a row."""

    journal: Journal
    progress: Progress
    allowance: Allowance

    def __call__(self, tool: str, texts: list[str], limits: Mapping[str, Any]) -> dict[str, Any]:
        return await_(self._result(call_of(tool, texts, limits)))

    async def _result(self, call: ToolCall) -> dict[str, Any]:
        stored = await self.journal.get_or_run(call.digest, lambda: self._run(call))
        self.progress.runs += stored.fresh
        return read(stored.value)

    async def _run(self, call: ToolCall) -> bytes:
        from runtime import tools

        if self.allowance.out_of_time:
            await self.allowance.stop("minutes", self.progress)
        self.progress.sandbox = str(await tools.level())
        return orjson.dumps(await tools.run(call), option=orjson.OPT_SORT_KEYS)


@dataclass
class RecordedRuns:
    """Runs nothing: gives what the journal holds, and gives up where it holds nothing."""

    journal: Journal

    def __call__(self, tool: str, texts: list[str], limits: Mapping[str, Any]) -> dict[str, Any]:
        value = self.journal.get(call_of(tool, texts, limits).digest)
        if value is None:
            raise Unanswered("")
        return read(value)


def read(value: bytes) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(value)
    return found
