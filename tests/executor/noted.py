"""An engine that notes its calls in a file, whatever process it is in: who asked what, and what came back."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Request


@dataclass
class NotedEngine(DeterministicEngine):
    log: str = ""

    async def complete(self, request: Request) -> Answer:
        self._note("ask", request)
        answer = await super().complete(request)
        self._note("got", request)
        return answer

    def _note(self, word: str, request: Request) -> None:
        with Path(self.log).open("a") as file:
            file.write(f"{word} {os.getpid()} {request.digest.hex()}\n")


@dataclass(frozen=True)
class Log:
    path: Path

    def engine(self) -> NotedEngine:
        return NotedEngine(concurrency=16, delay=0.02, jitter=0.01, log=str(self.path))

    def lines(self, word: str) -> list[tuple[int, str]]:
        """(process, call), in order; a line that is being written is left out."""
        text = self.path.read_text() if self.path.exists() else ""
        found = [line.split() for line in text[: text.rfind("\n") + 1].splitlines()]
        return [(int(process), call) for kind, process, call in found if kind == word]

    def kill_one(self, after: int) -> int:
        """Kills a worker when so many calls have come back; its process."""
        while len(got := self.lines("got")) < after:
            time.sleep(0.002)
        os.kill(got[-1][0], signal.SIGKILL)
        return got[-1][0]
