"""gc: what no name leads to goes once it is old, and nothing else does."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from runtime.store.git import collect
from runtime.store.git.store import GitStore
from runtime.store.port import ObjectId
from tests.store.contract import save

WEEK = 7 * 86_400.0


def opened(tmp_path: Path, ahead: float = 0.0) -> GitStore:
    """A store whose clock goes `ahead` seconds: what is written now is so old to it."""
    return GitStore(tmp_path / "store.git", tmp_path / "cache", clock=lambda: time.time() + ahead)


def is_there(tmp_path: Path, id_: ObjectId) -> bool:
    return (tmp_path / "store.git/objects" / id_[:2] / id_[2:]).exists()


def test_what_a_branch_led_to_goes_when_it_is_old(tmp_path: Path) -> None:
    store = opened(tmp_path)
    kept = save(store, "main", {"a": b"kept"})
    store.create_branch("tone", kept.id)
    gone = save(store, "tone", {"a": b"gone"})
    entry = next(store.entries(gone.id))
    store.local(gone.id, "a")
    store.delete_branch("tone")
    assert opened(tmp_path, WEEK - 60).collect(WEEK).objects == 0
    later = opened(tmp_path, WEEK + 60)
    assert later.collect(WEEK, dry_run=True).objects == 3 and is_there(tmp_path, entry.id)
    found = later.collect(WEEK)
    assert found.objects == 3 and found.cached == 1 and found.size > 0 and not is_there(tmp_path, entry.id)
    assert later.read(kept.id, "a") == b"kept"
    assert later.collect(WEEK).objects == 0


def test_an_old_object_that_is_put_again_is_not_garbage(tmp_path: Path) -> None:
    store = opened(tmp_path)
    id_ = store.put(b"of a build that was stopped")
    save(store, "main", {"a": b"1"})
    path = tmp_path / "store.git/objects" / id_[:2] / id_[2:]
    old = time.time() - 2 * WEEK
    subprocess.run(["touch", "-d", f"@{old}", str(path)], check=True)
    assert opened(tmp_path).collect(WEEK, dry_run=True).objects == 1
    again = opened(tmp_path)
    again.put(b"of a build that was stopped")
    assert opened(tmp_path).collect(WEEK).objects == 0
    made = save(again, "main", {"b": id_})
    assert again.read(made.id, "b") == b"of a build that was stopped"


def test_a_long_history_is_packed_and_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "ENOUGH", 50)
    store = opened(tmp_path)
    made = [save(store, "main", {f"d/{n}": b"%d" % n * 1000}, f"b{n}") for n in range(20)]
    packed = store.collect(WEEK).packed
    assert packed > 50
    for n, commit in enumerate(made):
        assert store.read(commit.id, f"d/{n}") == b"%d" % n * 1000
    after = save(store, "main", {"d/0": b"new"}, "after")
    assert opened(tmp_path).read(after.id, "d/19") == b"19" * 1000
