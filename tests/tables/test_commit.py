"""Tables in a real store: a build, a second one with an edit, and what a reader finds in both commits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from runtime.store.open import open_store
from runtime.store.port import Commit, CommitRequest, Store
from runtime.tables.layout import manifest_path, shard_path, table_folder
from runtime.tables.manifest import Fingerprints, KeyColumn, Manifest
from runtime.tables.manifest_json import read_manifest, write_manifest
from runtime.tables.schema import INT, STR, schema
from runtime.tables.writer import TableWriter, shard_paths, table_changes

FOLDER = table_folder("d", "d")
SCHEMA = schema({"n": INT, "text": STR})


def build(store: Store, rows: pa.Table, build_id: str, tmp_path: Path) -> Commit:
    head = store.head("main")
    previous = None if head is None else read_manifest(store.read(head, manifest_path("d"))).tables["d"]
    with TableWriter(SCHEMA, FOLDER, store.put, previous, scratch=tmp_path) as writer:
        writer.add_batch(["id"], rows)
        table = writer.finish()
    manifest = Manifest(
        dataset="d", key=(KeyColumn("id", INT),), tables={"d": table}, fingerprints=Fingerprints("a", "b", "c")
    )
    changes = table_changes(FOLDER, previous, table, writer.written)
    whole = {**changes, manifest_path("d"): write_manifest(manifest)}
    request = CommitRequest(branch="main", changes=whole, message=build_id, build_id=build_id, expected=head)
    return store.commit(request)


def table_of(ids: range, edited: int | None = None) -> pa.Table:
    texts = [f"text {n}" if n != edited else "edited" for n in ids]
    return pa.table({"id": list(ids), "n": [n * n for n in ids], "text": texts})


def test_a_build_that_repeats_rows_commits_only_what_changed(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first = build(store, table_of(range(30_000)), "one", tmp_path)
    assert build(store, table_of(range(30_000)), "again", tmp_path) == first
    second = build(store, table_of(range(30_000), edited=17_000), "two", tmp_path)
    changed = store.changed(first.id, second.id, "datasets/d")
    assert (len(changed.added), len(changed.removed), len(changed.changed)) == (1, 1, 1)
    manifest = read_manifest(store.read(second.id, manifest_path("d")))
    files = [str(store.local(second.id, path)) for path in shard_paths(FOLDER, manifest.tables["d"])]
    found = duckdb.read_parquet(files).filter("text = 'edited'").fetchall()
    assert [(row[1], row[3], row[4]) for row in found] == [("17000", 17_000**2, "edited")]
    assert duckdb.read_parquet(files).count("*").fetchall() == [(30_000,)]
    assert [entry.path for entry in store.entries(second.id, FOLDER)] == sorted(
        shard_path(FOLDER, shard.sha256) for shard in manifest.tables["d"].shards
    )


@pytest.mark.soak
def test_memory_does_not_grow_with_rows(tmp_path: Path) -> None:
    script = Path(__file__).parents[2] / "benchmarks" / "b10_commit.py"
    small, large = (
        float(
            subprocess.run([sys.executable, str(script), "--peak", str(rows)], capture_output=True, check=True).stdout
        )
        for rows in (400_000, 1_600_000)
    )
    assert large < 1.3 * small
