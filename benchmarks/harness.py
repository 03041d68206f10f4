"""What benchmarks share: a command run as a process of its own and what it took, rounds that alternate, the figure.

Nothing heavy is imported here: the memory of a child begins at that of its parent.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[1]
LOOK = 0.1
"""Seconds between two looks at memory."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds on the clock and of a processor, and peak memory in MB: the largest process among it and its children."""

    wall: float
    cpu: float
    peak: float
    said: str = ""


def synth(*arguments: str) -> list[str]:
    """The command line of `synth`, as this checkout has it."""
    return [sys.executable, "-c", "from runtime.cli import main; main()", *arguments]


def process(command: Sequence[str], folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Taken:
    """Runs a command from its start to its end; `said` is what it printed. One that fails ends the benchmark."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complaints:
        started = time.perf_counter()
        child = subprocess.Popen(list(command), cwd=folder, env=surroundings, stdout=said, stderr=complaints)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        complaints.seek(0)
        text, wrong = said.read().decode(), complaints.read().decode()
    if child.returncode:
        raise SystemExit(f"{' '.join(command[:6])} … ended with {child.returncode}:\n{(text + wrong)[-2000:]}")
    return Taken(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, text)


def memory(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> float:
    """Peak memory in MB of a command and of all that it starts, together: pages that they share count once."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    most = 0.0
    quiet = subprocess.DEVNULL
    with subprocess.Popen(list(command), cwd=folder, env=surroundings, stdout=quiet, stderr=quiet) as child:
        while child.poll() is None:
            most = max(most, sum(_own(process) for process in _tree(child.pid)))
            time.sleep(LOOK)
    return most


def _tree(process: int) -> Iterator[int]:
    """It and those that it started, as far as they run."""
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                yield from _tree(int(child))


def _own(process: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def alternating(rounds: int, *measured: Callable[[], T], warm: int = 0) -> list[list[T]]:
    """What each of `measured` gave in each round. They take turns, so that noise meets them alike."""
    found = [[one() for one in measured] for _ in range(rounds + warm)][warm:]
    return [list(of_one) for of_one in zip(*found, strict=True)]


def slope(few: int, many: int, seconds_few: float, seconds_many: float) -> float:
    """Rows a second between the two numbers of rows: start-up and the end do not count."""
    return (many - few) / (seconds_many - seconds_few)


def quantile(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def median(times: Sequence[float]) -> float:
    return statistics.median(times)


def figure(number: int, measured: str, must: str) -> None:
    """The last line of a benchmark, which `python -m benchmarks.table` collects."""
    print(f"figure {number}: {measured} (must: {must})", flush=True)
