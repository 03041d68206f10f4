"""What every store promises across processes, lost answers and damage: a store's test module subclasses it.

`opened` opens the test's repository anew, as another process does that has nothing but the place, and a cache of its
own or the one that is named. `damaging` gives a context in which the stored bytes of one file are not what they were.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from runtime.store.port import BranchMoved, CommitId, CommitRequest, Store
from tests.store.contract import fails, save


class Open(Protocol):
    def __call__(self, cache: str = "") -> Store: ...


Damaging = Callable[[CommitId, str], AbstractContextManager[None]]
"""Takes a commit and a path."""


class DurableContract:
    """The repository is empty at the start of each test."""

    def test_what_was_committed_is_there_for_another_process(self, opened: Open, tmp_path: Path) -> None:
        first = opened()
        (tmp_path / "shard").write_bytes(b"\x00\xff" * 1000)
        made = save(first, "main", {"a/b": b"1", "é %": first.put(tmp_path / "shard")}, metadata={"k": "v"})
        first.create_branch("tone", made.id)
        first.tag("v1", made.id)
        other = opened()
        assert other.get(made.id) == made and other.log("main") == [made]
        assert (dict(other.branches()), dict(other.tags())) == ({"main": made.id, "tone": made.id}, {"v1": made.id})
        assert other.local(made.id, "é %").read_bytes() == other.read(made.id, "é %") == b"\x00\xff" * 1000

    def test_two_open_stores_see_what_the_other_does(self, opened: Open) -> None:
        one, two = opened(), opened()
        assert two.head("main") is None and dict(two.branches()) == {}
        made = save(one, "main", {"a": b"1"})
        assert two.head("main") == two.resolve("main") == made.id
        later = save(two, "main", {"a": b"2"}, "later")
        assert one.head("main") == later.id and one.read(later.id, "a") == b"2"
        two.create_branch("tone", made.id)
        assert one.resolve("tone") == made.id
        one.delete_branch("tone")
        assert two.head("tone") is None
        two.create_branch("tone", later.id)
        assert one.resolve("tone~1") == made.id

    def test_of_two_commits_on_one_head_the_second_is_refused(self, opened: Open) -> None:
        one, two = opened(), opened()
        base = save(one, "main", {"a": b"1"})
        made = save(one, "main", {"a": b"2"}, "one", expected=base.id)
        with pytest.raises(BranchMoved) as caught:
            save(two, "main", {"b": b"2"}, "two", expected=base.id)
        assert caught.value.head == made.id
        again = save(two, "main", {"b": b"2"}, "two", expected=made.id)
        assert two.read(again.id, "a") == b"2" and [commit.id for commit in one.log("main")] == [
            again.id,
            made.id,
            base.id,
        ]

    def test_a_request_sent_again_by_another_process_finds_its_commit(self, opened: Open) -> None:
        base = save(opened(), "main", {"a": b"1"})
        request = CommitRequest(
            branch="main", changes={"a": b"2"}, message="m", build_id="answer lost", expected=base.id
        )
        made = opened().commit(request)
        assert opened().commit(request) == made
        save(opened(), "main", {"b": b"1"}, "after")
        assert opened().commit(request) == made
        assert [commit.build_id for commit in opened().log("main")] == ["after", "answer lost", "b"]

    def test_a_merge_sent_again_is_made_once(self, opened: Open) -> None:
        store = opened()
        base = save(store, "main", {"a": b"1"})
        store.create_branch("tone", base.id)
        theirs, ours = save(store, "tone", {"b": b"1"}, "theirs"), save(store, "main", {"c": b"1"}, "ours")
        request = CommitRequest(
            branch="main",
            changes={"b": b"1"},
            message="m",
            build_id="merge",
            expected=ours.id,
            merged=theirs.id,
        )
        made = opened().commit(request)
        assert opened().commit(request) == made and made.parents == (ours.id, theirs.id)
        assert opened().head("main") == made.id

    def test_another_request_of_the_same_words_is_another_commit(self, opened: Open) -> None:
        """Only the build id says that two requests are one."""
        request = CommitRequest(branch="main", changes={"a": b"1"}, message="m", build_id="x", expected=None)
        made = opened().commit(request)
        with pytest.raises(BranchMoved):
            opened().commit(replace(request, build_id="y"))
        assert opened().head("main") == made.id

    def test_damaged_bytes_are_told_with_their_commit_and_path(self, opened: Open, damaging: Damaging) -> None:
        made = save(opened(), "main", {"a/b": b"precious " * 100, "c": b"other"})
        with damaging(made.id, "a/b"):
            store = opened()
            for read in (store.read, store.local):
                with fails("E1007") as caught:
                    read(made.id, "a/b")
                notes = "\n".join(caught.value.diagnostics[0].notes)
                assert made.id[:10] in notes and "a/b" in notes
            assert store.read(made.id, "c") == b"other"

    def test_a_damaged_local_copy_is_made_good(self, opened: Open) -> None:
        made = save(opened(), "main", {"a": b"precious " * 100})
        path = opened("shared").local(made.id, "a")
        path.chmod(0o644)
        path.write_bytes(b"precise! " * 100)
        assert opened("shared").local(made.id, "a") == path
        assert path.read_bytes() == b"precious " * 100
