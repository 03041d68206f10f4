"""Two programs that do the same job in; what each takes, whole and for one more row, in alternating runs, out."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import Taken, memory, process, synth
from benchmarks.mock import job

HERE = Path(__file__).parent
SYNTH, PLAIN, UVLOOP = "synth build", "plain aiohttp client", "the same on uvloop"
WORKERS = "synth build --workers 2"
OPTIONS = {SYNTH: (), WORKERS: ("--workers", "2")}
"""What is typed behind `synth build job.synth`."""


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
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(running.stdout.readline())}"
        finally:
            running.terminate()


def command(program: str, folder: Path, url: str, setting: Setting) -> list[str]:
    if program in OPTIONS:
        return synth("build", "job.synth", "--json", *OPTIONS[program])
    plain = [sys.executable, str(HERE / "plain.py"), str(folder), url, setting.api, str(setting.concurrency)]
    return plain + (["--uvloop"] if program == UVLOOP else [])


def taken(program: str, rows: int, url: str, setting: Setting) -> Taken:
    """One whole process, from the shell's prompt and back, in a project of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job.write(folder, rows, url, setting.api, setting.concurrency)
        return process(command(program, folder, url, setting), folder)


def together(program: str, setting: Setting) -> float:
    """Peak memory in MB of all of a program's processes at once; it is looked at too often to be timed as well."""
    with server(setting.latency_ms) as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job.write(folder, setting.many, url, setting.api, setting.concurrency)
        return memory(command(program, folder, url, setting), folder)


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
    return Taken(min(one.wall for one in times), min(one.cpu for one in times), min(one.peak for one in times))


def a_row(found: dict[int, list[Taken]], setting: Setting) -> tuple[float, float]:
    """Seconds for one more row, on the clock and of a processor: start-up and the end count in neither."""
    few, many, rows = best(found[setting.few]), best(found[setting.many]), setting.many - setting.few
    return (many.wall - few.wall) / rows, (many.cpu - few.cpu) / rows


def report(setting: Setting, found: dict[str, dict[int, list[Taken]]]) -> dict[str, float]:
    """Prints a line for each program; calls a second of each way to build over the plain client's."""
    print(
        f"{setting.api}: {setting.concurrency} in flight, {setting.latency_ms:g} ms, two calls a row, "
        f"best of {setting.rounds} rounds"
    )
    for name, times in found.items():
        (wall, cpu), few, many = a_row(times, setting), best(times[setting.few]), best(times[setting.many])
        print(
            f"  {name:<23} {2 / wall:7,.0f} calls/s, {1e3 * cpu:5.3f} ms of CPU a row; whole process: "
            f"{setting.few:,} rows {few.wall:5.2f} s, {setting.many:,} rows {many.wall:5.2f} s"
        )
    plain = a_row(found[PLAIN], setting)[0]
    ratios = {name: plain / a_row(times, setting)[0] for name, times in found.items() if name in OPTIONS}
    for name, ratio in ratios.items():
        print(f"  {name}: {ratio:.2f} × the plain client's calls a second")
    return ratios
