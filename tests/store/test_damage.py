"""Any byte of what the git store keeps is flipped: a reader gets right data, or is told what is damaged."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from runtime.store.git.objects import object_id
from runtime.store.git.store import GitStore
from runtime.store.port import Store
from tests.store.damage import Contents, Damage, build_twice, check_named, everything, places

SEED = 4


class Kept:
    """A store with two commits, what is in it, and which file holds what."""

    def __init__(self, root: Path) -> None:
        build_twice(root, '[store]\nkind = "git"\npath = "data.git"\n')
        self.root, self.folder = root, root / "data.git"
        self.whole: list[Contents] = everything(self.open())
        self.paths = dict(self._paths())
        self.commits = [commit.id for commit in self.open().log("main")]

    def open(self) -> Store:
        """With no extracted file at hand."""
        shutil.rmtree(self.root / "cache", ignore_errors=True)
        return GitStore(self.folder, self.root / "cache")

    def _paths(self) -> Iterator[tuple[str, str]]:
        """Object id and path of every file of every commit."""
        store = self.open()
        for commit in store.log("main"):
            for entry in store.entries(commit.id):
                yield object_id("blob", store.read(commit.id, entry.path)), entry.path

    @property
    def objects(self) -> list[Path]:
        return sorted(file for file in (self.folder / "objects").glob("??/*") if file.is_file())

    def path_of(self, object_file: Path) -> str | None:
        """The path in a commit; None for a folder's object and a commit's."""
        return self.paths.get(object_file.parent.name + object_file.name)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("damage") / "project")


def check_told(kept: Kept, damage: Damage) -> None:
    for reader, told in damage.heard(kept.open, kept.whole).items():
        check_named(reader, told, kept.path_of(damage.file) or "", kept.commits)


def test_a_flipped_byte_of_any_object_is_told_with_commit_dataset_and_keys(kept: Kept) -> None:
    shards = [file for file in kept.objects if (kept.path_of(file) or "").endswith(".parquet")]
    assert len(shards) > 3 and len(kept.objects) > 30
    for damage in places(kept.objects, 1, Random(SEED)):
        check_told(kept, damage)


def test_an_object_that_does_not_say_where_it_ends_is_told_at_once(kept: Kept) -> None:
    """The lowest bit of the third byte marks the last block; without it libgit2 may read on for ever."""
    held = [file for file in kept.objects if kept.path_of(file) is not None and file.read_bytes()[2] & 1]
    assert len(held) > 3
    for file in held:
        check_told(kept, Damage(file, 2, 0))


@pytest.mark.soak
def test_many_flipped_bytes_of_every_object(kept: Kept) -> None:
    for damage in places(kept.objects, 6, Random(SEED)):
        check_told(kept, damage)


def test_a_flipped_byte_of_a_ref_never_gives_wrong_data(kept: Kept) -> None:
    for file in (kept.folder / "refs" / "heads" / "main", kept.folder / "HEAD"):
        for damage in places([file], 6, Random(SEED)):
            for told in damage.heard(kept.open, kept.whole).values():
                assert told.code in ("E1001", "E1007", "E1016"), f"{damage}: {told}"


def test_a_flipped_byte_of_an_extracted_file_is_made_good(kept: Kept) -> None:
    everything(kept.open())
    for damage in places(sorted((kept.root / "cache").rglob("*.parquet")), 1, Random(SEED)):
        assert damage.heard(lambda: GitStore(kept.folder, kept.root / "cache"), kept.whole) == {}
