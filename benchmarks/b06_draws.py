"""Benchmark 6: what a million candidates' draws cost, and those of candidate 999,999,999 alone, in seconds and ms."""

from __future__ import annotations

import argparse
from time import perf_counter, process_time

from runtime.sampling import Draws, Pool

PERSONAS = Pool(
    [{"id": f"persona-{n}", "text": f"Persona number {n}"} for n in range(200)], [f"persona-{n}" for n in range(200)]
)
CRITERIA = Pool([f"criterion {n}" for n in range(8)], weights=[2.0, 1.0, 1.0, 1.0, 3.0, 1.0, 1.0, 1.0])


def row(number: int) -> tuple[object, ...]:
    draws = Draws(0, "benchmark", (number,))
    return draws.one("persona", PERSONAS), draws.pick("rules", CRITERIA, 2, 3), draws.integers("number", 0, 9)


def seconds_for(count: int) -> tuple[float, float]:
    """By the clock, and of processor time: they part where the machine has other work."""
    start, busy = perf_counter(), process_time()
    for number in range(count):
        row(number)
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
    far = alone(999_999_999)
    near = alone(0)
    taken, busy = seconds_for(count)
    print(f"one candidate: number 0 {near * 1e3:.4f} ms, number 999,999,999 {far * 1e3:.4f} ms (must: 1 ms)")
    print(
        f"{count:,} candidates: {taken:.2f} s, {busy / count * 1e6:.2f} µs of processor each (must: 10 s for 1,000,000)"
    )


if __name__ == "__main__":
    main()
