"""Benchmarks 7, 8 and 9: a diff from commit ids to changed cells, against a full outer join of both versions in DuckDB.

    python benchmarks/b07_diff.py [ROWS] [ROUNDS]

7: 1,000 neighbouring rows edited; 8: 100 scattered ones; 9: the time of 7 at ROWS over that at a tenth of them. One
process, shards extracted, the two sides alternating; ratios are of the best times, and are printed last.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure
from runtime.diff import diff
from runtime.query.catalog import dataset_at
from runtime.query.scratch import open_scratch, parquet, quoted
from runtime.store.open import open_store
from runtime.store.port import Change, CommitId, CommitRequest, Store
from runtime.tables.layout import manifest_path, table_folder
from runtime.tables.manifest import Fingerprints, KeyColumn, Manifest, TableManifest
from runtime.tables.manifest_json import write_manifest
from runtime.tables.schema import FLOAT, INT, STR, schema
from runtime.tables.writer import TableWriter, table_changes

NAME = "bench"
TEXTS, NUMBERS = [f"text{n}" for n in range(5)], [f"number{n}" for n in range(5)]
SCHEMA = schema(dict.fromkeys(TEXTS, STR) | dict.fromkeys(NUMBERS, FLOAT))
WORDS = np.array([f"word{n}" for n in range(1000)])
BATCH = 16_384


def batches(rows: int, edited: frozenset[int]) -> Iterator[pa.Table]:
    """Five columns of eight words, five of numbers; the first text differs in the edited rows."""
    for start in range(0, rows, BATCH):
        size = min(BATCH, rows - start)
        made = np.random.default_rng(start)
        columns: dict[str, Any] = {"id": pa.array(range(start, start + size), pa.int64())}
        for name in TEXTS:
            columns[name] = [" ".join(words) for words in WORDS[made.integers(0, 1000, (size, 8))].tolist()]
        for number in edited.intersection(range(start, start + size)):
            columns[TEXTS[0]][number - start] += " edited"
        columns |= {name: made.random(size) for name in NUMBERS}
        yield pa.table(columns)


def commit(store: Store, rows: int, edited: frozenset[int], seed: int) -> CommitId:
    """The next version on `main`."""
    head, folder = store.head("main"), table_folder(NAME, NAME)
    before = dataset_at(store, NAME, head) if head else None
    previous: TableManifest | None = before.manifest.tables[NAME] if before else None
    with TableWriter(SCHEMA, folder, store.put, previous) as writer:
        for batch in batches(rows, edited):
            writer.add_batch(["id"], batch)
        table = writer.finish()
    manifest = Manifest(
        dataset=NAME,
        key=(KeyColumn("id", INT),),
        tables={NAME: table},
        fingerprints=Fingerprints("d", "e", "f"),
        seed=seed,
    )
    changes: dict[str, Change] = {**table_changes(folder, previous, table, writer.written)}
    changes[manifest_path(NAME)] = write_manifest(manifest)
    request = CommitRequest(branch="main", changes=changes, message="b", build_id=f"b{seed}", expected=head)
    return store.commit(request).id


def shards(store: Store, at: CommitId) -> list[str]:
    found = dataset_at(store, NAME, at)
    main = found.main() if found else None
    return main.paths() if main else []


def joined(a: list[str], b: list[str]) -> int:
    """What a diff without shards has to do: both versions whole, every column compared."""
    columns = [quoted(name) for name in (*TEXTS, *NUMBERS)]
    cells = ", ".join(f"a.{name}, b.{name}" for name in columns)
    differs = " or ".join(f"a.{name} is distinct from b.{name}" for name in columns)
    connection = open_scratch()
    sql = f"select coalesce(a._key, b._key), {cells} from {parquet(a)} a full outer join {parquet(b)} b"
    return len(connection.execute(f"{sql} on a._key = b._key where {differs}").fetchall())


def compared(store: Store, a: CommitId, b: CommitId) -> int:
    """From commit ids to changed cells."""
    return sum(len(row.cells) for row in diff(store, a, b, NAME).rows())


def timed(action: Callable[[], int], expected: int) -> float:
    started = time.perf_counter()
    found = action()
    spent = time.perf_counter() - started
    if found != expected:
        raise SystemExit(f"found {found} changes instead of {expected}")
    return spent


def race(rows: int, edited: frozenset[int], rounds: int, *, join: bool = True) -> tuple[float, float]:
    """Best seconds of the diff and of the join."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        a, b = commit(store, rows, frozenset(), 0), commit(store, rows, edited, 1)
        old, new = shards(store, a), shards(store, b)
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(timed(lambda: compared(store, a, b), len(edited)))
            theirs.append(timed(lambda: joined(old, new), len(edited)) if join else 0.0)
    return min(ours), min(theirs)


def main(rows: int, rounds: int) -> None:
    near = frozenset(range(rows // 2, rows // 2 + 1000))
    scattered = frozenset(random.Random(8).sample(range(rows), 100))
    small = frozenset(range(rows // 20, rows // 20 + 1000))
    together, join = race(rows, near, rounds)
    apart, join_apart = race(rows, scattered, rounds)
    tenth, _ = race(rows // 10, small, rounds, join=False)
    print(f"together: diff {together:.3f} s, join {join:.3f} s; scattered: diff {apart:.3f} s, join {join_apart:.3f} s")
    figure(7, f"{join / together:.1f} × a full outer join", "at least 10 ×")
    figure(8, f"{join_apart / apart:.1f} × a full outer join", "at least 5 ×")
    figure(9, f"{together / tenth:.2f} × the time at {rows:,} over {rows // 10:,} rows", "at most 2 ×")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 5)
