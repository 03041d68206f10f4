"""What every store promises, written against the port alone: a store's test module subclasses it and gives `store`."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.store.port import BLOB_LIMIT, FILE_LIMIT, BranchMoved, Change, Commit, CommitId, CommitRequest, Store


def save(store: Store, branch: str, changes: dict[str, Change], build_id: str = "b", **more: object) -> Commit:
    """One commit on top of the branch's head."""
    request = {"message": "a build", "expected": store.head(branch)} | more
    return store.commit(CommitRequest(branch=branch, changes=changes, build_id=build_id, **request))  # type: ignore[arg-type]


def fails(code: str) -> pytest.RaisesExc[SynthError]:
    return pytest.raises(SynthError, match=rf"^{code}:")


class StoreContract:
    """`store` is empty at the start of each test."""

    def test_an_empty_store_has_no_names(self, store: Store) -> None:
        assert store.head("main") is None
        assert dict(store.branches()) == {} and dict(store.tags()) == {}
        with fails("E1001"):
            store.resolve("main")

    def test_a_commit_holds_the_files_before_it_and_its_own(self, store: Store) -> None:
        first = save(store, "main", {"a/x": b"1", "a/y": b"2"})
        second = save(store, "main", {"a/y": None, "b": b"3"})
        assert [entry.path for entry in store.entries(second.id)] == ["a/x", "b"]
        assert store.read(second.id, "a/x") == b"1"
        assert store.read(first.id, "a/y") == b"2"
        assert store.head("main") == second.id and second.parents == (first.id,)

    def test_a_commit_keeps_message_metadata_and_build(self, store: Store) -> None:
        message = "Refunds, warmer\n\nSynth-Metadata: not really"
        made = save(store, "main", {"a": b"1"}, "build-7", message=message, metadata={"tokens": "12", "host": "ü\nx"})
        read = store.get(made.id)
        assert read == made
        assert (read.message, read.build_id, dict(read.metadata)) == (
            message,
            "build-7",
            {"tokens": "12", "host": "ü\nx"},
        )
        assert read.time.utcoffset() is not None

    def test_objects_that_were_put_can_be_named(self, store: Store, tmp_path: Path) -> None:
        (tmp_path / "shard").write_bytes(b"from a file")
        made = save(store, "main", {"a": store.put(b"bytes"), "b": store.put(tmp_path / "shard")})
        assert store.read(made.id, "a") == b"bytes"
        assert store.read(made.id, "b") == b"from a file"
        assert [(entry.path, entry.size) for entry in store.entries(made.id)] == [("a", 5), ("b", 11)]

    def test_local_files_hold_the_same_bytes_and_keep_their_suffix(self, store: Store) -> None:
        made = save(store, "main", {"t/a.parquet": b"rows"})
        path = store.local(made.id, "t/a.parquet")
        assert path.read_bytes() == b"rows" and path.suffix == ".parquet"
        assert store.local(made.id, "t/a.parquet") == path

    def test_an_object_above_the_limit_is_refused(self, store: Store) -> None:
        assert store.put(bytes(BLOB_LIMIT))
        with fails("E1008"):
            store.put(bytes(BLOB_LIMIT + 1))

    def test_a_file_of_a_commit_may_be_larger_than_an_object_that_is_put(self, store: Store) -> None:
        """A manifest grows with the shards it names, and is none itself."""
        made = save(store, "main", {"large": bytes(BLOB_LIMIT + 1)})
        assert len(store.read(made.id, "large")) == BLOB_LIMIT + 1
        with fails("E1008"):
            save(store, "main", {"larger": bytes(FILE_LIMIT + 1)}, expected=made.id)
        assert store.head("main") == made.id

    def test_a_commit_on_a_moved_branch_changes_nothing(self, store: Store) -> None:
        first = save(store, "main", {"a": b"1"})
        second = save(store, "main", {"a": b"2"}, "other")
        with pytest.raises(BranchMoved) as caught:
            save(store, "main", {"a": b"3"}, expected=first.id)
        assert caught.value.head == second.id == store.head("main")
        assert caught.value.diagnostics[0].code == "E1004"
        with pytest.raises(BranchMoved):
            save(store, "main", {"a": b"3"}, "new", expected=None)

    def test_a_repeated_commit_is_made_once(self, store: Store) -> None:
        first = save(store, "main", {"a": b"1"}, "one")
        second = save(store, "main", {"a": b"2"}, "two")
        save(store, "main", {"a": b"3"}, "three")
        assert save(store, "main", {"a": b"2"}, "two", expected=first.id) == second
        assert save(store, "main", {"a": b"1"}, "one", expected=None) == first
        assert [commit.build_id for commit in store.log("main")] == ["three", "two", "one"]

    def test_changes_that_change_nothing_make_no_commit(self, store: Store) -> None:
        made = save(store, "main", {"a": b"1"})
        assert save(store, "main", {"a": b"1", "never": None}, "again") == made

    def test_refs_resolve(self, store: Store) -> None:
        ids = [save(store, "main", {"a": b"%d" % n}, f"b{n}").id for n in range(4)]
        store.create_branch("tone", ids[2])
        store.tag("v1.0", ids[1])
        assert store.resolve("main") == store.resolve(ids[3]) == store.resolve(ids[3][:12]) == ids[3]
        assert store.resolve("main~1") == store.resolve("main~") == store.resolve("tone") == ids[2]
        assert store.resolve("tone~1") == store.resolve("v1.0") == store.resolve("main~1~1") == ids[1]
        assert store.resolve("main~0") == ids[3]
        assert dict(store.branches()) == {"main": ids[3], "tone": ids[2]} and dict(store.tags()) == {"v1.0": ids[1]}

    def test_unknown_refs_name_the_nearest(self, store: Store) -> None:
        save(store, "main", {"a": b"1"})
        with fails("E1001") as caught:
            store.resolve("mian")
        assert caught.value.diagnostics[0].help == "did you mean `main`?"
        with fails("E1001"):
            store.resolve("0123456789")
        with fails("E1005"):
            store.resolve("main~1")

    @pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", "ü", "a.b", "HEAD", "x" * 300, "a~1"])
    def test_names_outside_the_grammar_are_refused(self, store: Store, name: str) -> None:
        made = save(store, "main", {"a": b"1"})
        with fails("E1002"):
            store.create_branch(name, made.id)
        with fails("E1002"):
            save(store, name, {"a": b"1"}, expected=None)

    @pytest.mark.parametrize("name", ["", ".v", "v..1", "v.", "a/b", "v.lock", "main"])
    def test_tags_have_a_grammar_too(self, store: Store, name: str) -> None:
        with fails("E1002"):
            store.tag(name, save(store, "main", {"a": b"1"}).id)

    def test_a_name_is_made_once_and_a_tag_never_moves(self, store: Store) -> None:
        first, second = save(store, "main", {"a": b"1"}), save(store, "main", {"a": b"2"})
        with fails("E1003"):
            store.create_branch("main", first.id)
        store.tag("v1", first.id)
        store.tag("v1", first.id)
        with fails("E1003"):
            store.tag("v1", second.id)

    def test_a_name_is_a_branch_or_a_tag_and_never_both(self, store: Store) -> None:
        made = save(store, "main", {"a": b"1"})
        store.create_branch("tone", made.id)
        store.tag("v1", made.id)
        with fails("E1003"):
            store.tag("tone", made.id)
        with fails("E1003") as caught:
            store.create_branch("v1", made.id)
        assert caught.value.diagnostics[0].notes == (f"at {made.id}",)
        with fails("E1003"):
            save(store, "v1", {"a": b"2"}, expected=None)
        assert (set(store.branches()), set(store.tags())) == ({"main", "tone"}, {"v1"})
        store.delete_branch("tone")
        store.tag("tone", made.id)

    def test_a_deleted_branch_leaves_its_commits(self, store: Store) -> None:
        made = save(store, "main", {"a": b"1"})
        store.create_branch("tone", made.id)
        other = save(store, "tone", {"a": b"2"})
        store.delete_branch("tone")
        assert store.head("tone") is None and store.read(other.id, "a") == b"2"
        with fails("E1001"):
            store.delete_branch("tone")

    def test_changed_finds_what_differs_below_a_folder(self, store: Store) -> None:
        a = save(store, "main", {"d/x/1": b"1", "d/x/2": b"2", "d/y/1": b"1", "e": b"1"})
        b = save(store, "main", {"d/x/1": b"one", "d/x/2": None, "d/x/3": b"3", "e": b"2"})
        found = store.changed(a.id, b.id, "d")
        assert [entry.path for entry in found.added] == ["d/x/3"]
        assert [entry.path for entry in found.removed] == ["d/x/2"]
        assert [(pair.before.path, pair.before.size, pair.after.size) for pair in found.changed] == [("d/x/1", 1, 3)]
        assert [pair.after.path for pair in store.changed(a.id, b.id).changed] == ["d/x/1", "e"]
        assert not store.changed(a.id, b.id, "d/y") and not store.changed(a.id, a.id)
        assert [entry.path for entry in store.changed(None, a.id).added] == ["d/x/1", "d/x/2", "d/y/1", "e"]

    def test_what_is_removed_below_a_file_was_never_there(self, store: Store) -> None:
        made = save(store, "main", {"a": b"1", "b": b"1"})
        assert save(store, "main", {"a/x": None, "a/y/z": None}, "again") == made

    def test_removing_a_folder_removes_all_below_it(self, store: Store) -> None:
        save(store, "main", {"a/x": b"1", "a/y/z": b"1", "a.b": b"1", "ab": b"1"})
        made = save(store, "main", {"a": None}, "again")
        assert [entry.path for entry in store.entries(made.id)] == ["a.b", "ab"]

    def test_a_file_may_become_a_folder(self, store: Store) -> None:
        a = save(store, "main", {"x": b"1"})
        b = save(store, "main", {"x/y": b"2"})
        assert [entry.path for entry in store.entries(b.id)] == ["x/y"]
        found = store.changed(a.id, b.id)
        assert [entry.path for entry in found.removed + found.added] == ["x", "x/y"]

    def test_entries_below_a_prefix(self, store: Store) -> None:
        made = save(store, "main", {"a/x": b"1", "a.b": b"2", "ab": b"3"})
        assert [entry.path for entry in store.entries(made.id)] == ["a.b", "a/x", "ab"]
        assert [entry.path for entry in store.entries(made.id, "a/")] == ["a/x"]
        assert [entry.path for entry in store.entries(made.id, "ab")] == ["ab"]
        assert list(store.entries(made.id, "nothing")) == []

    def test_a_missing_file_is_a_diagnostic(self, store: Store) -> None:
        made = save(store, "main", {"a/x": b"1"})
        for path in ("a", "a/y", "a/x/z"):
            with fails("E1011"):
                store.read(made.id, path)
            with fails("E1011"):
                store.local(made.id, path)

    def test_a_merge_has_two_parents_and_a_base(self, store: Store) -> None:
        base = save(store, "main", {"a": b"1"})
        store.create_branch("tone", base.id)
        theirs = save(store, "tone", {"b": b"2"})
        ours = save(store, "main", {"c": b"3"})
        assert store.merge_base(ours.id, theirs.id) == base.id
        merged = save(store, "main", {"b": b"2"}, merged=theirs.id)
        assert merged.parents == (ours.id, theirs.id)
        assert store.merge_base(merged.id, theirs.id) == theirs.id
        assert store.log("main", 1)[0].id == merged.id
        assert {commit.id for commit in store.log("main")} == {base.id, theirs.id, ours.id, merged.id}

    def test_a_merge_that_brings_nothing_new_is_still_recorded(self, store: Store) -> None:
        base = save(store, "main", {"a": b"1"})
        store.create_branch("tone", base.id)
        theirs = save(store, "tone", {"b": b"2"})
        merged = save(store, "main", {}, merged=theirs.id)
        assert merged.parents == (base.id, theirs.id)

    def test_unrelated_histories_have_no_base(self, store: Store) -> None:
        ids: list[CommitId] = [save(store, name, {name: b"1"}).id for name in ("main", "other")]
        assert store.merge_base(*ids) is None

    def test_a_commit_can_be_undone_by_its_changes(self, store: Store) -> None:
        a = save(store, "main", {"x": b"1", "y": b"1"})
        b = save(store, "main", {"x": b"2", "y": None, "z": b"3"})
        found = store.changed(b.id, a.id)
        undo: dict[str, Change] = {entry.path: entry.id for entry in found.added}
        undo |= {pair.after.path: pair.after.id for pair in found.changed}
        undo |= {entry.path: None for entry in found.removed}
        assert not store.changed(a.id, save(store, "main", undo).id)

    def test_a_commit_may_hold_nothing(self, store: Store) -> None:
        empty = save(store, "main", {})
        assert list(store.entries(empty.id)) == []
        full = save(store, "main", {"a": b"1"})
        assert list(store.entries(save(store, "main", {"a": None}).id)) == []
        assert [entry.path for entry in store.changed(empty.id, full.id).added] == ["a"]

    def test_log_is_limited(self, store: Store) -> None:
        for n in range(5):
            save(store, "main", {"a": b"%d" % n}, f"b{n}")
        assert [commit.build_id for commit in store.log("main", 2)] == ["b4", "b3"]
        assert [commit.build_id for commit in store.log("main~3")] == ["b1", "b0"]
