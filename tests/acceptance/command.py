"""A folder and a command in; the real command line run in a process of its own, every engine call noted in a file.

Processes are forked from one that has the runtime imported, so that a test can afford to kill twenty of them.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Request

PRELOADED = [
    "runtime.cli.app",
    "runtime.cli.build",
    "runtime.cli.compiled",
    "runtime.cli.live",
    "runtime.build.build",
    "runtime.program.prompt",
    "runtime.store.git.store",
    "runtime.tables.cutting",
    "runtime.tables.sorting",
    "runtime.tables.stats",
    "pyarrow.parquet",
    "duckdb",
]
LOG, OUT, ERR = "calls.log", "out.txt", "err.txt"


def main(folder: str, arguments: list[str], notes: str) -> None:
    """What the process does: the command line as `synth` runs it, its output in files under `notes`."""
    os.chdir(folder)
    for name, stream in ((OUT, sys.stdout), (ERR, sys.stderr)):
        descriptor = os.open(Path(notes, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, stream.fileno())
    note_calls(Path(notes, LOG))
    from runtime.cli import run

    code = run(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def note_calls(file: Path) -> None:
    """Each call leaves a line when it reaches the engine, and another when it is answered."""
    log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    complete = DeterministicEngine.complete

    async def noted(self: DeterministicEngine, request: Request) -> Answer:
        os.write(log, f"ask {request.digest.hex()}\n".encode())
        answer = await complete(self, request)
        os.write(log, f"got {request.digest.hex()}\n".encode())
        return answer

    DeterministicEngine.complete = noted  # type: ignore[method-assign]


@dataclass(frozen=True)
class Command:
    """A command that runs, or ran. `notes` is its own folder."""

    process: ForkServerProcess
    notes: Path

    def wait(self, seconds: float = 60) -> int:
        """Its exit code; negative for a signal."""
        self.process.join(seconds)
        assert self.process.exitcode is not None, "the command hangs"
        return self.process.exitcode

    def kill(self) -> None:
        self.process.kill()
        self.process.join()

    @property
    def running(self) -> bool:
        return self.process.is_alive()

    def calls(self, word: str = "ask") -> list[str]:
        """Keys of the calls that reached the engine (`ask`) or were answered (`got`), in order."""
        file = self.notes / LOG
        lines = file.read_text().splitlines() if file.exists() else []
        return [line.split()[1] for line in lines if line.startswith(word)]

    def until(self, answers: int) -> None:
        """Returns when so many calls are answered, or the command has ended."""
        while self.running and len(self.calls("got")) < answers:
            time.sleep(0.001)

    @property
    def out(self) -> str:
        return (self.notes / OUT).read_text()

    @property
    def err(self) -> str:
        return (self.notes / ERR).read_text()


def start(folder: Path, *arguments: str) -> Command:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    base = folder.parent / f"{folder.name}.notes"
    base.mkdir(exist_ok=True)
    notes = base / str(len(list(base.iterdir())))
    notes.mkdir()
    process = context.Process(target=main, args=(str(folder), list(arguments), str(notes)))
    process.start()
    return Command(process, notes)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[3:], sys.argv[2])
