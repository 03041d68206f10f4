"""fsck and gc as they are typed: what they say, and how they end."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def shard_object(root: Path) -> Path:
    """The largest object that a commit names."""
    return max((root / ".synth/store.git/objects").glob("??/*"), key=lambda path: path.stat().st_size)


@pytest.mark.usefixtures("history")
class TestUpkeep:
    def test_a_whole_store_ends_well(self, cli: Cli) -> None:
        done = cli("fsck")
        assert done.code == 0 and done.out.startswith("nothing is wrong: 2 commits")
        assert cli("fsck", "--json").json["faults"] == []

    def test_damage_ends_with_one_and_names_the_rows(self, cli: Cli, tmp_path: Path) -> None:
        path = shard_object(tmp_path)
        path.chmod(0o644)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        done = cli("fsck")
        assert done.code == 1 and "damaged  rows `" in done.out and "in commit" in done.out
        (fault,) = cli("fsck", "--json").json["faults"]
        assert not fault["mended"]

    def test_gc_says_what_would_go_and_what_went(self, cli: Cli) -> None:
        assert cli("gc", "--dry-run").out.startswith("would remove 0 objects")
        assert cli("gc", "--json").json["objects"] == 0

    def test_a_length_of_time_has_a_unit(self, cli: Cli) -> None:
        done = cli("gc", "--older-than", "two weeks")
        assert done.code == 2 and "E1120" in done.err

    def test_gc_without_git_says_so(self, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        assert shutil.which("git")
        monkeypatch.setenv("PATH", str(tmp_path))
        done = cli("gc")
        assert done.code == 2 and "E1018" in done.err
