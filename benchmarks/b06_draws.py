"""Benchmark 6: a million candidates' draws, many at once and one by one, and those of candidate 999,999,999 alone.

python -m benchmarks.b06_draws [-n CANDIDATES]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure
from runtime.sampling import Draws, Pool
from runtime.sampling.many import ManyDraws

PERSONAS = Pool(
    [{"id": f"persona-{n}", "text": f"Persona number {n}"} for n in range(200)], [f"persona-{n}" for n in range(200)]
)
CRITERIA = Pool([f"criterion {n}" for n in range(8)], weights=[2.0, 1.0, 1.0, 1.0, 3.0, 1.0, 1.0, 1.0])
BATCH = 4_096
ROUNDS = 3


def row(number: int) -> tuple[object, ...]:
    draws = Draws(0, "benchmark", (number,))
    return draws.one("persona", PERSONAS), draws.pick("rules", CRITERIA, 2, 3), draws.integers("number", 0, 9)


def rows(start: int, stop: int) -> list[tuple[object, ...]]:
    draws = ManyDraws(0, "benchmark", [(number,) for number in range(start, stop)])
    found = draws.one("persona", PERSONAS), draws.pick("rules", CRITERIA, 2, 3), draws.integers("number", 0, 9).tolist()
    return list(zip(*found, strict=True))


def together(count: int) -> None:
    for start in range(0, count, BATCH):
        rows(start, min(start + BATCH, count))


def one_by_one(count: int) -> None:
    for number in range(count):
        row(number)


def taken(work: Callable[[int], None], count: int) -> tuple[float, float]:
    """By the clock, and of processor time: they part where the machine has other work."""
    start, busy = perf_counter(), process_time()
    work(count)
    return perf_counter() - start, process_time() - busy


def alone(number: int, repeats: int = 200) -> float:
    """Median seconds for one candidate far out."""
    times = []
    for repeat in range(repeats):
        start = perf_counter()
        row(number + repeat)
        times.append(perf_counter() - start)
    return sorted(times)[repeats // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=1_000_000)
    count = parser.parse_args().n
    assert rows(999_999_990, 1_000_000_000) == [row(number) for number in range(999_999_990, 1_000_000_000)]
    far = alone(999_999_999)
    print(f"one candidate: number 0 {alone(0) * 1e3:.4f} ms, number 999,999,999 {far * 1e3:.4f} ms")
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, work in (("together", together), ("one by one", one_by_one)):
            sample = count if name == "together" else count // 10
            clock, busy = taken(work, sample)
            best[name] = min(best.get(name, clock), clock)
            print(f"{name:>10}: {clock / sample * 1e6:.2f} µs each, {busy / sample * 1e6:.2f} µs of processor")
    print(f"{count:,} candidates: {best['together']:.2f} s, one by one about {10 * best['one by one']:.2f} s")
    measured = f"{best['together'] * 1e6 / count:.2f} s a million; {far * 1e3:.3f} ms alone"
    figure(6, measured, "at most 10 s; at most 1 ms")


if __name__ == "__main__":
    main()
