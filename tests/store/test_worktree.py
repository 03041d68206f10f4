"""The current branch: what it is, how it is switched, and what is refused."""

from __future__ import annotations

from pathlib import Path

from runtime.store.names import check_user_tag
from runtime.store.open import open_store
from runtime.store.worktree import current_branch, switch
from tests.store.contract import fails, save


def test_the_first_branch_is_main(tmp_path: Path) -> None:
    assert current_branch(tmp_path) == "main"


def test_a_branch_can_be_made_before_the_first_commit(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    switch(tmp_path, store, "tone", create=True)
    assert current_branch(tmp_path) == "tone"
    save(store, current_branch(tmp_path), {"a": b"1"})
    assert list(store.branches()) == ["tone"]


def test_a_new_branch_starts_at_the_current_one(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    made = save(store, "main", {"a": b"1"})
    switch(tmp_path, store, "tone", create=True)
    assert store.head("tone") == made.id and current_branch(tmp_path) == "tone"
    switch(tmp_path, store, "main")
    assert current_branch(tmp_path) == "main"
    with fails("E1003"):
        switch(tmp_path, store, "tone", create=True)


def test_switching_to_an_unknown_branch_changes_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    made = save(store, "main", {"a": b"1"})
    store.tag("v1", made.id)
    for name in ("mian", "v1"):
        with fails("E1001"):
            switch(tmp_path, store, name)
    with fails("E1002"):
        switch(tmp_path, store, "a b")
    assert current_branch(tmp_path) == "main"


def test_a_head_file_that_holds_no_name_is_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "HEAD").write_bytes(b"\xff\xfe")
    with fails("E1010"):
        current_branch(tmp_path)


def test_the_stores_own_branches_are_nobodys(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    own = save(store, "_synth_review", {"a": b"1"})
    assert dict(store.branches()) == {} and store.head("_synth_review") == own.id
    with fails("E1002"):
        switch(tmp_path, store, "_synth_review")
    with fails("E1002"):
        check_user_tag("_synth_root")
