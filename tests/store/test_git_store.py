"""The embedded git store: the contract, and what only git promises."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pygit2
import pytest

from runtime.store.git.store import GitStore
from runtime.store.open import open_store
from runtime.store.port import Store
from tests.store.contract import StoreContract, fails, save
from tests.store.damage import flipped
from tests.store.durable import Damaging, DurableContract, Open


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path, clock=lambda: 1_700_000_000.0)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class TestGitStore(StoreContract):
    pass


class TestDurableGitStore(DurableContract):
    @pytest.fixture
    def opened(self, tmp_path: Path) -> Open:
        numbers = count()

        def open_again(cache: str = "") -> Store:
            return GitStore(tmp_path / "store.git", tmp_path / (cache or f"cache{next(numbers)}"), lambda: 1.7e9)

        return open_again

    @pytest.fixture
    def damaging(self, tmp_path: Path, opened: Open) -> Damaging:
        @contextmanager
        def damage(commit: str, path: str) -> Iterator[None]:
            (entry,) = opened().entries(commit, path)
            file = object_path(tmp_path, entry.id)
            with flipped(file, file.stat().st_size // 2, 3):
                yield

        return damage


def test_real_git_finds_nothing_wrong(store: Store, tmp_path: Path) -> None:
    save(store, "main", {f"d/{n}/é {n}": b"%d" % n * n for n in range(40)}, message="naïve\0\r\nmessage")
    first = save(store, "main", {"d/3/é 3": None, "shard": os.urandom(100_000)})
    store.tag("v1", first.id)
    folder = tmp_path / "store.git"
    assert git(folder, "fsck", "--strict", "--full").strip() == ""
    assert git(folder, "log", "-1", "--format=%at", "main").strip() == "1700000000"
    git(folder, "gc", "-q")
    assert git(folder, "fsck", "--strict", "--full").strip() == ""
    again = save(GitStore(folder, tmp_path / "cache"), "main", {"d/3/é 3": b"333"})
    assert store.read(again.id, "shard") == store.read(first.id, "shard")
    assert git(folder, "show", "main:d/3/é 3") == "333"


def test_the_store_can_be_cloned_by_git(store: Store, tmp_path: Path) -> None:
    save(store, "main", {"a/x": b"content"})
    git(tmp_path, "clone", "-q", "store.git", "clone")
    assert (tmp_path / "clone" / "a" / "x").read_bytes() == b"content"


def object_path(folder: Path, id_: str) -> Path:
    return folder / "store.git" / "objects" / id_[:2] / id_[2:]


def test_flipped_bytes_are_found_on_read(store: Store, tmp_path: Path) -> None:
    made = save(store, "main", {"a": b"precious"})
    path = object_path(tmp_path, next(store.entries(made.id)).id)
    path.chmod(0o644)
    path.write_bytes(zlib.compress(zlib.decompress(path.read_bytes()).replace(b"p", b"q"), 0))
    with fails("E1007"):
        open_store(tmp_path).read(made.id, "a")


def test_a_missing_object_is_found_on_read(store: Store, tmp_path: Path) -> None:
    made = save(store, "main", {"a": b"precious"})
    object_path(tmp_path, next(store.entries(made.id)).id).unlink()
    with fails("E1007"):
        open_store(tmp_path).local(made.id, "a")


def test_putting_an_object_again_heals_a_truncated_one(store: Store, tmp_path: Path) -> None:
    made = save(store, "main", {"a": b"precious"})
    path = object_path(tmp_path, next(store.entries(made.id)).id)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:4])
    fresh = open_store(tmp_path)
    fresh.put(b"precious")
    save(fresh, "main", {"b": b"2"})
    assert fresh.read(made.id, "a") == b"precious"


def test_a_short_file_in_the_cache_is_extracted_again(store: Store, tmp_path: Path) -> None:
    made = save(store, "main", {"a": b"precious"})
    path = store.local(made.id, "a")
    path.chmod(0o644)
    path.write_bytes(b"prec")
    assert open_store(tmp_path).local(made.id, "a").read_bytes() == b"precious"


def test_a_lock_left_by_a_dead_process_does_not_block(store: Store, tmp_path: Path) -> None:
    save(store, "main", {"a": b"1"})
    (tmp_path / "store.git/refs/heads/main.lock").touch()
    started = time.monotonic()
    made = save(store, "main", {"a": b"2"})
    assert store.head("main") == made.id
    assert time.monotonic() - started < 5


def test_a_git_process_that_moves_the_branch_is_not_written_over(store: Store, tmp_path: Path) -> None:
    first = save(store, "main", {"a": b"1"})
    second = save(store, "main", {"a": b"2"}, "x")
    git(tmp_path / "store.git", "update-ref", "refs/heads/main", first.id)
    with fails("E1004"):
        save(store, "main", {"a": b"3"}, "y", expected=second.id)


def test_an_ambiguous_short_id_is_told(store: Store, tmp_path: Path) -> None:
    """Commits differ in their build id alone, until two share four digits."""
    seen: set[str] = set()
    for n in range(2_000):
        id_ = save(store, "main", {"a": b"%d" % n}, f"b{n}").id
        if id_[:4] in seen:
            with fails("E1006"):
                store.resolve(id_[:4])
            return
        seen.add(id_[:4])
    raise AssertionError("no two of 2,000 ids share four digits")


def test_a_commit_by_another_tool_can_be_read(store: Store, tmp_path: Path) -> None:
    made = save(store, "main", {"a": b"1"})
    repository = pygit2.Repository(str(tmp_path / "store.git"))
    who = pygit2.Signature("Ada", "ada@example.org", 1, 120)
    tree = repository[made.id].peel(pygit2.Tree).id
    repository.create_commit("refs/heads/main", who, who, "by hand\n", tree, [pygit2.Oid(hex=made.id)])
    latest = store.log("main")[0]
    assert (latest.message, latest.build_id, latest.author) == ("by hand", None, "Ada <ada@example.org>")


def test_a_folder_that_is_no_store_is_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "store.git").write_text("a file")
    with fails("E1016"):
        open_store(tmp_path)


def test_without_a_git_identity_commits_are_by_synth(store: Store, tmp_path: Path) -> None:
    code = (
        "import pygit2, sys; from pygit2.enums import Option, ConfigLevel\n"
        "for level in (ConfigLevel.GLOBAL, ConfigLevel.XDG, ConfigLevel.SYSTEM):\n"
        "    pygit2.option(Option.SET_SEARCH_PATH, level, '/nowhere')\n"
        "from pathlib import Path; from runtime.store.open import open_store\n"
        "from runtime.store.port import CommitRequest\n"
        "s = open_store(Path(sys.argv[1]))\n"
        "request = CommitRequest(branch='x', changes={}, message='m', build_id='b', expected=None)\n"
        "print(s.commit(request).author)"
    )
    out = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "synth <synth@localhost>"
