"""Benchmark 10: rows to shards and a commit, against sorting by key and writing one zstd Parquet file, fsync included.

    python benchmarks/b10_commit.py [ROWS] [ROUNDS]

Both take the same unsorted Arrow table. They run alternately; the ratio is of the best times, and is printed last.
Memory is measured in processes of their own, at ROWS and at a quarter of them.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure
from runtime.store.git.objects import fsync
from runtime.store.open import open_store
from runtime.store.port import CommitRequest
from runtime.tables.layout import table_folder
from runtime.tables.schema import FLOAT, INT, STR, schema
from runtime.tables.writer import TableWriter, table_changes

SCHEMA = schema({"number": INT, "score": FLOAT, "text": STR})
BATCH = 16_384


def batches(rows: int) -> Iterator[pa.Table]:
    """Rows in random key order: text key and three small columns."""
    order = np.random.default_rng(10).permutation(rows)
    for start in range(0, rows, BATCH):
        numbers = order[start : start + BATCH]
        yield pa.table(
            {
                "id": pa.array([f"row {number:09d}" for number in numbers.tolist()]),
                "number": pa.array(numbers),
                "score": pa.array(numbers / rows),
                "text": pa.array([f"answer {number % 977} of the row" for number in numbers.tolist()]),
            }
        )


def commit(parts: Iterator[pa.Table], folder: Path) -> float:
    """Seconds from the first batch to the commit, less what making the batches took."""
    store = open_store(folder)
    place = table_folder("bench", "rows")
    spent = 0.0
    with TableWriter(SCHEMA, place, store.put, scratch=folder) as writer:
        for part in parts:
            started = time.perf_counter()
            writer.add_batch(["id"], part)
            spent += time.perf_counter() - started
        started = time.perf_counter()
        table = writer.finish()
        changes = dict(table_changes(place, None, table, writer.written))
        request = CommitRequest(branch="main", changes=changes, message="bench", build_id="1", expected=None)
        store.commit(request)
        return spent + time.perf_counter() - started


def one_file(table: pa.Table, folder: Path) -> float:
    started = time.perf_counter()
    path = folder / "one.parquet"
    pq.write_table(table.sort_by("id"), path, compression="zstd")
    fsync(path)
    return time.perf_counter() - started


def peak_memory(rows: int) -> float:
    """MB, of a process that makes the rows batch by batch and commits them. A child's figure starts at its parent's.

    The memory pool is what `runtime.tables` chooses when it is imported before Arrow is, as in every command.
    """
    command = [sys.executable, __file__, "--peak", str(rows)]
    environment = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"}
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def main(rows: int, rounds: int) -> None:
    small, large = peak_memory(rows // 4), peak_memory(rows)
    parts = list(batches(rows))
    whole = pa.concat_tables(parts).combine_chunks()
    ours, theirs = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            ours.append(commit(iter(parts), Path(folder)))
        with tempfile.TemporaryDirectory() as folder:
            theirs.append(one_file(whole, Path(folder)))
        print(f"  shards and commit {ours[-1]:.2f} s   one file {theirs[-1]:.2f} s", flush=True)
    print(f"{rows:,} rows on {os.cpu_count()} cores; peak memory {small:.0f} MB at a quarter, {large:.0f} MB at all")
    figure(10, f"{min(theirs) / min(ours):.2f} × one sorted zstd file", "at least 0.25 ×, and flat memory")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        with tempfile.TemporaryDirectory() as scratch:
            commit(batches(int(sys.argv[2])), Path(scratch))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000, int(sys.argv[2]) if sys.argv[2:] else 5)
