"""A table is edited run by run, and is afterwards what writing all of its rows anew would have given."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from runtime.tables.editing import edit_table
from runtime.tables.keys import Key
from runtime.tables.layout import shard_path
from runtime.tables.manifest import Shard, TableManifest
from runtime.tables.schema import BOOL, FLOAT, INT, JSON, STR, Schema, list_of, optional, record_of, schema
from tests.tables.memory_store import FOLDER, MemoryStore

KEYS = st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 30))
ROWS = st.fixed_dictionaries({"text": st.text(st.characters(codec="utf-8"), max_size=60), "n": st.integers(-9, 9)})
NESTED = schema(
    {
        "scores": list_of(FLOAT),
        "person": record_of({"name": STR, "ages": list_of(INT)}),
        "any": optional(JSON),
        "share": FLOAT,
        "good": optional(BOOL),
    }
)


class Edits(MemoryStore):
    def edit(
        self, table: TableManifest, changes: dict[Key, Any], folder: Path, cut_rows: int = 4, part_bytes: int = 1 << 20
    ) -> tuple[TableManifest, set[str]]:
        """The edited table, and the names of the shards that were read to cut them anew or to count."""
        read: set[str] = set()

        def local(shard: Shard) -> Path:
            path = folder / f"{shard.sha256}.parquet"
            path.write_bytes(self.paths[shard_path(FOLDER, shard.sha256)])
            read.add(shard.sha256)
            return path

        before = set(self.objects)
        made = edit_table(table, FOLDER, self.put, local, changes, cut_rows=cut_rows, part_bytes=part_bytes)
        self.paths |= {path: self.objects[id_] for path, id_ in made.changes.items() if id_ is not None}
        assert {id_ for id_ in made.changes.values() if id_ is not None} == set(self.objects) - before
        return made.table, read


def after(rows: dict[Key, Any], changes: dict[Key, Any]) -> dict[Key, Any]:
    return {key: row for key, row in (rows | changes).items() if row is not None}


@given(
    st.dictionaries(KEYS, ROWS, max_size=80),
    st.dictionaries(KEYS, st.none() | ROWS, max_size=20),
    st.data(),
    st.sampled_from([60, 300, 1 << 20]),
)
def test_an_edited_table_is_the_table_written_whole(
    rows: dict[Key, Any], changes: dict[Key, Any], data: st.DataObject, part_bytes: int
) -> None:
    if rows:
        changes = changes | dict.fromkeys(data.draw(st.lists(st.sampled_from(sorted(rows)), max_size=20)))
    store = Edits()
    first = store.write(rows, part_bytes=part_bytes)
    with tempfile.TemporaryDirectory() as folder:
        edited, _ = store.edit(first, changes, Path(folder), part_bytes=part_bytes)
        back = {key: rows.get(key) for key in changes}
        undone, _ = store.edit(edited, back, Path(folder), part_bytes=part_bytes)
    assert edited == MemoryStore().write(after(rows, changes), part_bytes=part_bytes)
    assert undone == first


def many(count: int) -> dict[Key, Any]:
    return {(n,): {"text": f"text {n}", "n": n} for n in range(count)}


def test_only_the_run_of_an_edited_row_is_written_again(tmp_path: Path) -> None:
    store = Edits()
    first = store.write(many(2_000), cut_rows=64)
    put = len(store.objects)
    edited, _ = store.edit(first, {(700,): {"text": "edited", "n": 1}}, tmp_path, cut_rows=64)
    assert len(first.shards) > 10 and len(store.objects) == put + 1
    assert len(set(first.shards) - set(edited.shards)) == 1


def test_no_change_reads_and_writes_nothing(tmp_path: Path) -> None:
    store = Edits()
    first = store.write(many(50))
    edited, read = store.edit(first, {}, tmp_path)
    assert edited is first and not read


def test_columns_of_every_type_keep_their_rows_when_others_are_edited(tmp_path: Path) -> None:
    def row(n: int) -> dict[str, Any]:
        person = {"name": f"nameless {n}", "ages": [n, n + 1]}
        return {"scores": [n / 7, 0.5], "person": person, "any": {"n": [n, None]}, "share": n / 3, "good": None}

    rows: dict[Key, Any] = {(n,): row(n) for n in range(100)}
    store = Edits()
    first = store.write(rows, of=NESTED)
    changes: dict[Key, Any] = {(5,): row(1005), (50,): None, (200,): row(200)}
    edited, _ = store.edit(first, changes, tmp_path)
    assert edited == MemoryStore().write(after(rows, changes), of=NESTED)


def test_a_table_without_columns_can_be_edited(tmp_path: Path) -> None:
    none = Schema(())
    store = Edits()
    edited, _ = store.edit(store.write({(1,): {}, (2,): {}}, of=none), {(2,): None, (3,): {}}, tmp_path)
    assert edited == MemoryStore().write({(1,): {}, (3,): {}}, of=none)
