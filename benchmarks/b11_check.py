"""Benchmark 11: checking a spec of 1,000 lines again; `synth --help` and `synth check` from a cold start.

    python benchmarks/b11_check.py [ROUNDS]

Warm is what `--watch` does: the same process, one word of the file changed each time, all of it read again. Cold is a
whole process, alternating with `python -c pass`, which none can be faster than; byte code is there, as after the first
call of an installation. `synth build` of a small spec in which nothing changed and `synth diff` stand beside. Times are
medians; the processor's own stand beside, for other work on the machine adds to the clock's.
"""

from __future__ import annotations

import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import Taken, alternating, figure, median, process, synth
from benchmarks.long_spec import long_spec
from compiler.analysis import analyse
from runtime.cli import run
from runtime.sources.catalog import ProjectCatalog

LINES = 1_000
WARM, HELP, CHECK, AGAIN, DIFF = 150, 200, 500, 600, 500
"""Milliseconds to stay below."""
SPEC = "specs/questions.synth"
ENGINE = '[engines.fast]\nkind = "deterministic"\n[profile.default]\nengine = "fast"\n'


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
    return 1000 * median(times[1:])


def cold(root: Path, rounds: int) -> list[list[Taken]]:
    """Nothing at all, help, check, build and diff, alternating. The first round writes byte code and does not count."""
    environment = {"PYTHONPYCACHEPREFIX": str(root / ".bytecode"), "PYTHONDONTWRITEBYTECODE": ""}
    commands = [
        [sys.executable, "-c", "pass"],
        synth("--help"),
        synth("check", SPEC),
        synth("build", SPEC),
        synth("diff", "main..main"),
    ]
    return alternating(rounds, *(partial(process, command, root, environment) for command in commands), warm=2)


def tell(what: str, times: list[Taken], nothing: float, wanted: int) -> float:
    wall, cpu = (1000 * median(found) for found in zip(*((one.wall, one.cpu) for one in times), strict=True))
    print(
        f"{what:<22} {wall:5.0f} ms, {cpu:4.0f} of the processor, {wall / nothing:.1f} times nothing (wanted: {wanted})"
    )
    return wall


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        run(["new", folder])
        (root / "synth.toml").write_text(ENGINE)
        found = cold(root, rounds)
        (root / "specs/large.synth").write_text(long_spec((root / SPEC).read_text(), LINES))
        again = warm(root, "specs/large.synth", rounds)
    nothing = 1000 * median([one.wall for one in found[0]])
    print(f"python -c pass         {nothing:5.0f} ms")
    wanted = {"synth --help": HELP, "synth check": CHECK, "build, nothing changed": AGAIN, "diff of nothing": DIFF}
    walls = [tell(what, times, nothing, most) for (what, most), times in zip(wanted.items(), found[1:], strict=True)]
    figure(
        11,
        f"{again:.0f} ms warm, {walls[0]:.0f} ms help, {walls[1]:.0f} ms check cold",
        f"at most {WARM}, {HELP} and {CHECK} ms",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 15)
