"""Benchmark 5: the last prompt of four edited, and the dataset built again; calls a second over a first build's, last.

    python benchmarks/b05_last_prompt.py [--few 20000] [--many 100000] [--rounds 2]

A model server that answers at once, in a process of its own. A row is a persona and a topic and takes four calls:
question, answer, critique, rewrite. The first builds ask for all of them. Then each round edits the last prompt, so
that one call a row is asked and three answers are held, by one process and then by two workers. It is compared with
benchmark 1's build by one process: two calls a row, nothing held. All are whole processes that take turns; rates are
slopes between few and many rows.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import Taken, figure, process, synth
from benchmarks.mock import job
from benchmarks.mock.compared import OPTIONS, SYNTH, WORKERS, Setting, server, taken

MUST = 0.8
IN_FLIGHT = 128
REFERENCE = (10_000, 30_000)
SPEC = '''edition 1
record Row {
  id: int
  persona: str
  topic: str
}
input jobs: Row = jsonl("rows.jsonl") { key = id }
prompt ask(persona: str, topic: str) """
  You are {{ persona }}. Ask an expert one short question about {{ topic }}.
"""
prompt reply(topic: str, question: str) """
  You know all about {{ topic }}. Answer in two sentences: {{ question }}
"""
prompt review(question: str, answer: str) """
  Say what is wrong with this answer to {{ question }}

  {{ answer }}
"""
prompt mend(answer: str, notes: str) """
  Edit VERSION: rewrite the answer as the notes say.

  Answer: {{ answer }}
  Notes: {{ notes }}
"""
dataset rows {
  each job from jobs
  gen question: str = ask(job.persona, job.topic) with writer { max_tokens = 128 }
  gen answer: str = reply(job.topic, question) with writer { max_tokens = 128 }
  gen notes: str = review(question, answer) with writer { max_tokens = 128 }
  gen final: str = mend(answer, notes) with writer { max_tokens = 128 }
  emit { persona = job.persona, topic = job.topic, question = question, answer = final }
}
'''


def project(folder: Path, rows: int, url: str) -> Path:
    folder.mkdir()
    job.write(folder, rows, url, "chat", IN_FLIGHT)
    edit(folder, 0)
    return folder


def edit(folder: Path, version: int) -> None:
    (folder / "job.synth").write_text(SPEC.replace("VERSION", str(version)))


def built(folder: Path, calls: int, way: str = SYNTH) -> Taken:
    """One build, which must have made so many calls."""
    took = process(synth("build", "job.synth", "--json", *OPTIONS[way]), folder)
    (dataset,) = json.loads(took.said)["datasets"]
    assert dataset["calls"]["made"] == calls, f"{dataset['calls']} where {calls:,} calls were due"
    return took


def main() -> None:
    options = _options()
    sizes = (options.few, options.many)
    setting = Setting("chat", IN_FLIGHT, 0.0, *REFERENCE, options.rounds)
    again: dict[str, dict[int, list[Taken]]] = {way: {rows: [] for rows in sizes} for way in (SYNTH, WORKERS)}
    first: dict[int, list[float]] = {rows: [] for rows in REFERENCE}
    with server(0.0) as url, tempfile.TemporaryDirectory() as name:
        projects = {rows: project(Path(name) / str(rows), rows, url) for rows in sizes}
        for rows, folder in projects.items():
            took = built(folder, 4 * rows)
            print(f"{rows:>9,} rows, first build: {4 * rows:,} calls, {took.wall:6.1f} s, {took.cpu:6.1f} s of CPU")
        version = 0
        for _ in range(options.rounds):
            for rows in REFERENCE:
                first[rows].append(taken(SYNTH, rows, url, setting).wall)
            for way, times in again.items():
                version += 1
                for rows, folder in projects.items():
                    edit(folder, version)
                    times[rows].append(built(folder, rows, way))
    usual = 2 * (REFERENCE[1] - REFERENCE[0]) / (min(first[REFERENCE[1]]) - min(first[REFERENCE[0]]))
    print(f"a first build with two calls a row: {usual:,.0f} calls/s")
    one, two = (report(way, times) / usual for way, times in again.items())
    measured = f"{one:.2f} × benchmark 1's calls a second, {options.many:,} rows; with two workers {two:.2f}"
    figure(5, measured, f"at least {MUST}")


def report(way: str, again: dict[int, list[Taken]]) -> float:
    """Prints a line for each number of rows; calls a second between them."""
    few, many = again
    for rows, times in again.items():
        best = min(times, key=lambda one: one.wall)
        print(
            f"{rows:>9,} rows, last prompt edited, {way}: {best.wall:6.1f} s, {best.cpu:6.1f} s of CPU, "
            f"peak {best.peak:.0f} MB"
        )
    walls = {rows: min(one.wall for one in times) for rows, times in again.items()}
    edited = (many - few) / (walls[many] - walls[few])
    print(f"with three answers held, {way}: {edited:,.0f} calls/s")
    return edited


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--few", type=int, default=20_000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
