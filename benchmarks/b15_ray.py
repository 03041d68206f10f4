"""Benchmark 15: the two-call job on Ray with two workers and with one; the ratio of their calls a second printed last.

python benchmarks/b15_ray.py [--few 2000] [--many 14000] [--rounds 2] [--in-flight 64]

The server takes 50 ms for a call. Each worker has as many calls in flight, so two have twice what one has. The rate is
of the rows between few and many, so that starting a cluster does not count; whole processes stand beside. All builds
make the same rows: their root digests are compared with that of a build without Ray.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure, process, synth
from benchmarks.mock import job
from benchmarks.mock.compared import server

MUST = 1.7
LATENCY_MS = 50.0


def built(rows: int, workers: int, url: str, in_flight: int) -> tuple[float, str]:
    """Seconds of a whole build in a project of its own, and the root digest; no workers is a build without Ray."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job.write(folder, rows, url, "chat", in_flight * max(1, workers))
        with (folder / "synth.toml").open("a") as config:
            config.write(f"\n[ray]\nworkers = {max(1, workers)}\n")
        took = process(synth("build", "job.synth", "--json", *(["--executor", "ray"] if workers else [])), folder)
        return took.wall, json.loads(took.said)["datasets"][0]["root"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--few", type=int, default=2_000)
    parser.add_argument("--many", type=int, default=14_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--in-flight", type=int, default=64)
    options = parser.parse_args()
    sizes = (options.few, options.many)
    times: dict[tuple[int, int], list[float]] = {(workers, rows): [] for workers in (1, 2) for rows in sizes}
    with server(LATENCY_MS) as url:
        roots = {rows: {built(rows, 0, url, options.in_flight)[1]} for rows in sizes}
        for _ in range(options.rounds):
            for workers, rows in times:
                taken, root = built(rows, workers, url, options.in_flight)
                times[workers, rows].append(taken)
                roots[rows].add(root)
    rates = {workers: _rate(times, workers, sizes) for workers in (1, 2)}
    for workers, rate in rates.items():
        whole = ", ".join(f"{rows:,} rows {min(times[workers, rows]):5.2f} s" for rows in sizes)
        print(f"  workers: {workers}, {options.in_flight} in flight each: {rate:6,.0f} calls/s; whole process: {whole}")
    same = "identical" if all(len(found) == 1 for found in roots.values()) else "DIFFERENT"
    print(f"  root digests with 0, 1 and 2 workers: {same}")
    figure(15, f"{rates[2] / rates[1]:.2f} × one worker, {same}", f"at least {MUST}, identical")


def _rate(times: dict[tuple[int, int], list[float]], workers: int, sizes: tuple[int, int]) -> float:
    few, many = (min(times[workers, rows]) for rows in sizes)
    return 2 * (sizes[1] - sizes[0]) / (many - few)


if __name__ == "__main__":
    main()
