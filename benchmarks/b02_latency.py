"""Benchmark 2: as benchmark 1, on a server that takes 50 ms, 512 calls in flight, by one process and by two workers.

python benchmarks/b02_latency.py [--few 10000] [--many 30000] [--rounds 2] [--api chat|generate]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure
from benchmarks.mock.compared import PLAIN, SYNTH, WORKERS, Setting, compared, report
from benchmarks.mock.job import APIS

MUST = 0.8
LATENCY_MS, IN_FLIGHT = 50.0, 512


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--api", choices=APIS, default="chat")
    options = parser.parse_args()
    setting = Setting(options.api, IN_FLIGHT, LATENCY_MS, options.few, options.many, options.rounds)
    ratios = report(setting, compared(setting, (PLAIN, SYNTH, WORKERS)))
    measured = f"{ratios[SYNTH]:.2f} × a plain aiohttp client at 50 ms; with two workers {ratios[WORKERS]:.2f}"
    figure(2, measured, f"at least {MUST}")


if __name__ == "__main__":
    main()
