"""A command that starts a server in; one that can be killed, with all of its processes, and started again, out."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Killable:
    """A server, the in-test one unless a command names another. `log` says what that one answered, in all its lives."""

    log: Path
    port: int = field(default_factory=free_port)
    command: Sequence[str] = (sys.executable, "-m", "tests.engines.faults.served", "{port}", "{log}")
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, seconds: float = 30) -> None:
        """Returns when it takes connections."""
        command = [word.format(port=self.port, log=self.log) for word in self.command]
        self.process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        end = time.monotonic() + seconds
        while not self._listens():
            assert self.process.poll() is None and time.monotonic() < end, "the server does not start"
            time.sleep(0.02)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """As when the machine takes its memory away: no answer in flight is finished, no connection closed in peace."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def calls(self, word: str = "told") -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line.split()[1] for line in lines if line.startswith(f"{word} ")]

    def until(self, answers: int, seconds: float = 60) -> None:
        """Returns when so many calls are answered."""
        end = time.monotonic() + seconds
        while len(self.calls()) < answers:
            assert time.monotonic() < end, f"only {len(self.calls())} of {answers} calls are answered"
            time.sleep(0.01)

    def repeated(self) -> list[str]:
        """Calls that were begun to be answered again after they had been answered."""
        told: set[str] = set()
        again = []
        for line in self.log.read_text().splitlines():
            word, call = line.split()
            if word == "told":
                told.add(call)
            elif call in told:
                again.append(call)
        return again

    def counted(self) -> Counter[str]:
        """How often each call was answered."""
        return Counter(self.calls())
