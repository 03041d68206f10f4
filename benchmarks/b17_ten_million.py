"""Benchmark 17: a commit, diffs, a query and a look at one dataset of 10,000,000 rows, each in a process of its own.

    python benchmarks/b17_ten_million.py [ROWS]

Rows come in random order of their keys. The second version differs in 1,000 neighbouring rows, the third in 100
scattered ones. Each step prints its seconds and the peak of its memory; the largest peak stands last. ROWS are made
batch by batch: what making them takes is not counted in the commit's seconds.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import resource
import subprocess
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
from runtime.config.project import Project
from runtime.diff import diff
from runtime.query.catalog import dataset_at
from runtime.store.open import project_store
from runtime.store.port import Change, CommitId, CommitRequest, Store
from runtime.tables.editing import edit_table
from runtime.tables.keys import Key
from runtime.tables.layout import FORMAT_PATH, format_bytes, manifest_path, shard_path, table_folder
from runtime.tables.manifest import Counts, Fingerprints, KeyColumn, Manifest, Shard, TableManifest
from runtime.tables.manifest_json import write_manifest
from runtime.tables.schema import FLOAT, INT, STR, schema
from runtime.tables.writer import TableWriter, table_changes

NAME = "bench"
FOLDER = table_folder(NAME, NAME)
SCHEMA = schema({"number": INT, "score": FLOAT, "topic": STR, "text": STR})
BATCH = 16_384
MUST_GB = 4.0


def columns(numbers: np.ndarray[Any, np.dtype[np.int64]], rows: int) -> dict[str, Any]:
    own = numbers.tolist()
    return {
        "number": pa.array(numbers),
        "score": pa.array(numbers / rows),
        "topic": pa.array([f"topic {number % 10}" for number in own]),
        "text": pa.array([f"answer {number % 977} of row {number}, in so many words" for number in own]),
    }


def batches(rows: int) -> Iterator[pa.Table]:
    order = np.random.default_rng(17).permutation(rows)
    for start in range(0, rows, BATCH):
        numbers = order[start : start + BATCH]
        yield pa.table({"id": [f"row {number:09d}" for number in numbers.tolist()], **columns(numbers, rows)})


def save(store: Store, table: TableManifest, changes: dict[str, Change], build: str) -> CommitId:
    manifest = Manifest(
        dataset=NAME,
        key=(KeyColumn("id", STR),),
        tables={NAME: table},
        counts=Counts(table.rows, table.rows),
        fingerprints=Fingerprints("d", "e", "f"),
        seed=len(build),
    )
    files = {manifest_path(NAME): write_manifest(manifest), FORMAT_PATH: format_bytes()}
    request = CommitRequest(
        branch="main", changes={**changes, **files}, message=build, build_id=build, expected=store.head("main")
    )
    return store.commit(request).id


def commit(store: Store, rows: int) -> float:
    spent = 0.0
    with TableWriter(SCHEMA, FOLDER, store.put) as writer:
        for part in batches(rows):
            started = time.perf_counter()
            writer.add_batch(["id"], part)
            spent += time.perf_counter() - started
        started = time.perf_counter()
        table = writer.finish()
        save(store, table, dict(table_changes(FOLDER, None, table, writer.written)), "all rows")
    return spent + time.perf_counter() - started


def edit(store: Store, rows: int, numbers: list[int], build: str) -> float:
    """Those rows get another score."""
    started = time.perf_counter()
    head = store.resolve("main")
    table = head_table(store, head)
    values = columns(np.array(numbers), rows) | {"score": pa.array([-1.0] * len(numbers))}
    new: dict[Key, dict[str, Any]] = {
        (f"row {number:09d}",): {name: column[row].as_py() for name, column in values.items()}
        for row, number in enumerate(numbers)
    }

    def local(shard: Shard) -> Path:
        return store.local(head, shard_path(FOLDER, shard.sha256))

    edited = edit_table(table, FOLDER, store.put, local, new)
    save(store, edited.table, dict(edited.changes), build)
    return time.perf_counter() - started


def head_table(store: Store, at: CommitId) -> TableManifest:
    found = dataset_at(store, NAME, at)
    assert found is not None
    return found.manifest.tables[NAME]


def compare(store: Store, a: str, b: str, expected: int) -> float:
    """From commits to changed cells."""
    started = time.perf_counter()
    found = sum(len(row.cells) for row in diff(store, store.resolve(a), store.resolve(b), NAME).rows())
    check(found == expected, f"{found} cells changed, not {expected}")
    return time.perf_counter() - started


def command(*words: str) -> tuple[float, str]:
    """A command as it is typed, in this process."""
    from runtime.cli import run

    said = io.StringIO()
    started = time.perf_counter()
    with contextlib.redirect_stdout(said):
        code = run(list(words))
    check(code == 0, f"{words} ended with {code}")
    return time.perf_counter() - started, said.getvalue()


def query(rows: int) -> float:
    sql = f"select topic, count(*) as n, avg(score) as score from {NAME} group by topic order by topic"
    spent, said = command("sql", sql, "--json")
    check(sum(row["n"] for row in json.loads(said)) == rows, "the query counts other rows")
    return spent


def show(rows: int) -> float:
    spent, said = command("show", "main")
    check(f"{rows:,}" in said, "the number of rows is not shown")
    return spent


def check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SystemExit(otherwise)


def step(name: str, rows: int) -> float:
    """In the current folder, which is a project."""
    store = project_store(Project.find(Path.cwd()))
    near = list(range(rows // 2, rows // 2 + 1000))
    far = sorted(random.Random(17).sample(range(rows // 2), 100))
    steps: dict[str, Callable[[], float]] = {
        "commit": lambda: commit(store, rows),
        "edit together": lambda: edit(store, rows, near, "edited together"),
        "edit scattered": lambda: edit(store, rows, far, "edited scattered"),
        "diff together": lambda: compare(store, "main~2", "main~1", len(near)),
        "diff scattered": lambda: compare(store, "main~1", "main", len(far)),
        "diff again": lambda: compare(store, "main~1", "main", len(far)),
        "sql": lambda: query(rows),
        "sql again": lambda: query(rows),
        "show": lambda: show(rows),
    }
    return steps[name]()


STEPS = (
    *("commit", "edit together", "edit scattered", "diff together", "diff scattered", "diff again"),
    *("sql", "sql again", "show"),
)


def measured(name: str, rows: int, folder: Path) -> float:
    """Runs one step in a process of its own; its peak in MB."""
    words = [sys.executable, str(Path(__file__).resolve()), "--step", name, str(rows)]
    environment = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"}
    out = subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout
    seconds, peak = map(float, out.split()[-2:])
    print(f"{name:>15}: {seconds:8.2f} s, peak {peak:7,.0f} MB", flush=True)
    return peak


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        peaks = [measured(name, rows, Path(folder)) for name in STEPS]
        state = Path(folder) / ".synth"
        stored = sum(path.stat().st_size for path in (state / "store.git").rglob("*") if path.is_file())
        print(f"{rows:,} rows, three versions: {stored / 2**20:,.0f} MB stored, {os.cpu_count()} cores")
    figure(17, f"{max(peaks) / 1024:.2f} GB at most in each", f"at most {MUST_GB:.0f} GB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--step"]:
        spent = step(sys.argv[2], int(sys.argv[3]))
        print(spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 10_000_000)
