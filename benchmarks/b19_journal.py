"""Benchmark 19: effects a second through the journal alone, each stored before it is used; that rate printed last.

    python benchmarks/b19_journal.py [EFFECTS] [IN_FLIGHT] [ROUNDS]

Effects take no time and give 400 bytes, so the journal is all there is: what it makes of them must be more than any
client gets from a server on one core, or it would slow calls down. The thread that asks is the build's own; what the
writer's thread takes beside it shows as `both`, for most of which it holds no interpreter lock.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure
from runtime.bridge import run
from runtime.journal import Journal

VALUE = b"x" * 400
CALLS = 7_000
"""A second, of a plain aiohttp client on one quiet core that asks a server which answers at once."""


@dataclass(frozen=True, slots=True)
class Pass:
    wall: float
    main: float
    both: float


async def effect() -> bytes:
    return VALUE


async def through(journal: Journal, keys: list[bytes], in_flight: int) -> Pass:
    rest = iter(keys)

    async def work() -> None:
        for key in rest:
            await journal.get_or_run(key, effect)

    wall, main, both = time.perf_counter(), time.thread_time(), time.process_time()
    await asyncio.gather(*(work() for _ in range(in_flight)))
    return Pass(time.perf_counter() - wall, time.thread_time() - main, time.process_time() - both)


async def measured(effects: int, in_flight: int) -> dict[str, Pass]:
    keys = [os.urandom(16) for _ in range(effects)]
    with tempfile.TemporaryDirectory() as name, Journal.open(Path(name)) as journal:
        stored = await through(journal, keys, in_flight)
        held = await through(journal, keys, in_flight)
        started, begun, both = time.perf_counter(), time.thread_time(), time.process_time()
        for at in range(0, effects, 4096):
            journal.prefetch(keys[at : at + 4096])
            await through(journal, keys[at : at + 4096], in_flight)
        ahead = Pass(time.perf_counter() - started, time.thread_time() - begun, time.process_time() - both)
    return {"stored": stored, "held": held, "held, read ahead": ahead}


def main() -> None:
    given = sys.argv[1:] + ["60000", "512", "3"][len(sys.argv) - 1 :]
    effects, in_flight, rounds = (int(text) for text in given[:3])
    found = [run(measured(effects, in_flight)) for _ in range(rounds)]
    for name in found[0]:
        wall, main_, both = (min(getattr(one[name], part) for one in found) for part in ("wall", "main", "both"))
        each = 1e6 / effects
        print(
            f"{name:<17} {effects / wall:8,.0f} a second; of a processor {main_ * each:.1f} µs each in the thread that "
            f"asks, {both * each:.1f} µs in both"
        )
    rate = max(effects / one["stored"].wall for one in found)
    figure(19, f"{rate:,.0f} effects a second, stored before used", f"more than {CALLS:,} calls")


if __name__ == "__main__":
    main()
