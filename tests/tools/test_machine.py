"""Where no sandbox can be made, nothing runs; where one is, it says what holds. Ended from outside, it is no result."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.tools import ToolCall, level, machine, run, seccomp
from tests.tools.processes import children, command, left_over, of_a_sandbox

CALL = ToolCall("python", ("print(4)",))
LONG = ToolCall("python", ("import time; time.sleep(8)",))


@pytest.fixture
def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has made no sandbox yet."""
    monkeypatch.setattr(machine, "_found", None)


def _refusing(folder: Path, status: str) -> str:
    """A bubblewrap such as one that the kernel allows nothing."""
    program = folder / "bwrap"
    program.write_text(f"#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit {status}\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize("status", ["0", "1"])
@pytest.mark.usefixtures("untried")
def test_where_no_sandbox_can_be_made_nothing_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: str
) -> None:
    monkeypatch.setattr(machine, "programs", lambda: [_refusing(tmp_path, status)])
    with pytest.raises(SynthError) as caught:
        asyncio.run(run(CALL))
    (told,) = caught.value.diagnostics
    assert told.code == "E0807"
    assert "No permissions to create new namespace" in told.notes[0]
    assert told.help


@pytest.mark.usefixtures("untried")
def test_where_there_is_no_bubblewrap_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "programs", list)
    with pytest.raises(SynthError, match="E0807"):
        asyncio.run(run(CALL))


@pytest.mark.usefixtures("untried")
def test_the_next_bubblewrap_is_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known = machine.programs()
    monkeypatch.setattr(machine, "programs", lambda: [_refusing(tmp_path, "1"), *known])
    assert asyncio.run(run(CALL))["output"] == "4"


def test_it_says_what_holds() -> None:
    said = str(asyncio.run(level()))
    assert said.startswith("bubblewrap ")
    assert "seccomp" in said
    assert "Landlock" in said


def test_without_seccomp_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp, "program", lambda: None)
    assert [way.seccomp for way in machine.ways()] == [False] * len(machine.programs())


def test_a_sandbox_that_is_ended_from_outside_is_no_result() -> None:
    async def ended() -> None:
        task = asyncio.ensure_future(run(LONG))
        while not task.done():
            _kill(_supervisors())
            await asyncio.sleep(0.02)
        await task

    with pytest.raises(SynthError, match="E0808"):
        asyncio.run(ended())


def test_one_that_is_ended_from_outside_once_is_made_again() -> None:
    async def ended() -> object:
        task = asyncio.ensure_future(run(ToolCall("python", ("import time; time.sleep(1); print('again')",))))
        while not (found := _supervisors()):
            await asyncio.sleep(0.02)
        _kill(found)
        return (await task)["output"]

    assert asyncio.run(ended()) == "again"


@pytest.mark.parametrize("after", [0.0, 0.001, 0.005, 0.02, 0.1, 0.5])
def test_a_cancelled_run_leaves_no_process(after: float) -> None:
    async def cancelled() -> None:
        task = asyncio.ensure_future(run(LONG))
        while not _boxes():
            await asyncio.sleep(0)
        await asyncio.sleep(after)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(run(CALL))
    asyncio.run(cancelled())
    assert left_over() == []


def _boxes() -> list[int]:
    """Bubblewraps that this process started."""
    return [pid for pid in children(os.getpid()) if of_a_sandbox(str(pid))]


def _supervisors() -> list[int]:
    """The first processes of their boxes, once they are more than bubblewrap."""
    found = [pid for box in _boxes() for pid in children(box)]
    return [pid for pid in found if "python" in command(str(pid)).split()[0]]


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
