"""A command of the command line in; what it printed and its exit code out. It is stopped when nobody waits any more."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 5.0
"""Seconds that a command has to stop cleanly."""
_START = "from runtime.cli import main; main()"
_LEASH = "from runtime.lsp.leash import hold; hold({}); "
_running: set[int] = set()
_OURS = str(Path(__file__).parents[2])


@dataclass(frozen=True, slots=True)
class Done:
    code: int
    out: str
    err: str


async def run(arguments: Sequence[str], folder: Path) -> Done:
    """The same `synth` that serves the editor. No module is taken from the folder (`-P`), whatever lies there."""
    with _leash() as leash:
        process = await _started(arguments, folder, leash)
        _running.add(process.pid)
        try:
            out, err = await process.communicate()
        except asyncio.CancelledError:
            await _stop(process)
            raise
        finally:
            _running.discard(process.pid)
    return Done(process.returncode or 0, out.decode(errors="replace"), err.decode(errors="replace"))


async def _started(arguments: Sequence[str], folder: Path, leash: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", _LEASH.format(leash) + _START, *arguments),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": _OURS, "NO_COLOR": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        pass_fds=(leash,),
    )


@contextlib.contextmanager
def _leash() -> Iterator[int]:
    """The end of a pipe for a command to hold: when the other end closes, because we are gone, it ends itself."""
    held, ours = os.pipe()
    try:
        yield held
    finally:
        os.close(held)
        os.close(ours)


@contextlib.contextmanager
def ended_with_us() -> Iterator[None]:
    """A signal that ends the server ends what it runs. A thread that reads stdin waits for no exception."""
    before = {number: signal.signal(number, _end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, frame: object) -> None:
    for pid in _running:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


async def _stop(process: asyncio.subprocess.Process) -> None:
    """As Ctrl-C does; then without asking."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
