"""Benchmark 11: checking a spec of 1,000 lines again; `synth --help` and `synth check` from a cold start.

    python benchmarks/b11_check.py [ROUNDS]

Warm is what an editor or `--watch` does: the same process, one word of the file changed each time. Cold is a whole
process, alternating with `python -c pass`, which none can be faster than; byte code is there, as after the first call
of an installation. Figures are medians; the processor's own time stands beside, for other work on the machine adds to
the other. They are printed last.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from compiler.analysis import analyse
from runtime.cli import run
from runtime.sources.catalog import ProjectCatalog

LINES = 1_000
MAIN = "from runtime.cli import main; main()"
WARM, HELP, CHECK = 150, 200, 500
"""Milliseconds to stay below."""


def spec(template: str, lines: int) -> str:
    """The first project's spec: its head once, its dataset again and again under new names."""
    head, _, rest = template.partition("## Two shots")
    block = f"## Two shots{rest.partition('test ')[0]}"
    parts, number = [head], 0
    while sum(part.count("\n") for part in parts) < lines:
        number += 1
        parts.append(
            block.replace("ask(", f"ask_{number}(").replace("dataset questions", f"dataset questions_{number}")
        )
    return "".join(parts)


def warm(root: Path, path: str, rounds: int) -> float:
    """Milliseconds, after a first check; each round the text differs, so that nothing is remembered of the file."""
    catalog, text = ProjectCatalog(root), (root / path).read_text()
    times = []
    for number in range(rounds + 1):
        edited = text.replace("You write one question", f"You write question {number}", 1)
        started = time.perf_counter()
        analysis = analyse(path, catalog, texts={path: edited})
        times.append(time.perf_counter() - started)
        if analysis.diagnostics:
            raise SystemExit(f"the spec of the benchmark is wrong: {analysis.diagnostics[0].message}")
    return 1000 * statistics.median(times[1:])


@dataclass(frozen=True)
class Spent:
    """Milliseconds: on the clock, and of the processor."""

    wall: float
    cpu: float


def process(root: Path, code: str, *arguments: str) -> Spent:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(root / ".bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", code, *arguments]
    subprocess.run(command, cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(1000 * (ended - started), 1000 * cpu)


COMMANDS = (("pass",), (MAIN, "--help"), (MAIN, "check", "specs/questions.synth"))


def cold(root: Path, rounds: int) -> list[Spent]:
    """Nothing at all, help, and check, alternating. The first round writes byte code and does not count."""
    found = [[process(root, *command) for command in COMMANDS] for _ in range(rounds + 1)][1:]
    return [
        Spent(statistics.median(one.wall for one in times), statistics.median(one.cpu for one in times))
        for times in zip(*found, strict=True)
    ]


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        run(["new", folder])
        nothing, help_, check = cold(root, rounds)
        text = spec((root / "specs/questions.synth").read_text(), LINES)
        (root / "specs/large.synth").write_text(text)
        again = warm(root, "specs/large.synth", rounds)
    print(f"python -c pass      {nothing.wall:5.0f} ms, {nothing.cpu:4.0f} of the processor")
    tell("synth --help, cold ", help_, nothing, HELP)
    tell("synth check, cold  ", check, nothing, CHECK)
    print(f"{LINES:,} lines, warm   {again:5.0f} ms   (wanted: at most {WARM})")


def tell(what: str, spent: Spent, nothing: Spent, wanted: int) -> None:
    times = f"{spent.wall / nothing.wall:.1f} times nothing"
    print(f"{what} {spent.wall:5.0f} ms, {spent.cpu:4.0f} of the processor, {times}   (wanted: at most {wanted})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 15)
