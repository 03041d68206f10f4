"""What docs/scale.md reckons with: rates of one core, and sizes, of what every row passes on its way through a cluster.

python benchmarks/scale_rates.py [--rows 200000]
"""

from __future__ import annotations

import argparse
import pickle
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import orjson

sys.path.insert(0, str(Path(__file__).parents[1]))

from compiler.plan import DatasetPlan
from runtime.build.progress import Progress
from runtime.build.result import Result
from runtime.build.run import pace_of
from runtime.executor.decisions import Decisions
from runtime.executor.ledger import Ledger
from runtime.executor.messages import Ended, Report
from runtime.executor.reduction import Range, reduce
from runtime.executor.runs import read_range
from runtime.executor.writing import Drained
from runtime.filters import deduplicator
from runtime.journal import Journal
from runtime.store.open import open_store
from runtime.tables.manifest import Shard
from runtime.tables.schema import STR, schema

SCHEMA = schema({"persona": STR, "topic": STR, "question": STR, "verdict": STR})
BLOCK = 64


def rate(rows: int, work: Callable[[], object]) -> float:
    """Rows in a second of one core's time."""
    begun = time.process_time()
    work()
    return rows / (time.process_time() - begun)


def decided(rows: int) -> float:
    """The driver: a report unpickled, the ledger, and what a candidate's end changes."""
    plan = DatasetPlan.__new__(DatasetPlan)
    for name, value in (("target", None), ("per", None), ("steps", ()), ("name", "d")):
        object.__setattr__(plan, name, value)
    told = [
        pickle.dumps(
            Report(ended=[Ended(start // BLOCK + 1, place, place, True) for place in range(start, start + BLOCK)])
        )
        for start in range(0, rows, BLOCK)
    ]
    print(f"  a candidate's end is told in {len(told[0]) / BLOCK:.0f} bytes")
    ledger = Ledger()
    decisions = Decisions(plan, pace_of(plan, 512), Progress("d"), Result("d", ()), lambda step: None, rows)

    def work() -> None:
        for data in told:
            block = ledger.give(0, 0, BLOCK)
            for ended in pickle.loads(data).ended:
                ledger.end(0, ended.block, ended.position)
                for _ in decisions.take(ended):
                    pass
            ledger.seal(block.number, range(BLOCK))

    return rate(rows, work)


def deduplicated(rows: int) -> float:
    within = deduplicator("exact")
    prepared = [(str(n), within.prepare(f"text {n}")) for n in range(rows)]
    return rate(rows, lambda: [within.admit_all(prepared[at : at + 512]) for at in range(0, rows, 512)])


def journalled(rows: int, folder: Path) -> float:
    chance = random.Random(1)
    effects = [(chance.randbytes(16), chance.randbytes(400)) for _ in range(rows)]
    with Journal.open(folder) as journal:
        found = rate(rows, lambda: journal.put_many(effects))
        journal.sync()
    size = sum(path.stat().st_size for path in folder.glob("journal.db*"))
    print(f"  an answer of 400 bytes takes {size / rows:.0f} bytes of the journal")
    return found


def written(rows: int, folder: Path) -> tuple[float, float]:
    """(rows sorted into runs, rows cut into shards), a second."""
    store = open_store(folder)
    chance = random.Random(2)
    words = [f"word{n}" for n in range(5_000)]
    made = [
        (
            (f"{n:09}",),
            {name: " ".join(chance.choices(words, k=20)) for name in ("persona", "topic", "question", "verdict")},
        )
        for n in range(rows)
    ]
    writer = Drained(SCHEMA, "datasets/d/tables/d", store.put)
    runs = []

    def sort() -> None:
        for key, row in made:
            writer.add(key, row)
        if (run := writer.run(folder / "runs", "here")) is not None:
            runs.append(run)

    sorted_ = rate(rows, sort)
    shards: list[Shard] = []

    def cut() -> None:
        whole = Range(writer.folder, SCHEMA, None)
        shards.extend(reduce(whole, read_range([run.path for run in runs], None, None), store).shards)

    cut_ = rate(rows, cut)
    _sizes(rows, runs[0].size, shards)
    return sorted_, cut_


def _sizes(rows: int, run: int, shards: list[Shard]) -> None:
    told = len(orjson.dumps([asdict(shard) for shard in shards])) / len(shards)
    size = sum(shard.size for shard in shards)
    print(f"  a row: {run / rows:.0f} bytes in a run, {size / rows:.0f} in its shard")
    many = f"{rows / len(shards):,.0f} rows, {size / len(shards) / 1e3:.0f} kB"
    print(f"  a shard: {many}, {told:.0f} bytes of the manifest")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = {
            "ends decided by the driver": decided(rows),
            "rows through an exact dedup": deduplicated(rows),
            "answers stored in the journal": journalled(rows, folder / "journal"),
        }
        sorted_, cut = written(min(rows, 60_000), folder / "store")
        found |= {"rows sorted into a run": sorted_, "rows cut into shards and put": cut}
    for what, number in found.items():
        print(f"  {what:<32} {number:10,.0f} a second of one core")


if __name__ == "__main__":
    main()
