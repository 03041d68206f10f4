"""Builds with workers that are ended from outside: no process of theirs stays, and the next build goes on."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.acceptance.workshop import Workshop
from tests.executor.specs import SPECS, inputs

SYNTH = "import sys; from runtime.cli import main; sys.argv[:1] = ['synth']; main()"
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked for in /proc")


def start(folder: Path) -> tuple[Workshop, subprocess.Popen[str]]:
    """A build whose calls take long enough for it to be ended among them."""
    work = Workshop(folder).write(SPECS["plain"], {"delay": 0.3, "concurrency": 8}, **inputs(101))
    command = [sys.executable, "-c", SYNTH, "build", "spec.synth", "--workers", "2"]
    return work, subprocess.Popen(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def descendants(process: int) -> set[int]:
    """Of a process that runs: those that it started, and those that they did."""
    parents = dict(_parents())
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process}


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if after[0] != "Z":
            yield int(folder.name), int(after[1])


def until_answered(work: Workshop, running: subprocess.Popen[str]) -> set[int]:
    """The processes of a build that has its first answers: a nursery, and two workers."""
    until = time.monotonic() + 30
    while _answers(work) < 8:
        assert running.poll() is None and time.monotonic() < until
        time.sleep(0.02)
    return descendants(running.pid)


def _answers(work: Workshop) -> int:
    with suppress(sqlite3.OperationalError):  # the journal is being made
        return len(work.answered())
    return 0


def gone(processes: set[int], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while left := processes & {process for process, _ in _parents()}:
        if time.monotonic() > until:
            print("left:", left)
            return False
        time.sleep(0.02)
    return True


def test_ctrl_c_and_a_kill_leave_no_process_and_the_next_build_goes_on(tmp_path: Path) -> None:
    signals = (signal.SIGINT, signal.SIGKILL)
    started = [start(tmp_path / one.name) for one in signals]
    for one, (work, running) in zip(signals, started, strict=True):
        processes = until_answered(work, running)
        assert len(processes) == 3
        os.kill(running.pid, one)
        said, _ = running.communicate(timeout=30)
        assert "Traceback" not in said
        assert running.returncode == (130 if one == signal.SIGINT else -one)
        assert gone(processes, 15)
    work, _ = started[-1]
    assert work.made(limit=20).progress.reused >= 4
