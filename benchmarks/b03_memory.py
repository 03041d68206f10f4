"""Benchmark 3: peak memory of the build of benchmark 1 with few rows and with many, each in a process of its own.

    python benchmarks/b03_memory.py [FEW] [MANY]

Everything is on: journal, validation, provenance, shards, commit. A model server that answers at once runs beside, in a
process whose memory does not count; two calls a row, 128 in flight.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import Taken, figure, process, slope, synth
from benchmarks.mock import job
from benchmarks.mock.compared import server

MUST, MUST_RATIO = 250, 1.3


def built(rows: int, url: str) -> Taken:
    with tempfile.TemporaryDirectory() as name:
        job.write(Path(name), rows, url, "chat", 128)
        taken = process(synth("build", "job.synth", "--json"), Path(name))
    print(
        f"{rows:>9,} rows: peak {taken.peak:6.1f} MB, {taken.wall:6.1f} s, {taken.cpu:6.1f} s of a processor",
        flush=True,
    )
    return taken


def main() -> None:
    few, many = (int(text) for text in (sys.argv[1:] + ["10000", "200000"][len(sys.argv) - 1 :])[:2])
    with server(0.0) as url:
        small, large = built(few, url), built(many, url)
    print(f"slope: {slope(few, many, small.wall, large.wall):,.0f} rows/s, two calls each")
    measured = f"{small.peak:.0f} MB at {few:,} rows, {large.peak / small.peak:.2f} × at {many:,}"
    figure(3, measured, f"at most {MUST} MB, at most {MUST_RATIO} ×")


if __name__ == "__main__":
    main()
