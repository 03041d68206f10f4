"""A store whose bytes were touched: reading says which rows of what, in which commit, and never gives other data."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.diff import diff
from runtime.query import query
from runtime.query.catalog import manifest_at
from runtime.store.open import open_store
from runtime.tables.layout import manifest_path, shard_path, table_folder
from runtime.tables.schema import STR
from tests.diff.builder import Builder, Version
from tests.store.test_git_store import object_path

TYPES = {"text": STR}
ROWS = {("a", n): {"text": f"row {n}"} for n in range(40)}


def built(tmp_path: Path) -> tuple[Builder, str]:
    builder = Builder(tmp_path, cut_rows=8)
    key = ("page", "take")
    return builder, builder.commit("main", qa=Version(tables={"qa": (TYPES, ROWS)}, key=key))


def spoil(tmp_path: Path, id_: str) -> None:
    path = object_path(tmp_path, id_)
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(data)


def test_damage_names_the_dataset_the_commit_and_the_rows(tmp_path: Path) -> None:
    builder, commit = built(tmp_path)
    manifest = manifest_at(builder.store, commit, "qa")
    assert manifest is not None
    shard = manifest.tables["qa"].shards[1]
    path = shard_path(table_folder("qa", "qa"), shard.sha256)
    spoil(tmp_path, next(builder.store.entries(commit, path)).id)
    fresh = open_store(tmp_path)
    with pytest.raises(SynthError, match=r"^E1007") as caught:
        list(diff(fresh, None, commit, "qa").rows())
    first, last = f"a/{shard.first[1]}", f"a/{shard.last[1]}"
    assert f"rows `{first}` to `{last}` of table `qa` of dataset `qa`, in commit {commit[:10]}" in str(caught.value)


def test_a_damaged_manifest_names_its_dataset_and_commit(tmp_path: Path) -> None:
    builder, commit = built(tmp_path)
    spoil(tmp_path, next(builder.store.entries(commit, manifest_path("qa"))).id)
    with pytest.raises(SynthError, match=r"^E1007") as caught:
        query(open_store(tmp_path), "select * from qa")
    assert f"the manifest of dataset `qa`, in commit {commit[:10]}" in str(caught.value)
