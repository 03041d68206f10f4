"""Benchmark 1: calls a second of a build with everything on, beside a plain aiohttp client; the ratio printed last.

    python benchmarks/b01_engine.py [--few 10000] [--many 30000] [--rounds 2] [--in-flight 128]
                                    [--api chat|generate|both]

A model server that answers at once, in a process of its own. Both programs are whole processes that take turns; rates
are slopes between few and many rows, so start-up does not count. The build journals, validates, records where each
value came from, writes shards and commits; one process makes all rows, or two (`--workers 2`) beside one that decides.
The plain client does none of that, and writes one Parquet file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure
from benchmarks.mock.compared import PLAIN, SYNTH, UVLOOP, WORKERS, Setting, compared, report, together
from benchmarks.mock.job import APIS

MUST = 0.8
PEERS = {"datatrove": 0.41, "SGLang's run_batch": 0.28, "curator": 0.09, "data-designer": 0.05, "distilabel": 0.04}


def main() -> None:
    options = _options()
    apis = APIS if options.api == "both" else (options.api,)
    ratios = {}
    for api in apis:
        setting = Setting(api, options.in_flight, 0.0, options.few, options.many, options.rounds)
        ratios[api] = report(setting, compared(setting, (PLAIN, SYNTH, WORKERS, UVLOOP)))
    for program in (SYNTH, WORKERS):
        print(f"{program}: all its processes together take {together(program, setting):.0f} MB at most")
    quoted = ", ".join(f"{name} {ratio}" for name, ratio in PEERS.items())
    print(f"quoted, measured elsewhere on a job of the same kind and not in this run: {quoted}")
    one, two = (", ".join(f"{found[way]:.2f} ({api})" for api, found in ratios.items()) for way in (SYNTH, WORKERS))
    figure(1, f"{one} × a plain aiohttp client; with two workers {two}", f"at least {MUST}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--in-flight", type=int, default=128)
    parser.add_argument("--api", choices=(*APIS, "both"), default="both")
    return parser.parse_args()


if __name__ == "__main__":
    main()
