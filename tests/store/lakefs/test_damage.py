"""Any byte of what a lakeFS server keeps for a repository is flipped: a reader gets right data, or is told.

Needs a server of this machine with the local block adapter, and where its blocks lie: the folder that holds one folder
for each repository's storage namespace.
"""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from runtime.config.project import Project
from runtime.store.open import project_store
from runtime.store.port import Store
from tests.store.damage import Contents, Damage, build_twice, check_named, everything, places
from tests.store.lakefs.live import AVAILABLE, WHY
from tests.store.lakefs.project import store_section

BLOCKS = os.environ.get("SYNTH_TEST_LAKEFS_BLOCKS")
NEEDS = "not run: needs a lakeFS server of this machine (SYNTH_TEST_LAKEFS_BLOCKS, the folder of its blocks)"
pytestmark = [
    pytest.mark.skipif(not AVAILABLE, reason=WHY),
    pytest.mark.skipif(AVAILABLE and not BLOCKS, reason=NEEDS),
]
SEED = 4


class Kept:
    """A repository with two commits, what is in it, and which file of the server holds what."""

    def __init__(self, root: Path, section: str) -> None:
        build_twice(root, section)
        self.project = Project.find(root)
        self.blocks = Path(str(BLOCKS)) / str(self.project.config.store.repository)
        self.whole: list[Contents] = everything(self.open())
        self.commits = [commit.id for commit in self.open().log("main")]
        self.paths = {
            sha256(data).hexdigest(): name.split(" ", 1)[1]
            for name, data in self.whole[2].items()
            if isinstance(data, bytes)
        }

    @property
    def cache(self) -> Path:
        return self.project.state_dir / "cache"

    def open(self) -> Store:
        """With no local copy at hand."""
        shutil.rmtree(self.cache, ignore_errors=True)
        return project_store(self.project)

    @property
    def objects(self) -> dict[Path, str]:
        """The file of every object that a reader sees, with its path in a commit."""
        files = [file for file in (self.blocks / "data").rglob("*") if file.is_file()]
        found = {file: self.paths.get(sha256(file.read_bytes()).hexdigest()) for file in sorted(files)}
        return {file: path for file, path in found.items() if path is not None}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    with pytest.MonkeyPatch.context() as patch:
        section = store_section(patch)
        return Kept(tmp_path_factory.mktemp("damage") / "project", section)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    store_section(monkeypatch)


def check_told(kept: Kept, damage: Damage, path: str) -> bool:
    """Whether there was something to tell."""
    found = damage.heard(kept.open, kept.whole)
    for reader, told in found.items():
        check_named(reader, told, path, kept.commits)
    return bool(found)


def test_a_flipped_byte_of_any_object_is_told_with_commit_dataset_and_keys(kept: Kept) -> None:
    """Of objects that several uploads hold, a reader sees one: at least half of the files are read."""
    objects = kept.objects
    assert sum(path.endswith(".parquet") for path in objects.values()) > 3
    told = [check_told(kept, damage, objects[damage.file]) for damage in places(list(objects), 1, Random(SEED))]
    assert sum(told) > len(told) / 2


def test_a_flipped_byte_of_the_servers_own_index_never_gives_wrong_data(kept: Kept) -> None:
    """The server reads it with checksums, or has a copy in its cache."""
    files = sorted(file for file in (kept.blocks / "_lakefs").rglob("*") if file.is_file() and file.name != "dummy")
    assert files
    for damage in places(files, 1, Random(SEED)):
        for told in damage.heard(kept.open, kept.whole).values():
            assert told.code in ("E1007", "E1052"), f"{damage}: {told}"


def test_a_flipped_byte_of_a_local_copy_is_made_good(kept: Kept) -> None:
    everything(kept.open())
    files = [file for file in kept.cache.rglob("*.parquet") if file.is_file()]
    assert len(files) > 3
    for damage in places(sorted(files), 1, Random(SEED)):
        assert damage.heard(lambda: project_store(kept.project), kept.whole) == {}
