"""Two programs that do the same job in; what each takes, whole and for one more row, in alternating runs, out."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mock import job

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SYNTH, PLAIN, UVLOOP = "synth build", "plain aiohttp client", "the same on uvloop"


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of one process: on the clock, and of a processor (its children's too)."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Setting:
    api: str
    concurrency: int
    latency_ms: float
    few: int
    many: int
    rounds: int


@contextmanager
def server(latency_ms: float) -> Iterator[str]:
    """The URL of a server of its own, ended behind."""
    command = [sys.executable, str(HERE / "server.py"), "--latency-ms", str(latency_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def command(program: str, folder: Path, url: str, setting: Setting) -> list[str]:
    if program == SYNTH:
        return [sys.executable, "-c", "from runtime.cli import main; main()", "build", "job.synth", "--json"]
    plain = [sys.executable, str(HERE / "plain.py"), str(folder), url, setting.api, str(setting.concurrency)]
    return plain + (["--uvloop"] if program == UVLOOP else [])


def taken(program: str, rows: int, url: str, setting: Setting) -> Taken:
    """One whole process, from the shell's prompt and back, in a project of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job.write(folder, rows, url, setting.api, setting.concurrency)
        started = time.perf_counter()
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with (folder / "said").open("w+b") as said:
            process = subprocess.Popen(
                command(program, folder, url, setting), cwd=folder, env=environment, stdout=said, stderr=said
            )
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        if process.returncode:
            raise SystemExit(f"{program} ended with {process.returncode}: {(folder / 'said').read_text()[-2000:]}")
    return Taken(wall, used.ru_utime + used.ru_stime)


def compared(setting: Setting, programs: Sequence[str]) -> dict[str, dict[int, list[Taken]]]:
    """Of each program and number of rows, what each round took. All take turns, so that noise meets them alike."""
    found: dict[str, dict[int, list[Taken]]] = {name: {setting.few: [], setting.many: []} for name in programs}
    with server(setting.latency_ms) as url:
        for _ in range(setting.rounds):
            for rows in (setting.few, setting.many):
                for name in programs:
                    found[name][rows].append(taken(name, rows, url, setting))
    return found


def best(times: Sequence[Taken]) -> Taken:
    return Taken(min(one.wall for one in times), min(one.cpu for one in times))


def slope(found: dict[int, list[Taken]], setting: Setting) -> Taken:
    """Seconds for one more row: start-up and the end count in neither."""
    few, many, rows = best(found[setting.few]), best(found[setting.many]), setting.many - setting.few
    return Taken((many.wall - few.wall) / rows, (many.cpu - few.cpu) / rows)


def report(setting: Setting, found: dict[str, dict[int, list[Taken]]]) -> float:
    """Prints a line for each program; synth's calls a second over the plain client's."""
    print(
        f"{setting.api}: {setting.concurrency} in flight, {setting.latency_ms:g} ms, two calls a row, "
        f"best of {setting.rounds} rounds"
    )
    for name, times in found.items():
        one, few, many = slope(times, setting), best(times[setting.few]), best(times[setting.many])
        print(
            f"  {name:<21} {2 / one.wall:7,.0f} calls/s, {1e3 * one.cpu:5.3f} ms of CPU a row; whole process: "
            f"{setting.few:,} rows {few.wall:5.2f} s, {setting.many:,} rows {many.wall:5.2f} s"
        )
    ratio = slope(found[PLAIN], setting).wall / slope(found[SYNTH], setting).wall
    print(f"  {ratio:.2f} × the plain client's calls a second")
    return ratio
