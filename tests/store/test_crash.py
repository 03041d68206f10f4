"""Processes that are killed, and processes that compete: the branch is always at a whole commit, and none is lost."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runtime.store.open import open_store
from runtime.store.port import Store
from tests.store.contract import save

WRITER = Path(__file__).with_name("writer.py")


def start(state: Path, name: str, commits: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), str(state), name, str(commits)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


def check_whole(store: Store) -> None:
    """Every commit of the branch holds exactly the files of its writers' counters, each with its content."""
    head = store.head("main")
    if head is None:
        return
    for entry in store.entries(head):
        _, writer, number = entry.path.split("/")
        assert store.read(head, entry.path) == f"{writer} {number}".encode() * 500
    per_commit = [int(commit.metadata["files"]) for commit in store.log("main") if "files" in commit.metadata]
    assert len(list(store.entries(head))) == sum(per_commit)


def killed_at_random(tmp_path: Path, times: int) -> None:
    rng = random.Random(times)
    for n in range(times):
        process = start(tmp_path, f"w{n}", 100_000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(rng.uniform(0, 0.15))
        process.kill()
        process.wait()
        store = open_store(tmp_path)
        check_whole(store)
        save(store, "main", {}, f"after {n}")
    fsck = ["git", "-C", str(tmp_path / "store.git"), "fsck", "--strict", "--full"]
    found = subprocess.run(fsck, capture_output=True, text=True, check=True)
    assert [line for line in (found.stdout + found.stderr).splitlines() if not line.startswith("dangling")] == []


def test_a_killed_writer_leaves_the_branch_at_a_whole_commit(tmp_path: Path) -> None:
    killed_at_random(tmp_path, 8)


@pytest.mark.soak
def test_two_hundred_killed_writers(tmp_path: Path) -> None:
    killed_at_random(tmp_path, 200)


def test_writers_that_compete_lose_nothing(tmp_path: Path) -> None:
    processes = [start(tmp_path, f"w{n}", 15) for n in range(4)]
    assert [process.wait(60) for process in processes] == [0] * 4
    store = open_store(tmp_path)
    assert len(store.log("main")) == 60
    check_whole(store)
