"""fsck: finds what was touched anywhere in a store, names it as a person knows it, and mends what it has a copy of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.git.store import GitStore
from runtime.store.port import CommitRequest, Unavailable
from runtime.tables.layout import manifest_path, shard_path, table_folder
from runtime.tables.manifest_json import read_manifest
from runtime.tables.schema import INT, STR
from runtime.upkeep.fsck import Fault, Fsck
from tests.diff.builder import Builder, Version

TYPES = {"text": STR, "n": INT}
KEY = ("page", "take")


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    """Two commits of two datasets; the second changes one row."""
    made = Builder(tmp_path, cut_rows=8)
    rows = {("a", n): {"text": f"row {n}", "n": n} for n in range(40)}
    more = {**rows, ("a", 3): {"text": "other", "n": 3}}
    made.commit("main", qa=Version(tables={"qa": (TYPES, rows)}, key=KEY), other=Version(tables={}))
    made.commit("main", qa=Version(tables={"qa": (TYPES, more)}, key=KEY, rejected={("b", 1): "filter 1"}))
    return made


def faults(tmp_path: Path, mend: bool = False) -> list[Fault]:
    store = GitStore(tmp_path / "store.git", tmp_path / "cache", clock=lambda: 1_700_000_000.0)
    return list(Fsck(store, mend).faults())


def file_of(tmp_path: Path, id_: str) -> Path:
    return tmp_path / "store.git" / "objects" / id_[:2] / id_[2:]


def flip(path: Path, at: int) -> None:
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def test_a_whole_store_has_no_faults(builder: Builder, tmp_path: Path) -> None:
    check = Fsck(builder.store)
    assert list(check.faults()) == []
    assert check.look.commits == 2 and check.look.files > 6


@pytest.mark.parametrize("asked", [0, 2, 5])
def test_a_server_that_stops_answering_is_no_damage(
    builder: Builder, monkeypatch: pytest.MonkeyPatch, asked: int
) -> None:
    """Nothing is known about what could not be read; and one who is not there is not asked for each file."""
    answers = iter([True] * asked)
    read = builder.store.read

    def reads(commit: str, path: str) -> bytes:
        if next(answers, False):
            return read(commit, path)
        raise Unavailable(Diagnostic("E1040", "the server cannot be reached"))

    monkeypatch.setattr(builder.store, "read", reads)
    with pytest.raises(SynthError, match="E1040"):
        list(Fsck(builder.store).faults())


def test_every_object_that_is_touched_is_found(builder: Builder, tmp_path: Path) -> None:
    """Commits, trees, manifests, shards: one byte in the middle of each in turn."""
    objects = sorted(path for path in (tmp_path / "store.git/objects").glob("??/*") if path.stat().st_size)
    assert len(objects) > 12
    for path in objects:
        intact = path.read_bytes()
        flip(path, len(intact) // 2)
        assert faults(tmp_path), path
        path.write_bytes(intact)
    assert not faults(tmp_path)


def test_a_damaged_shard_is_told_by_its_rows(builder: Builder, tmp_path: Path) -> None:
    head = builder.store.resolve("main")
    manifest = read_manifest(builder.store.read(head, manifest_path("qa")))
    shard = manifest.tables["qa"].shards[-1]
    path = shard_path(table_folder("qa", "qa"), shard.sha256)
    flip(file_of(tmp_path, next(builder.store.entries(head, path)).id), 60)
    (found,) = faults(tmp_path)
    assert found.where == f"rows `a/{shard.first[1]}` to `a/{shard.last[1]}` of table `qa` of dataset `qa`"


def test_what_the_cache_has_is_mended(builder: Builder, tmp_path: Path) -> None:
    head = builder.store.resolve("main")
    entry = next(entry for entry in builder.store.entries(head) if entry.path.endswith(".parquet"))
    builder.store.local(head, entry.path)
    flip(file_of(tmp_path, entry.id), 60)
    assert [fault.mended for fault in faults(tmp_path)] == [False]
    assert [fault.mended for fault in faults(tmp_path, mend=True)] == [True]
    assert faults(tmp_path) == []


def test_a_manifest_that_tells_of_other_rows_is_found(builder: Builder, tmp_path: Path) -> None:
    """Nothing is damaged by git's lights: the lie is in what was committed."""
    head = builder.store.resolve("main")
    told = json.loads(builder.store.read(head, manifest_path("qa")))
    shards = told["tables"]["qa"]["shards"]
    shards[0]["rows"] += 1
    told["tables"]["qa"]["rows"] += 1
    changes = {manifest_path("qa"): json.dumps(told).encode()}
    builder.store.commit(CommitRequest(branch="lie", changes=changes, message="m", build_id="b", expected=None))
    where = {fault.where.partition(" of ")[2] for fault in faults(tmp_path)}
    assert where == {"table `qa` of dataset `qa`", "the `rejected` of dataset `qa`"}
